"""Doubts as a person meets them: the sentence, a button that applies the remedy, and one that says it is right."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from core.data.profile import Profile
from core.engine import doubts
from core.metrics.words.naming.terms import Terms
from core.metrics.words.notes import in_order, stands_first, text, worded
from core.notes import Note, PlanEdit
from core.plan.plan import Plan
from core.record import AuditRecord
from core.store.workspace import Audit
from pages.components import plain, session
from pages.components.data import answered_doubts
from pages.components.data.draft import Draft
from pages.components.data.table import masks

_CONFIRM = "It is right as it is"
_MOST = 3
_LISTED = "other_values"

Changes = tuple[PlanEdit, ...]
Asked = TypeVar("Asked", Plan, Draft)


def asked(audit: Audit, profile: Profile, plan: Draft, step: int) -> None:
    """Ask on the Data page what belongs to this step and nobody has answered yet; tell what was answered."""
    answered_doubts.show(audit, profile, plan, step)
    hidden = masks.hidden(audit.id, profile)
    for note in doubts.before(plan.settled, profile):
        if worded(note).step == step and note.key not in plan.data.confirmed:
            _ask(audit.id, plan, masks.note(note, hidden), _settle)


def unanswered(profile: Profile, plan: Draft) -> list[str]:
    """What keeps the audit from running until it is answered, each as a sentence that names the step."""
    notes = (note for note in doubts.before(plan.settled, profile) if note.key not in plan.data.confirmed)
    steps = dict.fromkeys(worded(note).step for note in notes if worded(note).must_be_answered)
    return [f"Step {step}: answer the question under it." for step in steps]


def asked_of_inputs(audit: Audit, plan: Draft, notes: tuple[Note, ...]) -> None:
    """Ask on the Data page what a look at the model's inputs gave reason to ask, and nobody has answered yet."""
    for note in notes:
        if note.key not in plan.data.confirmed:
            _ask(audit.id, plan, note, _settle)


def before_the_answer(audit_id: str, record: AuditRecord) -> None:
    """Say above the answer what could make it meaningless, each with its remedy."""
    for note in record.notes:
        if stands_first(note, _confirmed(audit_id, record)):
            _ask(audit_id, record.plan, note, _run_again)


def beside_a_fix(audit_id: str, record: AuditRecord) -> None:
    """Say again, where fixes are looked for, what could make the answer meaningless and nobody has answered."""
    for note in record.notes:
        if stands_first(note, _confirmed(audit_id, record)):
            said = text(note, Terms.of(record.plan))
            st.warning(plain.escape(f"{said} A fix of these decisions is as doubtful: answer it on the Audit page."))


def under_the_answer(audit_id: str, record: AuditRecord) -> None:
    """What else a reader must know; the first few of many, the others stand under the details."""
    confirmed = _confirmed(audit_id, record)
    terms = Terms.of(record.plan)
    notes = [note for note in in_order(record.notes, confirmed) if not stands_first(note, confirmed)]
    for note in notes[:_MOST]:
        if note.changes and note.key not in confirmed:
            _ask(audit_id, record.plan, note, _run_again)
        elif note.key in confirmed:
            st.caption(f"✓ Confirmed: {plain.escape(text(note, terms))}")
        else:
            st.warning(plain.escape(text(note, terms)))
    if len(notes) > _MOST:
        st.caption(f'{len(notes) - _MOST} more warnings stand under "The data behind it".')


def others_seen(plan: Draft, profile: Profile) -> Draft:
    """The draft in which a column's other values are confirmed: they were listed beside the question."""
    seen = [note.key for note in doubts.before(plan.settled, profile) if note.kind == _LISTED]
    return replace(plan, data=replace(plan.data, confirmed=tuple(dict.fromkeys([*plan.data.confirmed, *seen]))))


def _confirmed(audit_id: str, record: AuditRecord) -> tuple[str, ...]:
    """What a person said is as it should be: before the audit, or since."""
    since = session.workspace().get(audit_id).plan
    return record.plan.data.confirmed + (() if since is None else Draft.from_toml(since).data.confirmed)


def _ask(audit_id: str, plan: Asked, note: Note, do: Callable[[str, Asked, Changes], None]) -> None:
    """The sentence, and under it the buttons: one edits the plan, the other keeps that the person said so."""
    st.warning(plain.escape(text(note, Terms.of(plan.settled if isinstance(plan, Draft) else plan))))
    button = worded(note).button
    with st.container(horizontal=True):
        if note.changes and button is not None:
            key = session.action(audit_id, f"remedy {note.key}")
            label = plain.escape(button(note.facts))
            session.act(st.container(width="content"), label, key, do, audit_id, plan, note.changes)
        key = session.action(audit_id, f"confirm {note.key}")
        session.act(st.container(width="content"), _CONFIRM, key, _confirm, audit_id, plan, note)


def _confirm(audit_id: str, plan: Plan | Draft, note: Note) -> None:
    """Keep it in the plan as it stands on the Data page: nothing has to be counted anew, and no fix is lost."""
    kept = session.workspace().get(audit_id).plan
    plan = plan if kept is None else Draft.from_toml(kept)
    confirmed = PlanEdit("data", "confirmed", [*plan.data.confirmed, note.key])
    session.workspace().save_plan(audit_id, plan.changed((confirmed,)))


def _settle(audit_id: str, plan: Draft, changes: Changes) -> None:
    session.workspace().save_plan(audit_id, plan.changed(changes))
    session.forget_fields(audit_id)


def _run_again(audit_id: str, plan: Plan, changes: Changes) -> None:
    session.workspace().run(audit_id, plan.changed(changes))
    session.forget_fields(audit_id)
