"""What is not done yet where a row is not one person, and how to get there all the same."""

from __future__ import annotations

from core.errors import PlanError
from core.plan.plan import Plan

# What the column does, and the step that helps.
_STEPS = {
    "count": (
        "says how many people each stands for",
        "Write the table with a row for each person, every row repeated as often as “{column}” says",
    ),
    "weight": (
        "weighs them",
        "Draw rows with replacement, each with a chance in proportion to “{column}”, and take those",
    ),
    "person": ("names people who have several", "Keep one row for each “{column}”, such as the latest, and take those"),
}


def why_one_row_each(plan: Plan, what: str) -> str:
    """Why this cannot be done for a plan whose rows are not one person each, and what helps; empty where it can.

    `what` is what should be done, such as "look for a fix".
    """
    for role, (does, step) in _STEPS.items():
        column = getattr(plan.data, role)
        if column is not None:
            return (
                f"Plumbline cannot {what} yet where rows are not one person each, and here “{column}” {does}."
                f" {step.format(column=column)}. The audit itself reads “{column}”."
            )
    return ""


def refuse_conflicts(plan: Plan) -> None:
    """Raise PlanError where what the plan says of rows does not go with the rest of it."""
    data = plan.data
    named = {role: column for role in _STEPS if (column := getattr(data, role)) is not None}
    others = {data.label: "label", plan.decision.score: "score", plan.decision.prediction: "prediction"}
    others |= dict.fromkeys(plan.groups.sensitive, "sensitive")
    for role, column in named.items():
        twice = others.get(column) or next((other for other in named if other != role and named[other] == column), None)
        if twice is not None:
            raise PlanError(
                f'"{column}" is named both as {role} and as {twice}. Give each its own column.',
                in_plan=f"another column for {role}, under [data]",
            )
    if not named or data.count is not None:
        return
    if plan.groups.reference == "most_selected":
        raise PlanError(
            "Which group is selected most is not known where rows weigh differently or repeat a person. Name the"
            " reference, or take the largest group.",
            in_plan='reference = {sex = "Male"}, or another, under [groups]',
        )
    if plan.policy.use:
        raise PlanError(
            f"The policy {plan.policy.use[0]} counts people, one row each, and the column of {next(iter(named))} says"
            " that rows are not. Set limits of your own instead.",
            in_plan="limits in place of use, under [policy]",
        )


def refuse_unless_one_row_each(plan: Plan, what: str) -> None:
    """Raise PlanError where a plan's rows are not one person each."""
    why = why_one_row_each(plan, what)
    if why:
        raise PlanError(why)
