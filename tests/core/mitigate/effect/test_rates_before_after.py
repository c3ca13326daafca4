"""How often each group is selected before and after: the rate that sets the groups apart, and whom a picture shows."""

from dataclasses import replace

import numpy as np
import pytest

from core.counts.counts import Groups
from core.metrics.joint import JointCounts
from core.mitigate.effect.rates_before_after import shifts
from core.mitigate.settings import Settings
from core.plan.parts import MitigationPlan
from tests.worlds.people import plan_of

# Of each group: of 100 with the other and of 100 with the good outcome so many are selected before, and after.
World = dict[str, tuple[tuple[int, int], tuple[int, int]]]


def joint(world: World, people: int = 100) -> JointCounts:
    n = np.zeros((len(world), 3, 2, 2), dtype=np.int64)
    for g, outcomes in enumerate(world.values()):
        for label, (before, after) in enumerate(outcomes):
            both = min(before, after)
            n[g, label] = [[people - max(before, after), after - both], [before - both, both]]
    return JointCounts(Groups(("g",), (tuple(world),), tuple((g,) for g in range(len(world)))), n)


def asked(goal: str, **more: object) -> Settings:
    return Settings.of(replace(plan_of(("g",), label=True), mitigate=MitigationPlan(goal=goal, **more)))  # type: ignore[arg-type]


TWO: World = {"a": ((20, 30), (80, 70)), "b": ((10, 30), (40, 70))}


@pytest.mark.parametrize(
    ("goal", "rate", "told"),
    [
        ("demographic_parity", "selection_rate", [(200, 50, 100), (200, 100, 100)]),
        ("equal_opportunity", "true_positive_rate", [(100, 40, 70), (100, 80, 70)]),
        ("predictive_equality", "false_positive_rate", [(100, 10, 30), (100, 20, 30)]),
        ("equalized_odds", "true_positive_rate", [(100, 40, 70), (100, 80, 70)]),
    ],
)
def test_it_is_the_goal_s_own_rate_and_of_two_the_one_that_was_farther_apart(
    goal: str, rate: str, told: list[tuple[int, int, int]]
) -> None:
    found = shifts(joint(TWO), asked(goal))
    assert found is not None and found.rate == rate
    assert [(each.n, each.before, each.after) for each in found.groups] == told
    assert [each.group["g"] for each in found.groups] == ["b", "a"], "whoever is worse off before comes first"


def test_groups_that_are_not_asked_or_of_too_few_people_are_not_shown() -> None:
    three: World = {**TWO, "c": ((0, 0), (0, 0))}
    found = shifts(joint(three), asked("demographic_parity", leave_out=("c",)))
    assert found is not None and [each.group["g"] for each in found.groups] == ["b", "a"]
    assert shifts(joint(dict.fromkeys("ab", ((1, 1), (2, 2))), people=2), asked("demographic_parity")) is None


def test_of_many_groups_those_farthest_apart_and_whom_most_changes_for_are_meant() -> None:
    ends = {"a": (10, 20), "b": (30, 45), "c": (50, 55), "d": (70, 60), "e": (90, 80)}
    world: World = {name: (rates, rates) for name, rates in ends.items()}
    found = shifts(joint(world), asked("demographic_parity"))
    assert found is not None and len(found.groups) == 5
    assert [each.group["g"] for each in found.meant] == ["a", "b", "e"], "of b most are selected otherwise"
    three = shifts(joint(dict(list(world.items())[:3])), asked("demographic_parity"))
    assert three is not None and three.meant == three.groups
