"""A fix that gives nearly all of a group one answer, and knows hardly more than that answer, is not recommended."""

import numpy as np
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from core.counts.counts import Groups
from core.metrics.joint import JointCounts
from core.mitigate.effect.near_constant import first_of, gives_one_answer, hardly_better

SEX = Groups.product(("sex",), (("Man", "Woman"),))
Decisions = tuple[int, int, int]


def joint(*groups: tuple[Decisions, Decisions]) -> JointCounts:
    """From each group's people with the good and with the other outcome: how many there are, selected now and then."""
    n = np.zeros((2, 3, 2, 2), np.int64)
    for g, both in enumerate(groups):
        for label, (people, before, after) in zip((1, 0), both, strict=True):
            twice = min(before, after)
            n[g, label] = [[people - max(before, after), after - twice], [before - twice, twice]]
    return JointCounts(SEX, n)


def said(*groups: tuple[Decisions, Decisions]) -> list[str]:
    return list(hardly_better(joint(*groups), ("sex",), 0.95))


FINE: tuple[Decisions, Decisions] = ((100, 60, 70), (40, 15, 20))


def test_yes_to_nearly_all_whatever_the_outcome_is_named() -> None:
    assert said(((114, 87, 110), (30, 16, 28)), FINE) == [
        "It says yes to 96 of 100 men (72 before): hardly better than yes to all of them."
    ]


def test_no_to_nearly_all_is_named_too_and_groups_stand_in_one_sentence() -> None:
    refused: tuple[Decisions, Decisions] = ((100, 60, 6), (100, 30, 4))
    assert said(refused, refused) == [
        "It says no to 95 of 100 men (55 before) and 95 of 100 women (55 before): hardly better than no to all of them."
    ]


@pytest.mark.parametrize(
    "group",
    [
        pytest.param(((900, 700, 890), (100, 30, 20)), id="nearly all rightly, for most of the others are refused"),
        pytest.param(((114, 113, 113), (30, 28, 29)), id="it was so before"),
        pytest.param(((114, 87, 102), (30, 16, 27)), id="more than one in ten get the other answer"),
        pytest.param(((114, 70, 110), (30, 22, 28)), id="the outcomes were set apart no better before"),
        pytest.param(((114, 87, 112), (9, 3, 9)), id="too few people of one outcome"),
    ],
)
def test_other_groups_are_not(group: tuple[Decisions, Decisions]) -> None:
    assert said(group, FINE) == []


def test_the_range_is_newcombes() -> None:
    for other_selected in range(14, 20):
        low, _ = confint_proportions_2indep(110, 114, other_selected, 20, method="newcomb", compare="diff")
        little = low <= 0 or 110 / 114 - other_selected / 20 <= 0.1
        assert bool(said(((114, 87, 110), (20, 6, other_selected)), FINE)) == little


def test_ten_points_are_little_however_sure() -> None:
    assert said(((10_000, 8_000, 9_900), (2_000, 1_000, 1_800)), FINE)
    assert not said(((10_000, 8_000, 9_900), (2_000, 1_000, 1_760)), FINE)


@pytest.mark.parametrize(
    ("group", "turns"),
    [
        pytest.param(((900, 700, 890), (100, 30, 20)), True, id="rightly"),
        pytest.param(((100, 60, 6), (100, 30, 4)), True, id="no"),
        pytest.param(((114, 113, 113), (30, 28, 29)), False, id="it was so before"),
        pytest.param(((114, 87, 102), (30, 16, 27)), False, id="more than one in ten get the other answer"),
        pytest.param(((7, 3, 7), (2, 1, 2)), False, id="too few people"),
    ],
)
def test_turning_to_one_answer_is_told_whether_it_is_right_or_not(
    group: tuple[Decisions, Decisions], turns: bool
) -> None:
    assert gives_one_answer(joint(group, FINE), ("sex",)) is turns


@pytest.mark.parametrize(
    ("groups", "said"),
    [(1, "a"), (3, "a, b and c"), (4, "a, b, c and 1 more group"), (6, "a, b, c and 3 more groups")],
)
def test_of_many_groups_the_first_few_are_named(groups: int, said: str) -> None:
    assert first_of(list("abcdef"[:groups])) == said
