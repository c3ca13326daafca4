"""Whose decisions flip, and on whom more often than chance explains: beside scipy and statsmodels."""

import numpy as np
import pytest
from scipy.stats import fisher_exact
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint, proportions_ztest

from core.counts.counts import Groups
from core.metrics.flips import flips
from core.metrics.joint import JointCounts


def world(rates: dict[str, float], people: int, seed: int = 0) -> JointCounts:
    """People whose decision flips with their group's chance, half of the flips either way."""
    rng, groups = np.random.default_rng(seed), Groups.product(("race",), (tuple(rates),))
    chances = [[0.6 - r / 2, r / 2, r / 2, 0.4 - r / 2] for r in rates.values()]
    n = np.zeros((len(groups), 3, 2, 2), dtype=np.int64)
    n[:, 1] = [rng.multinomial(people, chance).reshape(2, 2) for chance in chances]
    return JointCounts(groups, n)


@pytest.mark.parametrize("seed", range(6))
def test_each_groups_flips_are_tested_against_those_of_all_the_others(seed: int) -> None:
    joint = world({"a": 0.02, "b": 0.05, "c": 0.03, "d": 0.02}, 700, seed)
    found = flips(joint, ("race",), 0.95)
    p_values = []
    for g, row in enumerate(found):
        moved, people = joint.n[:, 1, [0, 1], [1, 0]].sum(axis=1), joint.n.sum(axis=(1, 2, 3))
        k, n = int(moved[g]), int(people[g])
        others = int(moved.sum()) - k, int(people.sum()) - n
        assert (row.flipped, row.n, row.others_flipped, row.others) == (k, n, *others)
        p_values.append(fisher_exact([[k, n - k], [others[0], others[1] - others[0]]]).pvalue)
        assert row.p_value == pytest.approx(p_values[-1], rel=1e-6)
        assert (row.low, row.high) == pytest.approx(proportion_confint(k, n, method="wilson"), abs=1e-9)
    assert [row.p_adjusted for row in found] == pytest.approx(multipletests(p_values, method="holm")[1], rel=1e-6)


def test_of_many_people_the_pooled_z_decides() -> None:
    joint = world({"a": 0.010, "b": 0.012, "c": 0.011}, 20_000)
    for row in flips(joint, ("race",), 0.95):
        _, p = proportions_ztest([row.flipped, row.others_flipped], [row.n, row.others])
        assert row.p_value == pytest.approx(p, rel=1e-9)


def test_flips_that_fall_on_one_group_are_found_there_and_nowhere_else() -> None:
    found = flips(world({"a": 0.01, "b": 0.08, "c": 0.01, "d": 0.01}, 2_000), ("race",), 0.95)
    assert [row.verdict for row in found] == ["fewer", "more", "fewer", "fewer"]
    even = flips(world({"a": 0.03, "b": 0.03, "c": 0.03, "d": 0.03}, 900), ("race",), 0.95)
    assert {row.verdict for row in even} == {"unclear"}


def test_two_groups_are_one_comparison_and_a_single_one_is_none() -> None:
    first, second = flips(world({"a": 0.02, "b": 0.06}, 500), ("race",), 0.95)
    assert first.p_value == first.p_adjusted == pytest.approx(second.p_adjusted)
    assert (first.verdict, second.verdict) == ("fewer", "more")
    (alone,) = flips(world({"a": 0.5}, 50), ("race",), 0.95)
    assert (alone.p_value, alone.p_adjusted, alone.verdict) == (None, None, "too_few")


def test_of_a_handful_nothing_is_said() -> None:
    joint = world({"a": 0.0, "b": 0.0}, 400)
    joint.n[0, 1] = [[0, 6], [0, 0]]
    few, _ = flips(joint, ("race",), 0.95)
    assert few.p_adjusted is not None and few.p_adjusted < 1e-6 and few.verdict == "too_few"
    joint.n[1, 1] = [[0, 0], [0, 9]]
    joint.n[0, 1] = [[400, 0], [0, 0]]
    many, _ = flips(joint, ("race",), 0.95)
    assert many.n == 400 and many.verdict == "too_few", "its others are too few"


def test_where_chance_alone_flips_few_worlds_speak_of_a_group() -> None:
    wrong = sum(
        any(
            row.verdict != "unclear"
            for row in flips(world({"a": 0.04, "b": 0.04, "c": 0.04}, 250, seed), ("race",), 0.95)
        )
        for seed in range(400)
    )
    assert wrong / 400 <= 0.05


def test_nobody_flips_between_a_model_and_itself() -> None:
    for row in flips(world({"a": 0.0, "b": 0.0, "c": 0.0}, 60), ("race",), 0.95):
        assert (row.flipped, row.p_value, row.verdict) == (0, 1.0, "unclear")
