"""Two decisions about the same people in one job: an audit of each, and who was decided about how by both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from core.data.dataset import Dataset
from core.data.progress import Progress
from core.engine.decided_rows import DecidedRows
from core.engine.run import audit
from core.errors import PlanError
from core.metrics.sampling.unsupported import why_one_row_each
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


def beside(plan: Plan, earlier: Plan) -> Plan:
    """The question that `plan` asks, of what decides in `earlier`. Raises PlanError where the two cannot be paired."""
    if plan.data.weight is not None or plan.data.person is not None:
        raise PlanError(why_one_row_each(plan, "pair two decisions"))
    if (plan.decision.image is None) != (earlier.decision.image is None):
        raise PlanError(
            "One of the two reads images and the other does not, so they cannot be paired. Compare the two records with"
            " plumbline compare instead."
        )
    decision = earlier.decision
    if decision.images is not None:
        decision = replace(decision, images=plan.decision.images)
    return replace(plan, name=earlier.name or plan.name, decision=decision)


def audit_pair(plan: Plan, dataset: Dataset, model: Path | None, earlier: Earlier, progress: Progress) -> PairedAudits:
    """Audit a table twice: what decided earlier, asked the same question, then what the plan names.

    Raises PlanError, DataError or ModelError where one of them does not go with the table, or both with each other.
    """
    first, second = DecidedRows(), DecidedRows()
    before = audit(beside(plan, earlier.plan), dataset, earlier.model, progress, first)
    after = audit(plan, dataset, model, progress, second)
    joint = first.joint(after.counts.groups, second)
    return PairedAudits(before, replace(after, paired=PairedWith(before.decided_sha256, joint)))
