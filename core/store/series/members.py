"""Which audits of a browser are of one question over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from core.plan.parts import MonitorPlan
from core.record import AuditRecord
from core.store.archive import Shelved
from core.store.audits import Audit
from core.store.results import Results

if TYPE_CHECKING:
    from core.record.series import Series

Told = tuple[Audit, AuditRecord]


def in_series(entries: Iterable[Shelved], series: str) -> list[Shelved]:
    """Those that ask this question or were begun to, in the order in which they were begun, each once."""
    found = {each.audit.id: each for each in entries if each.series == series}
    return sorted(found.values(), key=lambda each: each.audit.created)


def data_digest(audit: Audit, results: Results) -> str | None:
    """The digest of the table that an audit is about; None where neither the table nor evidence is there."""
    if audit.table is not None:
        return audit.table.digest
    record = results.record(audit.id)
    return None if record is None else record.provenance.data_sha256


def without_cut(told: Iterable[Told]) -> list[Told]:
    """These without tables that were cut into months: such a table is all of them."""
    from core.record.series.periods import period_of

    told = list(told)
    cut = {record.provenance.data_sha256 for _, record in told if period_of(record.plan).is_cut}
    return [
        (audit, record)
        for audit, record in told
        if record.provenance.data_sha256 not in cut or period_of(record.plan).is_cut
    ]


def series_of(told: Sequence[Told], monitor: MonitorPlan) -> Series:
    """The series of these audits, by the periods that somebody gave them. Raises PlanError where there is none."""
    from core.record.series import Series

    called = {record.digest: audit.period for audit, record in told if audit.period is not None}
    return Series.of([record for _, record in told], monitor, called)
