"""What stands out among groups, in words: beside scipy's Welch test, and what may not be said."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from core.counts.counts import Groups
from core.explain.groups.attribution import Attribution
from core.explain.groups.differences import (
    along_cell,
    along_words,
    apart,
    apart_moved_sentence,
    apart_sentence,
    most_apart,
    range_words,
    relied_sentence,
)
from core.explain.groups.heatmap import heatmap
from core.metrics.words.naming.terms import Terms

GROUPS = Groups(("sex", "town"), (("Man", "Woman"), ("N", "S")), ((0, 0), (0, 1), (1, 0), (1, 1)))
FEATURES = ("job", "debt")
DRAW = np.random.default_rng(5)
N = 400
CELLS = DRAW.integers(0, 4, N)
WOMAN = CELLS >= 2


def attributed(shift: float) -> tuple[Attribution, np.ndarray]:
    """People of whom the job moves women's scores by `shift` more than men's."""
    values = DRAW.normal(0, 0.05, (N, 2))
    values[WOMAN, 0] += shift
    return Attribution.of(GROUPS, FEATURES, CELLS, DRAW.random(N) < 0.5, values), values


def test_the_widest_difference_comes_first_and_equals_welch() -> None:
    table, values = attributed(-0.1)
    first = apart(table, ("sex",), {"sex": "Man"}, None, 0.95)[0]
    test = stats.ttest_ind(values[WOMAN, 0], values[~WOMAN, 0], equal_var=False)
    low, high = test.confidence_interval(0.95)
    assert (first.feature, first.group, first.n) == ("job", {"sex": "Woman"}, int(WOMAN.sum())) and first.is_clear
    assert first.value == pytest.approx(values[WOMAN, 0].mean() - values[~WOMAN, 0].mean())
    assert (first.low, first.high) == pytest.approx((low, high))
    assert first.all_features == pytest.approx((values[WOMAN].mean(axis=0) - values[~WOMAN].mean(axis=0)).sum())
    said = apart_sentence(first, adds_up=True)
    assert said.startswith(f"What sets women ({WOMAN.sum()} people) apart from men most is “job”. On average it moves")
    assert " points lower (" in said and "In all" not in said
    said = apart_sentence(replace(first, all_features=-0.2), adds_up=True)
    assert said.endswith(" In all, they are 20.0 points lower.")
    assert max(len(part.split()) for part in said.split(". ")) <= 20


def test_chance_is_not_named_as_what_sets_groups_apart() -> None:
    table, _ = attributed(0.0)
    first = apart(table, ("sex",), {"sex": "Man"}, None, 0.95)[0]
    assert not first.is_clear and apart_sentence(first, adds_up=True).startswith("Nothing clearly sets")


def test_a_difference_counts_only_where_every_comparison_beside_it_is_allowed_for() -> None:
    values = np.zeros((40, 2))
    values[:, 0] = np.tile([-1.0, 1.0], 20)
    values[20:, 0] += 0.67  # p is 0.045: unusual alone, not as the largest of two
    cells = np.repeat([0, 2], 20)
    table = Attribution.of(GROUPS, FEATURES, cells, np.zeros(40, dtype=bool), values)
    first = next(one for one in apart(table, ("sex",), {"sex": "Man"}, None, 0.95) if one.feature == "job")
    assert first.low > 0 and not first.is_clear


@pytest.mark.parametrize(("shift", "cancels"), [(0.0, True), (-1.0, False)])
def test_a_column_that_moves_some_up_and_others_down_is_said_so(shift: float, cancels: bool) -> None:
    values = np.zeros((N, 2))
    values[:, 0] = np.where(np.arange(N) % 2, 0.3, -0.3) + shift
    table = Attribution.of(GROUPS, FEATURES, CELLS, np.ones(N, dtype=bool), values)
    said = relied_sentence(heatmap(table, ("sex",), None, 0.95), {"sex": "Woman"}, None)
    assert "relies most on “job”. That is 100\u00a0%" in said
    assert ("up for some and down for others" in said) is cancels


def test_few_people_are_not_compared() -> None:
    cells = np.asarray([0] * 30 + [2] * 5)
    table = Attribution.of(GROUPS, FEATURES, cells, np.zeros(35, dtype=bool), np.ones((35, 2)))
    assert apart(table, ("sex",), {"sex": "Man"}, None, 0.95) == ()


def test_what_is_left_after_says_when_nothing_clear_is() -> None:
    (before, _), (after, _) = attributed(-0.1), attributed(0.0)
    first = apart(before, ("sex",), {"sex": "Man"}, None, 0.95)[0]
    now = next(one for one in apart(after, ("sex",), {"sex": "Man"}, None, 0.95) if one.feature == "job")
    assert "no clear difference is left" in apart_moved_sentence(first, now)
    assert "Now it moves them" in apart_moved_sentence(first, first)
    least = replace(first, value=first.value / 1e4, low=first.low / 1e4, high=first.high / 1e4)
    assert apart_moved_sentence(first, least).endswith("Now it is less than 0.1 points.")


def test_the_page_opens_at_the_column_whose_groups_differ_most() -> None:
    table, _ = attributed(-0.1)
    references = {("town",): {"town": "N"}, ("sex",): {"sex": "Man"}, ("sex", "town"): {"sex": "Man", "town": "N"}}
    assert most_apart(table, references, 0.95) == ("sex",)


@pytest.mark.parametrize(
    ("sex", "race", "said"),
    [
        (0.05, 0.0, ""),
        (0.2, 0.0, "goes along a little with sex"),
        (0.4, 0.0, "goes along with sex"),
        (0.4, 0.2, "goes along with sex, a little with race"),
        (0.2, 0.1, "goes along a little with sex and race"),
    ],
)
def test_how_far_a_column_goes_along_is_said_in_words(sex: float, race: float, said: str) -> None:
    proxies = {"sex": (sex,), "race": (race,)}
    assert along_words(proxies, 0, "job") == said
    cell = along_cell(proxies, 0, "job")
    assert said in (f"goes along {cell}".rstrip(), f"goes along with {cell}", cell)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.074, 0.101, "7.4 to 10.1 up"),
        (-0.101, -0.074, "7.4 to 10.1 down"),
        (-0.032, 0.01, "3.2 down to 1.0 up"),
        (0.0, 0.0, "0.0"),
        (-0.02, 0.0, "0.0 to 2.0 down"),
    ],
)
def test_a_range_of_points_is_said_without_signs(low: float, high: float, said: str) -> None:
    assert range_words(low, high) == said


def test_texts_are_called_texts() -> None:
    table, _ = attributed(-0.1)
    first = apart(table, ("sex",), {"sex": "Man"}, None, 0.95)[0]
    said = [
        apart_sentence(first, True, Terms("texts")),
        apart_moved_sentence(first, first, Terms("texts")),
        relied_sentence(heatmap(table, ("sex",), None, 0.95), {"sex": "Woman"}, None, Terms("texts")),
    ]
    assert all(" texts)" in sentence and "people" not in sentence for sentence in said)


def test_a_sensitive_column_is_no_proxy_of_itself() -> None:
    assert along_words({"sex": (1.0,)}, 0, "sex") == along_cell({"sex": (1.0,)}, 0, "sex") == "is sensitive itself"
