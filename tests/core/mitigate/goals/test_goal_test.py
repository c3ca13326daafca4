"""The gap by a goal, and whether it meets the goal, beside statsmodels, an audit's verdict and simulation."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from core.counts.counts import Counts
from core.counts.rules import Rule
from core.metrics.verdicts import judge
from core.mitigate.goals.goal_test import VERDICTS, GoalGap, goal_gap, kept_sentence
from core.mitigate.settings import Settings
from core.plan.parts import MitigationPlan
from tests.worlds.people import labelled, plan_of, selections


def asked(goal: str = "demographic_parity", at_most: float = 0.01, label: bool = False) -> Settings:
    return Settings.of(replace(plan_of(label=label), mitigate=MitigationPlan(goal=goal, at_most=at_most)))


def found(counts: Counts, of: Settings) -> GoalGap:
    return goal_gap(counts, Rule.as_decided(counts.axis), of, 0.95)


@pytest.mark.parametrize(
    ("people", "at_most", "kept"),
    [
        ({"a": (5000, 10000), "b": (5010, 10000)}, 0.02, "met"),
        ({"a": (5000, 10000), "b": (4300, 10000)}, 0.02, "not_met"),
        ({"a": (50, 100), "b": (50, 100)}, 0.02, "unclear"),
        ({"a": (50, 100), "b": (45, 100)}, 0.02, "unclear"),
        ({"a": (5000, 10000), "b": (5000, 10000)}, 0.0, "unclear"),
        ({"a": (50, 100), "b": (1, 9)}, 0.02, "unclear"),
    ],
)
def test_a_goal_is_met_where_the_whole_range_is_accepted_and_not_met_where_chance_is_ruled_out(
    people: Mapping[str, tuple[int, int]], at_most: float, kept: str
) -> None:
    assert found(selections(people), asked(at_most=at_most)).kept == kept


@pytest.mark.parametrize(("k", "n", "other", "m"), [(40, 100, 25, 90), (3, 30, 9, 40), (0, 20, 6, 30)])
def test_the_range_of_two_groups_is_newcombes(k: int, n: int, other: int, m: int) -> None:
    gap = found(selections({"a": (k, n), "b": (other, m)}), asked())
    low, high = confint_proportions_2indep(k, n, other, m, method="newcomb", compare="diff")
    ends = sorted((abs(low), abs(high)))
    assert gap.interval == pytest.approx((0.0, ends[1]) if low <= 0 <= high else ends, abs=1e-9)
    assert gap.value == pytest.approx(abs(k / n - other / m))


SIDE = st.integers(10, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=150, deadline=None)
@given(SIDE, SIDE, st.sampled_from([0.01, 0.05, 0.2]), st.sampled_from(["demographic_parity", "four_fifths"]))
def test_of_two_groups_it_is_the_verdict_that_an_audit_gives_with_this_limit(
    one: tuple[int, int], other: tuple[int, int], at_most: float, goal: str
) -> None:
    counts = selections({"a": one, "b": other})
    measure, limit = "statistical_parity_difference", f"most = {at_most}"
    if goal == "four_fifths":
        measure, limit = "disparate_impact", f"least = {1 - at_most:g}"
    plan = plan_of(policy=f'limits = [{{measure = "{measure}", {limit}}}]', groups='reference = {g = "a"}')
    (gap,) = [g for g in judge(counts, plan, Rule.as_decided(counts.axis)).gaps if g.measure == measure]
    mine = found(counts, asked(goal, at_most))
    assume(gap.verdict != "not_measurable" and (goal == "demographic_parity" or min(one[0], other[0]) > 0))
    assert VERDICTS[mine.kept] == gap.verdict


def test_the_ranges_of_all_pairs_hold_at_once() -> None:
    draw, true, n = np.random.default_rng(5), np.array([0.3, 0.32, 0.35, 0.4]), 150
    inside = 0
    for chosen in draw.binomial(n, true, size=(400, 4)).tolist():
        low, high = found(selections(dict(zip("abcd", ((k, n) for k in chosen), strict=True))), asked()).interval  # type: ignore[misc]
        inside += low <= 0.1 <= high
    assert inside / 400 >= 0.95


def test_of_several_groups_the_farthest_are_named_and_those_with_few_people_are_left_out() -> None:
    counts = selections({"a": (50, 100), "b": (80, 100), "c": (30, 100), "d": (9, 9)})
    gap = found(counts, asked())
    assert (gap.group, gap.other, gap.groups) == ({"g": "c"}, {"g": "b"}, 3) and gap.value == pytest.approx(0.5)
    said = kept_sentence(gap, gap, asked())
    assert "people whose g is c are selected 50.0\u00a0points less often than people whose g is b, the two" in said


def test_other_groups_that_were_farthest_apart_before_are_named_with_their_own_gap() -> None:
    now = found(selections({"a": (50, 100), "b": (80, 100), "c": (30, 100)}), asked("four_fifths", 0.2))
    then = found(selections({"a": (60, 100), "b": (80, 100), "c": (70, 100)}), asked("four_fifths", 0.2))
    said = kept_sentence(now, then, asked("four_fifths", 0.2)).replace("\u00a0", " ")
    assert "people whose g is a are selected 75.0 % as often as people whose g is b" in said
    assert "Before the fix people whose g is c and people whose g is b were farthest apart, at 37.5 %." in said


def test_what_leaves_it_open_is_the_smaller_of_the_two_groups_that_the_answer_hangs_on() -> None:
    settings = asked("demographic_parity", 0.1)
    open_above = found(selections({"a": (500, 1000), "b": (550, 1000), "c": (11, 20), "d": (50, 100)}), settings)
    assert open_above.kept == "unclear" and (open_above.smallest, open_above.fewest) == ({"g": "c"}, 20)
    apart = found(selections({"a": (500, 1000), "b": (510, 1000), "c": (10, 20), "d": (40, 100)}), settings)
    assert apart.kept == "unclear" and apart.value > 0.1
    assert (apart.smallest, apart.fewest) == ({"g": "d"}, 100), "the 20 are none of the two that are farthest apart"


def test_of_two_rates_the_wider_gap_counts_and_says_among_whom() -> None:
    counts = labelled({"a": (90, 10, 10, 90), "b": (50, 12, 50, 88)})
    gap = found(counts, asked("equalized_odds", label=True))
    assert gap.rate == "true_positive_rate" and gap.value == pytest.approx(0.4)
    assert "among those with the good outcome" in kept_sentence(gap, gap, asked("equalized_odds", label=True))


def test_wrong_grants_are_called_so() -> None:
    counts = labelled({"a": (90, 10, 10, 90), "b": (50, 40, 50, 60)})
    settings = asked("predictive_equality", label=True)
    gap = found(counts, settings)
    assert gap.rate == "false_positive_rate" and gap.value == pytest.approx(0.3)
    said = kept_sentence(gap, gap, settings).replace("\u00a0", " ")
    assert "people whose g is b are wrongly granted 30.0 points more often than people whose g is a" in said


def test_the_sentence_gives_the_goal_the_gap_its_range_and_what_it_was() -> None:
    now, then = (
        found(selections(p), asked()) for p in ({"a": (500, 900), "b": (300, 900)}, {"a": (400, 900), "b": (370, 900)})
    )
    assert kept_sentence(now, then, asked()).replace("\u00a0", " ") == (
        "Can't tell yet whether the goal, a gap of at most 1 point, is met: people whose g is b are selected 3.3"
        " points less often than people whose g is a (plausible range 0.0 to 7.9 points), against 22.2 points before"
        " the fix. With only 900 people whose g is a to go by, a gap this wide can come from chance."
    )
    many = found(selections({"a": (4000, 9000), "b": (3700, 9000)}), asked("demographic_parity", 0.035))
    assert " With 9,000 people whose g is " in kept_sentence(now, many, asked("demographic_parity", 0.035))
    ratio = found(selections({"a": (500, 900), "b": (300, 900)}), asked("four_fifths", 0.2))
    assert (
        kept_sentence(ratio, ratio, asked("four_fifths", 0.2))
        .replace("\u00a0", " ")
        .startswith(
            "The goal, at least 80 % of the highest rate, is not met on these people: people whose g is b are selected"
            " 60.0 % as often as people whose g is a"
        )
    )
    few = found(selections({"a": (5, 9), "b": (5, 90)}), asked())
    assert "too few people of two groups to compare" in kept_sentence(now, few, asked())
