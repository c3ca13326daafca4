"""Two decisions about the same people in one job: an audit of each, and who was decided about how by both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from core.data.dataset import Dataset
from core.data.progress import Progress
from core.engine.decided_rows import DecidedRows
from core.engine.pairing import beside
from core.engine.run import audit
from core.plan.plan import Plan
from core.record import AuditRecord
from core.record.paired import PairedWith


@dataclass(frozen=True)
class PairedAudits:
    """An audit before and one after, of the same people; the one after is `paired` with the one before."""

    before: AuditRecord
    after: AuditRecord


@dataclass(frozen=True)
class Earlier:
    """What decided before: the question, and its model file, None where columns of the table decided."""

    plan: Plan
    model: Path | None = None


def audit_pair(plan: Plan, dataset: Dataset, model: Path | None, earlier: Earlier, progress: Progress) -> PairedAudits:
    """Audit a table twice: what decided earlier, asked the same question, then what the plan names.

    Raises PlanError, DataError or ModelError where one of them does not go with the table, or both with each other.
    """
    first, second = DecidedRows(), DecidedRows()
    before = audit(beside(plan, earlier.plan), dataset, earlier.model, progress, first)
    after = audit(plan, dataset, model, progress, second)
    joint = first.joint(after.counts.groups, second)
    return PairedAudits(before, replace(after, paired=PairedWith(before.decided_sha256, joint)))
