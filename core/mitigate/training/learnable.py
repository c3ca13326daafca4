"""Which columns a stand-in is suggested to learn from, where no model says what it reads."""

from __future__ import annotations

from core.data.profile import Profile
from core.plan.plan import Plan

MOST_VALUES = 200


def learnable(profile: Profile, plan: Plan) -> tuple[str, ...]:
    """Every column without a role in the plan that does not differ in every row as names do.

    Texts of very many values, such as names and dates, teach a stand-in nothing that holds for others.
    """
    roles = {plan.data.label, plan.decision.score, plan.decision.prediction, *plan.groups.sensitive}
    fitting = (column for column in profile.columns if column.name not in roles and not column.unique)
    return tuple(c.name for c in fitting if c.kind == "number" or (c.distinct or MOST_VALUES + 1) <= MOST_VALUES)
