"""Columns that may have learned the outcome: named, left out of what is trained, and confirmed by the person."""

from dataclasses import replace

import streamlit as st

from core.plan import Plan
from core.report.note_words import text
from core.sentences import listed
from pages.components import fix_question, plain, session
from pages.components.fix_found import Found


def show(audit_id: str, found: Found, is_busy: bool) -> None:
    """Name the suspected columns, and let the person say which were known before the decision."""
    plan = Plan.from_toml(found.search.plan)
    notes = [note for note in found.mitigated.leaks if note.key not in plan.data.confirmed]
    if not notes:
        return
    columns = [str(note.facts["column"]) for note in notes]
    is_left_out = plan.decision.model is None or any(fix.proposed and fix.proposed.is_stand_in for fix in found.fixes)
    then = "They are left out of what is trained here." if is_left_out else "A fix that learns from them is not named."
    st.warning(plain.escape(f"May know the answer: {listed([f'“{name}”' for name in columns])}. {then}"))
    with st.expander("Why, and what to do"):
        for note in notes:
            plain.text(text(note))
        known = st.multiselect(
            "Known before the decision",
            columns,
            key=session.field(audit_id, f"known before/{found.search.id}"),
            placeholder="none of them",
        )
        session.act(
            st.container(width="content"),
            "Find fixes with these",
            session.action(audit_id, "find with leaks"),
            _again,
            audit_id,
            found,
            tuple(note.key for note in notes if note.facts["column"] in known),
            disabled=is_busy or not known or not session.workspace().has_rows(audit_id),
        )


def _again(audit_id: str, found: Found, keys: tuple[str, ...]) -> None:
    """Look again, with these columns confirmed."""
    plan = Plan.from_toml(found.search.plan)
    plan = replace(plan, data=replace(plan.data, confirmed=(*plan.data.confirmed, *keys)))
    fix_question.begin(audit_id, plan, found.search.names, found.search.trained_here)
