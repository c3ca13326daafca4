"""What is not done yet where a row is not one person, and how to get there all the same."""

from __future__ import annotations

from core.errors import PlanError
from core.plan import Plan

_STEPS = {
    "count": "Write the table with a row for each person, every row repeated as often as “{column}” says",
    "weight": "Draw rows with replacement, each with a chance in proportion to “{column}”, and take those",
    "person": "Keep one row for each “{column}”, such as the latest, and take those",
}


def why_one_row_each(plan: Plan, what: str) -> str:
    """Why this cannot be done for a plan whose rows are not one person each, and what helps; empty where it can.

    `what` is what should be done, such as "look for a fix".
    """
    for role, step in _STEPS.items():
        column = getattr(plan.data, role)
        if column is not None:
            return (
                f"Plumbline cannot {what} yet where rows are not one person each, as [data] {role} says."
                f" {step.format(column=column)}. The audit itself reads “{column}”."
            )
    return ""


def refuse_unless_one_row_each(plan: Plan, what: str) -> None:
    """Raise PlanError where a plan's rows are not one person each."""
    why = why_one_row_each(plan, what)
    if why:
        raise PlanError(why)
