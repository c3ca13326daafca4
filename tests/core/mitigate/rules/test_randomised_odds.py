"""The mix is the optimum of the linear programme over the groups' ROC hulls, without a gap, and drawn reproducibly."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog

from core.counts.counts import Counts
from core.counts.rules import Rule, confusion
from core.errors import PlanError
from core.mitigate.goals import COSTS, GOALS, price
from core.mitigate.rules.randomised_odds import Hull, draw, mix
from core.mitigate.rules.solution import Question
from core.mitigate.rules.thresholds import search
from tests.core.mitigate.scored_worlds import large, present_rule, tiny

EVERY_COST = [*COSTS.values(), price(1, 5), price(3, 1)]


def least_cost(question: Question) -> float:
    """The linear programme as in the paper: one mixture of thresholds a group, all at the same point."""
    counts = question.counts.by(question.by)
    people = counts.scores() if counts.axis.lower_is_better else counts.scores()[..., ::-1]
    chosen = np.concatenate([np.zeros_like(people[..., :1]), np.cumsum(people, axis=2)], axis=2).astype(float)
    total = chosen[..., -1]
    bound = [g for g in range(len(total)) if total[g, 0] > 0 and total[g, 1] > 0]
    prices = question.cost.prices(int(counts.n[:, 1].sum()), int(counts.n[:, 0].sum()))
    levels = chosen.shape[2]
    aim = np.zeros(2 + len(bound) * levels)
    aim[0], aim[1] = prices.granted * total[bound, 0].sum(), -prices.denied * total[bound, 1].sum()
    rows, right = [], []
    for i, g in enumerate(bound):
        own = slice(2 + i * levels, 2 + (i + 1) * levels)
        for label in (0, 1):
            row = np.zeros_like(aim)
            row[label], row[own] = -1, chosen[g, label] / total[g, label]
            rows.append(row)
            right.append(0.0)
        row = np.zeros_like(aim)
        row[own] = 1
        rows.append(row)
        right.append(1.0)
    solved = linprog(aim, A_eq=np.asarray(rows), b_eq=right, bounds=(0, 1), method="highs")
    return float(solved.fun) + prices.denied * total[bound, 1].sum()


@pytest.mark.parametrize("seed", range(24))
def test_the_mix_is_the_linear_programmes_optimum(seed: int) -> None:
    counts = tiny(seed, 2 + seed % 4, 2 + seed % 10, seed % 3 == 0) if seed < 20 else large(seed, 4, 3_000, 30)
    present = present_rule(counts, np.random.default_rng(seed))
    question = Question(counts, ("g",), GOALS["demographic_parity"], EVERY_COST[seed % 5], present)
    found = mix(question)
    people = confusion(counts, found.rule, ("g",))
    bound = (counts.by(("g",)).n[:, :2].sum(axis=2) > 0).all(axis=1)
    prices = question.cost.prices(int(counts.n[:, 1].sum()), int(counts.n[:, 0].sum()))
    wrong = prices.denied * np.asarray(people.fn)[bound].sum() + prices.granted * np.asarray(people.fp)[bound].sum()
    assert wrong == pytest.approx(least_cost(question), rel=1e-7, abs=1e-6)
    assert found.outcome.gap == 0 and found.meets
    assert (found.rule.selected >= 0).all() and (found.rule.selected <= 1).all()


def asked(counts: Counts) -> Question:
    return Question(counts, ("g",), GOALS["equalized_odds"], COSTS["accuracy"], Rule.threshold(counts.axis, 0.5))


def test_a_better_score_never_has_the_smaller_chance() -> None:
    for seed in range(10):
        counts = large(seed, 3, 4_000, 25)
        question = Question(
            counts, ("g",), GOALS["equalized_odds"], COSTS["accuracy"], Rule.threshold(counts.axis, 0.5)
        )
        assert (np.diff(mix(question).rule.selected, axis=1) >= 0).all()


def test_no_thresholds_without_any_gap_are_cheaper() -> None:
    counts = large(1, 4, 20_000)
    question = Question(
        counts, ("g",), GOALS["equalized_odds"], COSTS["accuracy"], Rule.threshold(counts.axis, 0.5), 0.0
    )
    lots, thresholds = mix(question), search(question)
    assert lots.outcome.cost is not None and thresholds.outcome.cost is not None
    assert lots.outcome.cost <= thresholds.outcome.cost


def test_groups_without_both_outcomes_are_left_as_they_are() -> None:
    counts = large(3, 3, 3_000, 20)
    counts.n[1, 0] = 0
    question = asked(counts)
    found = mix(question)
    assert found.unbound == ({"g": "g1"},)
    assert (found.rule.selected[1] == question.present.selected).all()
    counts.n[2, 1] = 0
    with pytest.raises(PlanError, match="only one has"):
        mix(question)


def test_it_says_first_that_lots_decide_and_then_who_loses() -> None:
    counts = large(1, 10, 100_000)
    question = asked(counts)
    found = mix(question)
    people = [confusion(counts, rule, ("g",)) for rule in (question.present, found.rule)]
    rates = [np.asarray(p.tp) / np.asarray(p.tp + p.fn) for p in people]
    assert "same score can get different answers" in found.notes[0]
    assert len(found.notes) - 1 == (rates[1] < rates[0] - 0.0005).sum() > 0


def test_lots_reproduce_a_point_under_the_hull() -> None:
    granted, selected = np.asarray([0, 0, 2, 5, 5, 10]), np.asarray([0, 3, 6, 7, 9, 10])
    hull = Hull.of(granted, selected)
    assert hull.levels == (0, 1, 2, 4, 5)
    draws = np.random.default_rng(0)
    for _ in range(200):
        x = Fraction(int(draws.integers(0, 101)), 100)
        y = x + (hull.height(x) - x) * Fraction(int(draws.integers(0, 101)), 100)
        weights = hull.weights((x, y))
        assert sum(weights.values()) == 1 and min(weights.values()) >= 0
        assert sum(w * Fraction(int(granted[level]), 10) for level, w in weights.items()) == x
        assert sum(w * Fraction(int(selected[level]), 10) for level, w in weights.items()) == y


def test_the_same_person_gets_the_same_draw() -> None:
    names = [f"person {i}" for i in range(20_000)]
    drawn = draw(names, 7)
    assert (draw(reversed(names), 7)[::-1] == drawn).all()
    assert (draw(names, 8) != drawn).all()
    assert drawn.min() >= 0 and drawn.max() < 1
    assert abs(drawn.mean() - 0.5) < 0.01 and np.abs(np.quantile(drawn, [0.1, 0.9]) - [0.1, 0.9]).max() < 0.01
    assert draw([], 7).shape == (0,)
