"""Tables of several months, each asked what the first was: the audits of one series."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import PlanError
from core.plan.plan import Plan
from core.record import AuditRecord
from core.record.series import Series
from core.record.series.asked_again import asked_as_first
from core.record.series.periods import Period

if TYPE_CHECKING:
    from core.data.frames import Frame

    Table = str | Path | Frame


def follow(
    plan: Plan, tables: Sequence[str | Path] | Mapping[str, Table], ask: Callable[[Plan, Table], AuditRecord]
) -> Series:
    """The series of these tables: paths, or tables by what they are called. `ask` audits one.

    Raises PlanError where the plan cuts tables into months, or two are called alike, and what `ask` raises.
    """
    if plan.monitor.date is not None:
        raise PlanError(
            "[monitor] date cuts a table into months, which `plumbline monitor` does. Give a table for each month.",
            in_plan="no date under [monitor]",
        )
    named = dict(tables) if isinstance(tables, Mapping) else {Path(table).name: table for table in tables}
    if len(named) < len(tables):
        raise PlanError("Two tables are called alike. Give each its own name, such as its month.")
    return Series.of(_asked(plan, named, ask), plan.monitor)


def _asked(plan: Plan, tables: Mapping[str, Table], ask: Callable[[Plan, Table], AuditRecord]) -> Iterator[AuditRecord]:
    first: AuditRecord | None = None
    for name in sorted(tables, key=lambda name: Period.of_name(name).order):
        record = ask(asked_as_first(plan, first, name), tables[name])
        first = first or record
        yield record
