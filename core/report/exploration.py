"""What the groups would look like at a threshold that somebody tries. Never a finding: those stay at the plan's."""

from __future__ import annotations

from core.counts.rules import Rule
from core.metrics.verdicts import Judgement, judge, plan_threshold
from core.record import AuditRecord

_STEPS = 100


def thresholds(record: AuditRecord) -> tuple[float, ...]:
    """The thresholds that can be tried, rising, the plan's own among them.

    None where decisions came ready-made, where the plan states a rule: a fix is judged as it is; or where people have
    several rows, whose ranges are known at the plan's rule alone.
    A model's probabilities go in steps of 0.01; a column of scores has its own values, thinned out where they are many.
    """
    axis, plan = record.counts.axis, record.plan
    is_fixed = plan.decision.rule is not None or not record.sampled.at_any_rule
    if axis.decided or axis.kind == "decision" or is_fixed:
        return ()
    if plan.decision.model is not None:
        steps = [step / _STEPS for step in range(_STEPS + 1)]
    else:
        steps = [*axis.edges[:: -(-len(axis.edges) // _STEPS)], axis.edges[-1]]
    return tuple(sorted({*steps, plan_threshold(plan)}))


def judged_at(record: AuditRecord, threshold: float) -> Judgement:
    """The judgement at another threshold, against the references of the plan's own."""
    rule = Rule.threshold(record.counts.axis, threshold)
    return judge(record.counts, record.plan, rule, record.references, record.sampled)
