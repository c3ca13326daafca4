"""A table that holds several months by a column of dates: each can be audited by itself."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from core.errors import PlumblineError
from core.store.archive import Shelved
from core.store.workspace import Audit
from pages.components import plain, session
from pages.components.data.draft import Draft
from pages.components.over_time.which import AskedOverTime

_MOST_OFFERED = 3
_FEWEST = 2


def offer(asked: AskedOverTime) -> None:
    """Offer to cut tables that are here still, and whole, into their months."""
    for entry, columns in list(_tables(asked))[:_MOST_OFFERED]:
        for column, months in columns[:_MOST_OFFERED]:
            _offer(entry.audit, column, months)


def _offer(audit: Audit, column: str, months: list[str]) -> None:
    name = "The table" if audit.table is None else plain.quoted(audit.table.name)
    with st.container(border=True):
        st.markdown(f"**{name} holds {len(months)} months**, by its column {plain.quoted(column)}.")
        st.caption(f"From {months[0]} to {months[-1]}. Cut, each month is an audit, and the whole stays as it is.")
        st.button(
            f"Audit each of the {len(months)} months",
            key=session.action(audit.id, f"cut/{column}"),
            on_click=session.attempt,
            args=(session.workspace().batches.cut, audit.id, column, session.owner()),
        )


def _tables(asked: AskedOverTime) -> Iterator[tuple[Shelved, list[tuple[str, list[str]]]]]:
    """Audits of whole tables whose rows are here, none cut yet, and each of their columns of dates with its months."""
    whole = [each for each in asked.members if session.workspace().has_rows(each.audit.id)]
    cut = {each.audit.table for each in whole if is_cut(each.audit)}
    for each in whole:
        columns = [] if each.audit.table in cut else _columns(each)
        if columns:
            yield each, columns


def is_cut(audit: Audit) -> bool:
    """Whether it is asked, or waits to be asked, about one month of its table."""
    text = audit.asked or audit.plan
    return text is not None and any(rule.month is not None for rule in Draft.from_toml(text).data.keep)


def _columns(entry: Shelved) -> list[tuple[str, list[str]]]:
    try:
        profile = session.workspace().profile(entry.audit.id)
    except PlumblineError:  # its own page says what is the matter with it
        return []
    if profile is None or entry.summary is None:
        return []
    found = ((column.name, column.days) for column in profile.columns)
    listed = [(name, [month for month, _ in days.months]) for name, days in found if days is not None]
    return [(name, months) for name, months in listed if len(months) >= _FEWEST]
