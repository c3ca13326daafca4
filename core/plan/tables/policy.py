"""`[policy]`: named policies, limits of the plan's own, and the measure that stands in the answer."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from core.errors import PlanError
from core.plan.parts import Limit, PolicyPlan
from core.plan.reader import Section


def read_policy(policy: Section) -> PolicyPlan:
    """The table as a part of the plan. Raises PlanError naming the key that is wrong."""
    plan = PolicyPlan(
        use=policy.take_list("use", str, default=()),
        limits=tuple(_read_limit(limit) for limit in policy.sections("limits")),
        headline=policy.take("headline", str, default="disparate_impact"),
    )
    policy.done()
    return plan


def _read_limit(limit: Section) -> Limit:
    plan = Limit(
        measure=limit.take("measure", str),
        most=limit.take("most", float, default=None),
        least=limit.take("least", float, default=None),
    )
    limit.done()
    if (plan.most is None) == (plan.least is None):
        raise PlanError(f"{limit.name} {plan.measure}: give most for a difference, or least for a ratio.")
    bound = plan.most if plan.most is not None else plan.least
    if bound is None or not 0 <= bound <= 1 or plan.least == 0:
        raise PlanError(
            f"{limit.name} {plan.measure}: a limit lies between 0 and 1, such as most = 0.05 or least = 0.8."
        )
    return plan


def check_policy(policy: PolicyPlan) -> None:
    """Refuse two limits of one measure, by PlanError."""
    limited = [limit.measure for limit in policy.limits]
    if len(set(limited)) < len(limited):
        raise PlanError("[policy] limits names a measure twice: give each measure one limit.")


def policy_document(policy: PolicyPlan) -> dict[str, Any]:
    """The part as a plan file holds it."""
    limits = [{k: v for k, v in asdict(limit).items() if v is not None} for limit in policy.limits]
    return {"use": list(policy.use), "limits": limits, "headline": policy.headline}
