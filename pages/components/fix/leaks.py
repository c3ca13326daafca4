"""What may have learned the outcome: columns and fixes, named, and confirmed by the person."""

from dataclasses import replace

import streamlit as st

from core.metrics.words import listed
from core.metrics.words.naming.terms import Terms
from core.metrics.words.notes import text
from core.mitigate.search import TOO_GOOD
from core.notes import Note
from core.plan.plan import Plan
from pages.components import plain, session
from pages.components.fix import question
from pages.components.fix.found import Found


def show(audit_id: str, found: Found, is_busy: bool) -> None:
    """Name the suspected columns and fixes, and let the person say what was known before the decision."""
    plan = Plan.from_toml(found.search.plan)
    notes = [note for note in found.mitigated.leaks if note.key not in plan.data.confirmed]
    too_good = [fix.title for fix in found.fixes if fix.is_too_good]
    if not notes and not too_good:
        return
    if notes:
        _name(notes, found, plan)
    if too_good:
        then = "It is not recommended." if len(too_good) == 1 else "They are not recommended."
        st.warning(plain.escape(f"Suspiciously often right: {listed([f'“{title}”' for title in too_good])}. {then}"))
    with st.expander("Why, and what to do"):
        for note in notes:
            plain.text(text(note, Terms.of(plan)))
        keys = _known(audit_id, found, notes) if notes else ()
        if too_good:
            keys += _may_be(audit_id, found)
        session.act(
            st.container(width="content"),
            "Find fixes with these" if notes else "Find fixes with this",
            session.action(audit_id, "find with leaks"),
            _again,
            audit_id,
            found,
            keys,
            disabled=is_busy or not keys or not session.workspace().has_rows(audit_id),
        )


def _name(notes: list[Note], found: Found, plan: Plan) -> None:
    """Say which columns are suspected, and what was done about them."""
    columns = listed([f"“{note.facts['column']}”" for note in notes])
    is_left_out = plan.decision.model is None or any(fix.proposed and fix.proposed.is_stand_in for fix in found.fixes)
    then = "They are left out of what is trained here." if is_left_out else "What learns from them is not recommended."
    st.warning(plain.escape(f"May know the answer: {columns}. {then}"))


def _known(audit_id: str, found: Found, notes: list[Note]) -> tuple[str, ...]:
    """Ask which columns were known before the decision; the keys of those that were."""
    known = st.multiselect(
        "Known before the decision",
        [str(note.facts["column"]) for note in notes],
        key=session.field(audit_id, f"known before/{found.search.id}"),
        placeholder="none of them",
    )
    return tuple(note.key for note in notes if note.facts["column"] in known)


def _may_be(audit_id: str, found: Found) -> tuple[str, ...]:
    """Ask whether a fix may be right so often; the key of it, if so."""
    plain.text("A fix that is wrong less than half as often as now may have learned from what came after the outcome.")
    is_so = st.checkbox(
        "Everything it learned from was known before the decision",
        key=session.field(audit_id, f"may be so good/{found.search.id}"),
    )
    return (TOO_GOOD,) if is_so else ()


def _again(audit_id: str, found: Found, keys: tuple[str, ...]) -> None:
    """Look again, with what was said to be right confirmed."""
    plan = Plan.from_toml(found.search.plan)
    plan = replace(plan, data=replace(plan.data, confirmed=(*plan.data.confirmed, *keys)))
    question.begin(audit_id, plan, found.search.names, found.search.trained_here)
