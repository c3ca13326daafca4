"""`[mitigate]` of a plan: what is to be made equal, at what cost, and on whom it is judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.counts import Counts
from core.errors import PlanError, quoted
from core.intervals import FEW
from core.mitigate.goals import COSTS, GOALS, Cost, Goal, exact, price
from core.mitigate.solution import Question
from core.plan import Plan
from core.plan_reader import Section
from core.rules import Rule

GOAL, HOLDOUT = "equal_opportunity", 0.5


@dataclass(frozen=True)
class Settings:
    """The keys of `[mitigate]`, each with its default.

    `holdout` is the share of people that a fix is judged on; `evaluate` names a second table that takes their place.
    """

    goal: Goal
    cost: Cost
    by: tuple[str, ...]
    at_most: float
    holdout: float = HOLDOUT
    evaluate: str | None = None

    @classmethod
    def of(cls, plan: Plan) -> Settings:
        """The plan's settings. Raises PlanError naming the key that is wrong."""
        section = Section("[mitigate]", plan.mitigate)
        usual = GOAL if plan.data.label is not None else "demographic_parity"
        goal = GOALS[section.take("goal", str, default=usual)]
        by = _by(section.take_list("by", str, default=plan.groups.sensitive[:1]), plan)
        at_most = section.take("at_most", float, default=goal.at_most)
        exact(at_most)
        holdout = section.take("holdout", float, default=HOLDOUT)
        if not 0 < holdout < 1:
            raise PlanError(f"[mitigate] holdout is the share of people to judge on, such as 0.5; it is {holdout:g}.")
        evaluate = section.take("evaluate", str, default=None)
        cost = _cost(section)
        section.done()
        if goal.needs_label and plan.data.label is None:
            raise PlanError(
                f'[mitigate] goal "{goal.name}" needs the outcome: name the label column in [data], or use the goal'
                ' "demographic_parity".'
            )
        if plan.decision.rule is not None:
            raise PlanError("[decision] rule: a mitigation starts from a threshold. Give threshold in place of rule.")
        return cls(goal, cost, by, at_most, holdout, evaluate)

    def question(self, counts: Counts, present: Rule) -> Question:
        """What a rule is asked to make equal among these people, in place of the present one."""
        return Question(counts, self.by, self.goal, self.cost, present, self.at_most, FEW)


def _by(named: tuple[str, ...], plan: Plan) -> tuple[str, ...]:
    strangers = [column for column in named if column not in plan.groups.sensitive]
    if strangers or not named or len(set(named)) < len(named):
        raise PlanError(
            f"[mitigate] by names {quoted(named) or 'no column'}; it takes sensitive columns of the plan, each once:"
            f" {quoted(plan.groups.sensitive)}."
        )
    # In the plan's order, so that two spellings of one question are one question.
    return tuple(column for column in plan.groups.sensitive if column in named)


def _cost(section: Section) -> Cost:
    name = section.take("cost", str, default="price" if section.has("price") else "accuracy")
    if name != "price":
        return COSTS[name]
    prices: Any = section.section("price")
    cost = price(*(prices.take(key, float) for key in ("wrongly_denied", "wrongly_granted")))
    prices.done()
    return cost
