"""Of whom a goal is asked, what nearly one answer is, and what mistakes cost: by hand, and beside another source."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.counts.counts import Groups
from core.counts.rules import Rule
from core.errors import PlanError
from core.metrics.joint import JointCounts
from core.mitigate.effect.mistake_costs import mistakes, mistakes_sentence
from core.mitigate.effect.one_answer import in_a_line, nearly_one_answer
from core.mitigate.goals import COSTS, price
from core.mitigate.goals.goal_test import goal_gap
from core.mitigate.rules.solution import Question
from core.mitigate.rules.thresholds import search
from core.mitigate.settings import Settings
from core.plan.parts import MitigationPlan
from core.plan.values import MISSING_GROUP
from tests.core.mitigate.scored_worlds import large
from tests.worlds.people import plan_of, selections


def asked(**mitigate: object) -> Settings:
    return Settings.of(replace(plan_of(), mitigate=MitigationPlan(at_most=0.05, **mitigate)))


@pytest.mark.parametrize(
    ("missing", "left_out"), [(49, (MISSING_GROUP,)), (60, ()), (0, ())]
)  # of 1,000 and so many people
def test_people_of_no_known_group_are_left_out_of_the_goal_under_one_in_twenty(
    missing: int, left_out: tuple[str, ...]
) -> None:
    people = {"a": (250, 500), "b": (240, 500)} | ({MISSING_GROUP: (1, missing)} if missing else {})
    assert asked().among(selections(people)).leave_out == left_out


def test_what_is_left_out_has_no_part_in_the_gap_and_what_is_named_stands() -> None:
    counts = selections({"a": (5000, 10000), "b": (5010, 10000), MISSING_GROUP: (1, 300)})
    rule = Rule.as_decided(counts.axis)
    assert goal_gap(counts, rule, asked().among(counts), 0.95).kept == "met"
    bound = asked(leave_out=()).among(counts)
    assert bound.leave_out == () and goal_gap(counts, rule, bound, 0.95).kept == "not_met"
    assert goal_gap(counts, rule, asked(leave_out=("b",)).among(counts), 0.95).kept == "not_met"


def test_of_two_groups_none_is_left_out_unasked_and_a_stranger_is_refused() -> None:
    counts = selections({"a": (5000, 10000), MISSING_GROUP: (1, 300)})
    assert asked().among(counts).leave_out == ()
    with pytest.raises(PlanError, match="To be left out are"):
        asked(leave_out=("c",)).among(counts)


def test_who_is_left_out_keeps_their_threshold_and_is_said_to() -> None:
    counts = large(seed=3, groups=3, n=3000)
    present = Rule.threshold(counts.axis, 0.5)
    plain = asked(goal="demographic_parity").question(counts, present)
    question: Question = replace(plain, leave_out=("g2",))
    found = search(question)
    (kept,) = [group for group in found.outcome.groups if group.group == {"g": "g2"}]
    assert kept.newly_selected == kept.newly_refused == 0 and found.meets
    assert any("who are left out of it" in said for said in found.notes)
    assert isinstance(found.outcome.gap, Fraction) and found.outcome.gap <= Fraction(5, 100)


def joint(n: list[list[list[int]]]) -> JointCounts:
    """One group: by outcome (other, good, unknown), now, and then."""
    return JointCounts(Groups(("g",), (("a",),), ((0,),)), np.asarray([n], dtype=np.int64))


def test_nearly_one_answer_is_said_beside_that_answer_for_all() -> None:
    # 93 of 100 get a yes, 70 now; of the 80 good ones 76, of the 20 others 17.
    almost = joint([[[3, 7], [0, 10]], [[4, 16], [0, 60]], [[0, 0], [0, 0]]])
    (said,) = nearly_one_answer(almost, ("g",), COSTS["accuracy"])
    assert said == (
        "It says yes to 93 of 100 people whose g is a (70 of 100 before): among them 21.0 of 100 decisions wrong,"
        " against 20.0 by yes to all."
    )
    (alike,) = nearly_one_answer(almost, ("g",), COSTS["balanced_accuracy"])
    assert "among them 45.0 of 100 wrong, both outcomes alike, against 50.0 by yes to all." in alike
    few = joint([[[1, 0], [0, 1]], [[0, 0], [0, 28]], [[0, 0], [0, 0]]])
    (counted,) = nearly_one_answer(few, ("g",), COSTS["accuracy"])
    assert counted.startswith("It says yes to 29 of 30 people whose g is a (29 of 30 before)")
    assert list(in_a_line(few, ("g",))) == ["Yes to 29 of 30 people whose g is a (29 before)."]
    assert not list(nearly_one_answer(joint([[[50, 0], [0, 50]]] * 3), ("g",), COSTS["accuracy"]))


def test_in_a_list_one_answer_is_said_once_for_all_groups_and_of_the_first_few() -> None:
    five = Groups(("g",), (tuple("abcde"),), tuple((i,) for i in range(5)))
    n = np.zeros((5, 3, 2, 2), np.int64)
    n[:, 0], n[0, 1] = [[70, 0], [25, 5]], [[0, 0], [0, 60]]
    (said,) = in_a_line(JointCounts(five, n), ("g",))
    assert said == (
        "No to 95 of 100 people whose g is b (70 before), 95 of 100 people whose g is c (70 before), 95 of 100 people"
        " whose g is d (70 before) and 1 more group."
    )


PEOPLE = st.lists(st.integers(0, 40), min_size=8, max_size=8).map(lambda n: np.array(n).reshape(2, 2, 2))


@settings(max_examples=100, deadline=None)
@given(PEOPLE, st.sampled_from([COSTS["accuracy"], COSTS["balanced_accuracy"], price(5, 1)]))
def test_mistakes_are_the_measure_of_the_list(n: np.ndarray, cost: object) -> None:
    people = np.concatenate([n, np.full((1, 2, 2), 7)])
    good, other = int(n[1].sum()), int(n[0].sum())
    if not good or not other:
        return
    found = mistakes(people, cost, 1.96)  # type: ignore[arg-type]
    assert found is not None
    errors = [(n[1, 0].sum() / good, n[0, 1].sum() / other), (n[1, :, 0].sum() / good, n[0, :, 1].sum() / other)]
    weights = {
        "accuracy": (good / (good + other), other / (good + other)),
        "balanced_accuracy": (0.5, 0.5),
        "price": (5 * good / (good + other), other / (good + other)),
    }[found.cost]
    before, after = (sum(w * e for w, e in zip(weights, pair, strict=True)) for pair in errors)
    assert (found.before, found.after) == (pytest.approx(before), pytest.approx(after))
    value, (low, high) = found.change
    assert value == pytest.approx(after - before) and low <= value + 1e-12 and value - 1e-12 <= high
    assert f"{100 * after:.1f}" in mistakes_sentence(found)


def test_the_range_of_the_change_covers_what_drawing_anew_gives() -> None:
    people = np.array([[[60, 20], [5, 90]], [[30, 25], [8, 200]], [[0, 0], [0, 0]]])
    draw, total = np.random.default_rng(0), int(people.sum())
    again = draw.multinomial(total, people.ravel() / total, 4000).reshape(-1, 3, 2, 2)
    good, other = again[:, 1].sum(axis=(1, 2)), again[:, 0].sum(axis=(1, 2))
    moved = (again[:, 1, 1, 0] - again[:, 1, 0, 1]) / good + (again[:, 0, 0, 1] - again[:, 0, 1, 0]) / other
    found = mistakes(people, COSTS["balanced_accuracy"], 1.96)
    assert found is not None
    assert found.change[1] == pytest.approx(tuple(np.quantile(moved / 2, [0.025, 0.975])), abs=0.006)
