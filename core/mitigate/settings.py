"""`[mitigate]` of a plan: what is to be made equal, at what cost, and on whom it is judged."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.counts.counts import Counts, Groups
from core.counts.rules import Rule
from core.errors import PlanError, quoted
from core.metrics.intervals import FEW
from core.metrics.words.naming.terms import PLAIN, Terms
from core.mitigate.goals import COSTS, GOALS, Cost, Goal, exact, price
from core.mitigate.goals.goal_groups import asked_of, group_values, usually_left_out
from core.mitigate.rules.solution import Question
from core.plan.plan import MitigationPlan, Plan
from core.plan.values import MISSING_GROUP

GOAL, HOLDOUT = "equal_opportunity", 0.5
_UNDER = "under [mitigate]"


@dataclass(frozen=True)
class Settings:
    """What a search is asked: the plan's `[mitigate]`, and a default for what it leaves out.

    `holdout` is the share of people that a fix is judged on; `evaluate` names a second table that takes their place.
    `leave_out` names values whose groups the goal is not asked of, None where the plan does not say; `features` are
    the columns that a stand-in may learn from, None where the plan does not say.
    """

    goal: Goal
    cost: Cost
    by: tuple[str, ...]
    at_most: float
    holdout: float = HOLDOUT
    evaluate: str | None = None
    leave_out: tuple[str, ...] | None = None
    features: tuple[str, ...] | None = None

    @classmethod
    def of(cls, plan: Plan) -> Settings:
        """The plan's settings. Raises PlanError where they do not fit the rest of the plan."""
        asked = plan.mitigate
        usual = GOAL if plan.data.label is not None else "demographic_parity"
        goal = GOALS[asked.goal if asked.goal is not None else usual]
        by = _by(asked.by if asked.by is not None else plan.groups.sensitive[:1], plan)
        at_most = float(asked.at_most if asked.at_most is not None else goal.at_most)
        exact(at_most)
        holdout = float(asked.holdout if asked.holdout is not None else HOLDOUT)
        if not 0 < holdout < 1:
            raise PlanError(
                f"The share of people to judge on lies between 0 and 1, such as 0.5; it is {holdout:g}.",
                in_plan=f"another holdout, {_UNDER}",
            )
        cost = _cost(asked)
        _refuse_features(asked.features, plan)
        if goal.needs_label and plan.data.label is None:
            raise PlanError(
                f'The goal "{goal.name}" needs the outcome. Name the column that says what really happened, or choose'
                " the goal that asks only who gets selected.",
                in_plan=f'label under [data], or goal = "demographic_parity" {_UNDER}',
            )
        if plan.decision.rule is not None:
            raise PlanError(
                "A rule file decides here, and a fix starts from a threshold. Give a threshold in place of the rule.",
                in_plan="threshold in place of rule, under [decision]",
            )
        return cls(goal, cost, by, at_most, holdout, asked.evaluate, asked.leave_out, asked.features)

    def among(self, counts: Counts) -> Settings:
        """The same, with what is left out of the goal among these people: as the plan says, else what usually is.

        Raises PlanError where the plan leaves out a value that nobody has.
        """
        if self.leave_out is None:
            return replace(self, leave_out=usually_left_out(counts, self.by))
        known = group_values(counts, self.by)
        strangers = [value for value in self.leave_out if value not in (*known, MISSING_GROUP)]
        if strangers:
            raise PlanError(
                f"To be left out are {quoted(strangers)}; the groups by {' and '.join(self.by)} are {quoted(known)}."
                " Name those.",
                in_plan=f"other values for leave_out, {_UNDER}",
            )
        return self

    def asked(self, groups: Groups) -> npt.NDArray[np.bool_]:
        """Of which groups the goal is asked: bool of shape (groups,)."""
        return asked_of(groups, self.leave_out or ())

    def question(self, counts: Counts, present: Rule, terms: Terms = PLAIN) -> Question:
        """What a rule is asked to make equal among these people, in place of the present one, in a plan's words."""
        return Question(counts, self.by, self.goal, self.cost, present, self.at_most, FEW, self.leave_out or (), terms)


def _refuse_features(features: tuple[str, ...] | None, plan: Plan) -> None:
    """Refuse as columns to learn from what is to be foretold."""
    if features is not None and (not features or plan.data.label in features):
        raise PlanError(
            "A stand-in learns from at least one column, and never from the outcome. Name others.",
            in_plan=f"other columns for features, {_UNDER}",
        )


def _by(named: tuple[str, ...], plan: Plan) -> tuple[str, ...]:
    strangers = [column for column in named if column not in plan.groups.sensitive]
    if strangers or not named or len(set(named)) < len(named):
        raise PlanError(
            f"The groups to make equal are those of {quoted(named) or 'no column'}. Name sensitive columns, each once:"
            f" {quoted(plan.groups.sensitive)}.",
            in_plan=f"other columns for by, {_UNDER}",
        )
    # In the plan's order, so that two spellings of one question are one question.
    return tuple(column for column in plan.groups.sensitive if column in named)


def _cost(asked: MitigationPlan) -> Cost:
    if asked.price is not None:
        return price(float(asked.price["wrongly_denied"]), float(asked.price["wrongly_granted"]))
    return COSTS[asked.cost if asked.cost is not None else "accuracy"]
