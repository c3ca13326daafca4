"""Which question two decisions about the same people answer; this loads nothing that runs one."""

from __future__ import annotations

from dataclasses import replace

from core.errors import PlanError
from core.metrics.sampling.unsupported import why_one_row_each
from core.plan.plan import Plan

# The file of the model that decided before, among a job's inputs.
EARLIER = "earlier_model"


def beside(plan: Plan, earlier: Plan) -> Plan:
    """The question that `plan` asks, of what decides in `earlier`. Raises PlanError where the two cannot be paired.

    Small numbers are hidden where either plan hides them.
    """
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
    report = replace(plan.report, hide_small=plan.report.hide_small or earlier.report.hide_small)
    return replace(plan, name=earlier.name or plan.name, decision=decision, report=report)
