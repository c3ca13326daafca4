"""What the groups would look like at a threshold that somebody tries. Never a finding: those stay at the plan's."""

from __future__ import annotations

from dataclasses import replace

from core.counts import Axis, Counts
from core.findings import Judgement, judge, plan_threshold
from core.plan import Plan
from core.reference import By, References
from core.rules import Rule

_MOST_STEPS = 100


def thresholds(axis: Axis, plan: Plan) -> tuple[float, ...]:
    """The thresholds that can be tried, rising, the plan's own among them; none where decisions came ready-made.

    A model's probabilities go in steps of 0.01; a column of scores has its own values, thinned out where they are many.
    """
    if axis.decided or axis.kind == "decision":
        return ()
    steps = (
        [k / _MOST_STEPS for k in range(_MOST_STEPS + 1)] if plan.decision.model is not None else _thinned(axis.edges)
    )
    return tuple(sorted({*steps, plan_threshold(plan)}))


def judged_at(counts: Counts, plan: Plan, by: By, threshold: float, references: References) -> Judgement:
    """The judgement of one table of groups at another threshold, against the references of the plan's own."""
    asked = replace(plan, groups=replace(plan.groups, sensitive=by, intersections=len(by)))
    return judge(counts, asked, Rule.threshold(counts.axis, threshold), references)


def _thinned(edges: tuple[float, ...]) -> list[float]:
    """About `_MOST_STEPS` of the edges, evenly taken, the first and the last among them."""
    every = -(-len(edges) // _MOST_STEPS)
    return [*edges[::every], edges[-1]]
