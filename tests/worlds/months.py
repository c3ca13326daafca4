"""Audits of one question month by month, made from counts without a job."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.plan.plan import MonitorPlan, Plan
from core.record import AuditRecord
from tests.worlds.people import labelled, plan_of
from tests.worlds.records import record_of

SEX = ("sex",)
Table = Mapping[str | tuple[str, ...], tuple[int, ...]]
PLAN = plan_of(SEX, label=True, groups='reference = {sex = "Male"}')
_BEGUN = datetime(2026, 11, 1, tzinfo=UTC)


def month(
    table: Table, file: str = "loans-2026-01.csv", *, plan: Plan | None = None, by: tuple[str, ...] = SEX, made: int = 0
) -> AuditRecord:
    """An audit of {group: (tp, fp, fn, tn, unknown selected, unknown refused)}; `made` orders when audits ran."""
    asked = (PLAN if by == SEX else plan_of(by, label=True)) if plan is None else plan
    named = replace(asked, data=replace(asked.data, file=file))
    record = record_of(named, labelled(dict(table), by))
    return replace(record, created=(_BEGUN + timedelta(minutes=made)).isoformat())


def selected(women: int, men: int, people: int = 2000) -> Table:
    """So many of so many women and men selected, each of whom had the good outcome as often."""
    return {
        sex: (k // 2, k - k // 2, (people - k) // 2, people - k - (people - k) // 2)
        for sex, k in (("Male", men), ("Female", women))
    }


def year(
    *women: int, men: int = 800, plan: Plan | None = None, monitor: MonitorPlan | None = None
) -> list[AuditRecord]:
    """A month for each number of women selected of 2,000, and as many men of 2,000 in each."""
    asked = PLAN if plan is None else plan
    asked = asked if monitor is None else replace(asked, monitor=monitor)
    return [
        month(selected(k, men), f"loans-2026-{at:02}.csv", plan=asked, made=at) for at, k in enumerate(women, start=1)
    ]
