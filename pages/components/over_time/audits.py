"""The audits of a series as a list, and the question which month a table is about, where its name does not say."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from core.record.series.periods import Period
from core.store.archive import Shelved
from pages.components import plain, session, verdict
from pages.components.over_time.followed import Followed
from pages.components.over_time.months import is_cut
from pages.components.over_time.which import AskedOverTime

_MOST_ASKED, _MOST_HIGH, _WIDTH = 12, 520, 320
_HINT = "2026-03, 2026-03-15 or 2026-Q1"


def ask_periods(asked: AskedOverTime, found: Followed | None) -> None:
    """Ask for the month of each table whose name tells none, once there is more than one audit to put in order."""
    untold = list(_untold(asked, found))
    if len(asked.members) < 2 or not untold:
        return
    with st.container(border=True):
        st.markdown("**Which month is each of these about?** Their names do not say, and the order follows from it.")
        for entry in untold[:_MOST_ASKED]:
            key = session.action(entry.audit.id, "period")
            st.text_input(
                plain.escape(_file(entry)),
                key=key,
                max_chars=40,
                placeholder=_HINT,
                width=_WIDTH,
                on_change=_keep,
                args=(entry.audit.id, key),
            )
        if found is not None and found.left_out:
            names = tuple(_file(entry) for entry in found.left_out)
            st.caption(f"Not in the curves, since another has the same name: {plain.listed(names)}.")


def show(asked: AskedOverTime, found: Followed) -> None:
    """Every audit in order of time, each with the way to it, and its month to change."""
    by_id = {each.audit.id: each for each in asked.members}
    order = [found.ids[record.digest] for record in found.series.records if record.digest in found.ids]
    rows = [by_id[audit_id] for audit_id in order if audit_id in by_id]
    with st.expander(f"All {len(rows)} audits" if len(rows) > 1 else "The audit so far"):
        shown = dict(zip(order, found.series.periods, strict=False))
        plain.table(
            {
                "Audit": [shown[each.audit.id] for each in rows],
                "Counted": [_counted(each) for each in rows],
                "Answer": [_answer(each) for each in rows],
                "File": [_file(each) for each in rows],
            },
            most_high=_MOST_HIGH,
            leads_to=[f"audit?audit={each.audit.id}" for each in rows],
        )
        changed = st.selectbox(
            "Change the month of", [each.audit.id for each in rows], index=None, placeholder="Choose an audit",
            format_func={each.audit.id: f"{shown[each.audit.id]} · {_file(each)}" for each in rows}.__getitem__,
            key=f"over-time/change/{asked.series}",
        )  # fmt: skip
        if changed is not None:
            key = session.action(changed, "another period")
            now = by_id[changed].audit.period or shown[changed]
            st.text_input(
                "Its month", value=now, key=key, max_chars=40, placeholder=_HINT, on_change=_keep, args=(changed, key)
            )


def _counted(entry: Shelved) -> str:
    return "" if entry.summary is None else f"{entry.summary.people:,} {entry.summary.rows}"


def _answer(entry: Shelved) -> str:
    found = None if entry.summary is None else entry.summary.verdict
    return "" if found is None else verdict.cell(found)


def _untold(asked: AskedOverTime, found: Followed | None) -> Iterator[Shelved]:
    """Those whose month neither their file's name nor anybody says, without tables that are cut into months."""
    cut = {each.audit.table for each in asked.members if is_cut(each.audit)}
    followed = set() if found is None else set(found.ids.values())
    for each in asked.members:
        is_told = each.audit.period is not None or Period.of_name(_file(each)).is_dated or each.audit.table in cut
        if not is_told and (each.summary is None or each.audit.id in followed):
            yield each


def _file(entry: Shelved) -> str:
    table = entry.audit.table
    return entry.name if table is None else table.name


def _keep(audit_id: str, key: str) -> None:
    session.attempt(session.workspace().batches.name_period, audit_id, st.session_state[key])
