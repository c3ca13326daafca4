"""The audits of one question as a series: judged once, and again when one has come or gone, or is called otherwise."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import streamlit as st

from core.errors import PlanError, PlumblineError
from core.plan.parts import MonitorPlan
from core.record import AuditRecord
from core.record.series import Series
from core.store.archive import Shelved
from core.store.series.members import series_of, without_cut
from pages.components import session
from pages.components.data.draft import Draft
from pages.components.over_time.which import AskedOverTime

_KEPT = 8


@dataclass(frozen=True, eq=False)
class Followed:
    """A series, and which of this browser's audits is which of its records: their ids by the digest of the record.

    `left_out` are audits with a result that the series has not, since another is called the same; `problem` says why
    what should be watched is not.
    """

    series: Series
    ids: dict[str, str]
    left_out: tuple[Shelved, ...]
    problem: str = ""


def of(asked: AskedOverTime) -> Followed | None:
    """The series of what is looked at; None while nothing has a result."""
    ended = [each for each in asked.members if each.summary is not None and each.damaged is None]
    if not ended or asked.first is None:
        return None
    monitor = watched(asked.first)
    marks = [(each.audit.id, each.audit.period, session.workspace().result_mark(each.audit.id)) for each in ended]
    key = json.dumps([marks, repr(monitor)])
    return _followed(key, tuple(ended), monitor)


def watched(first: Shelved) -> MonitorPlan:
    """What is watched: as the first audit's kept plan says, where it can be changed on this page."""
    kept = session.workspace().get(first.audit.id).plan
    if kept is not None:
        return Draft.from_toml(kept).monitor
    record = record_of(first)
    return MonitorPlan() if record is None else record.plan.monitor


def record_of(entry: Shelved) -> AuditRecord | None:
    """The evidence of an audit; None where it cannot be read."""
    try:
        return session.workspace().record(entry.audit.id)
    except PlumblineError:
        return None


@st.cache_resource(max_entries=_KEPT, scope="session", show_spinner="Putting the audits side by side")
def _followed(key: str, _ended: tuple[Shelved, ...], _monitor: MonitorPlan) -> Followed:
    read = ((each, record_of(each)) for each in _ended)
    told = without_cut((each.audit, record) for each, record in read if record is not None)
    series, problem = series_of(told, _monitor), ""
    try:
        _ = series.gaps
    except PlanError as error:  # an earlier month was added, in which nobody is of a watched group, say
        problem = f"{error.message} Until then, the largest groups are watched."
        series = series_of(told, replace(_monitor, watch=()))
    ids = {record.digest: audit.id for audit, record in told}
    there = {record.digest for record in series.records}
    left_out = {audit.id for audit, record in told if record.digest not in there}
    return Followed(series, ids, tuple(each for each in _ended if each.audit.id in left_out), problem)
