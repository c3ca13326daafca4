"""What a button answered on the Data page, told once as done, each in a line with the way back."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import streamlit as st

from core.data.profile import Profile
from core.engine import doubts
from core.metrics.words.notes import text, worded
from core.store.workspace import Audit
from pages.components import plain, session
from pages.components.data.draft import Draft
from pages.components.data.table import masks

# A sentence of markdown, a name for its button, and the plan without the answer.
Answer = tuple[str, str, Draft]


def show(audit: Audit, profile: Profile, plan: Draft, step: int) -> None:
    """The answers that belong to this step."""
    kinds = {1: (_rows,), 4: (_joined, _left_out)}
    for words, name, without in (answer for kind in kinds.get(step, ()) for answer in kind(plan)):
        row(audit, f"✓ {words}", "Undo", name, without)
    for words, name, without in _confirmed(profile, plan, step, masks.hidden(audit.id, profile)):
        row(audit, f"✓ {words}", "Undo", name, without)


def row(audit: Audit, words: str, button: str, name: str, plan: Draft) -> None:
    """A line of markdown with a button that keeps another plan."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(words, width="content")
        key = session.action(audit.id, f"answer {name}")
        kind = "tertiary" if button == "Undo" else "secondary"
        session.act(st.container(width="content"), button, key, _keep, audit.id, plan, type=kind)


def _rows(plan: Draft) -> Iterator[Answer]:
    """What a row is."""
    data = plan.data
    said = (
        (data.count, "count", "each row stands for as many people as {} says", replace(data, count=None)),
        (data.weight, "weight", "each row weighs as much as {} says", replace(data, weight=None)),
        (data.person, "person", "rows with the same {} are one person", replace(data, person=None)),
    )
    for column, role, words, without in said:
        if column is not None:
            yield words.format(plain.quoted(column)), role, replace(plan, data=without)


def _joined(plan: Draft) -> Iterator[Answer]:
    """Spellings that are one group."""
    for column, join in plan.groups.join.items():
        for name, texts in join.items():
            rest = {other: of_it for other, of_it in join.items() if other != name}
            left = {other: of_it for other, of_it in plan.groups.join.items() if other != column}
            groups = replace(plan.groups, join=left | ({column: rest} if rest else {}))
            words = f"{plain.listed((name, *texts))} are one group of {plain.quoted(column)}"
            yield words, f"join {column} {name}", replace(plan, groups=groups)


def _left_out(plan: Draft) -> Iterator[Answer]:
    """Rows that are no people of any group, such as totals."""
    for place, keep in enumerate(plan.data.keep):
        if keep.negated:
            rest = plan.data.keep[:place] + plan.data.keep[place + 1 :]
            words = (
                f"rows with {plain.listed(tuple(map(str, keep.values)))} in {plain.quoted(keep.column)} are left out"
            )
            yield words, f"keep {place}", replace(plan, data=replace(plan.data, keep=rest))


def _confirmed(profile: Profile, plan: Draft, step: int, hidden: Mapping[str, str]) -> Iterator[Answer]:
    """What a person said is right as it is."""
    for told in doubts.before(plan.settled, profile):
        note = masks.note(told, hidden)
        if worded(note).step == step and note.key in plan.data.confirmed:
            rest = tuple(key for key in plan.data.confirmed if key != note.key)
            column = note.key.partition(":")[2]
            what = plain.quoted(column) if column else f"this: {plain.escape(text(note))}"
            words = f"Right as it is, you said of {what}"
            yield words, f"confirmed {note.key}", replace(plan, data=replace(plan.data, confirmed=rest))


def _keep(audit_id: str, plan: Draft) -> None:
    session.workspace().save_plan(audit_id, plan)
    session.forget_fields(audit_id)
