"""Lots between thresholds are the linear programme's optimum for one rate, and never worse than thresholds alone."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog
from sklearn.base import BaseEstimator, ClassifierMixin

from core.counts.counts import Axis, Counts, Groups, tally
from core.counts.rules import Rule, confusion
from core.errors import PlanError
from core.mitigate.goals import COSTS, GOALS, Goal, price
from core.mitigate.rules.levels import candidates
from core.mitigate.rules.randomised_odds import SAME_SCORE
from core.mitigate.rules.randomised_rate import rate_mix
from core.mitigate.rules.solution import Question
from core.mitigate.rules.thresholds import search
from tests.core.mitigate.scored_worlds import large, present_rule, tiny

ONE_RATE = [goal for goal in GOALS.values() if len(goal.rates) == 1]
EVERY_COST = [*COSTS.values(), price(1, 5), price(3, 1)]
LIMITS = [None, 0.0, 0.003, 0.05, 0.3]
CONSTRAINTS = {
    "demographic_parity": "demographic_parity",
    "equal_opportunity": "true_positive_rate_parity",
    "predictive_equality": "false_positive_rate_parity",
}


def asked(goal: Goal, seed: int) -> Question:
    counts = tiny(seed, 2 + seed % 4, 2 + seed % 10, seed % 3 == 0) if seed % 6 else large(seed, 4, 3_000, 30)
    present = present_rule(counts, np.random.default_rng(seed))
    return Question(counts, ("g",), goal, EVERY_COST[seed % 5], present, LIMITS[seed % 5], fewest=1 + seed % 3)


def least(question: Question, what: str) -> tuple[float, float]:
    """The least cost, or the fewest changed decisions, of any mixture of levels for each bound group; and the prices.

    As a linear programme: one variable for each group and level, and one for the lowest rate.
    """
    counts, goal = question.counts, question.goal
    found = candidates(counts, question.by, goal, question.cost, question.present, question.fewest)
    bound, levels, limit = np.flatnonzero(found.bound), found.levels, float(question.limit)
    priced = {"cost": found.cost, "changed": found.changed / 2.0**20}[what][bound].astype(float)
    aim = np.append(priced.ravel(), 0.0)
    whole, at_least, at_most = (np.zeros((len(bound), len(aim))) for _ in range(3))
    for row, g in enumerate(bound):
        own = slice(row * levels, (row + 1) * levels)
        rates = found.ladders[0].k[g] / found.ladders[0].n[g]
        whole[row, own], at_least[row, own] = 1, -rates
        at_most[row, own] = rates * (1 - limit if goal.kind == "ratio" else 1)
    at_least[:, -1], at_most[:, -1] = 1, -1
    allowed = np.repeat([0.0, 0.0 if goal.kind == "ratio" else limit], len(bound))
    solved = linprog(
        aim, np.vstack([at_least, at_most]), allowed, whole, np.ones(len(bound)), bounds=(0, 1), method="highs"
    )
    return float(solved.fun), float(priced.max())


@pytest.mark.parametrize("goal", ONE_RATE, ids=lambda goal: goal.name)
def test_it_is_the_linear_programmes_optimum(goal: Goal) -> None:
    for seed in range(18):
        question = asked(goal, seed)
        found = rate_mix(question)
        counts = question.counts
        people = confusion(counts, found.rule, ("g",))
        bound = [group not in found.unbound for group in (g.group for g in found.outcome.groups)]
        prices = question.cost.prices(int(counts.n[:, 1].sum()), int(counts.n[:, 0].sum()))
        wrong = prices.denied * np.asarray(people.fn)[bound].sum() + prices.granted * np.asarray(people.fp)[bound].sum()
        optimum, scale = least(question, "cost")
        assert wrong == pytest.approx(optimum, rel=1e-7, abs=1e-9 * scale)
        assert found.meets
        assert (np.diff(found.rule.selected * (-1 if counts.axis.lower_is_better else 1)) >= 0).all()


@pytest.mark.parametrize("goal", ONE_RATE, ids=lambda goal: goal.name)
def test_no_thresholds_without_lots_are_cheaper(goal: Goal) -> None:
    for seed in range(12):
        question = asked(goal, seed)
        lots, thresholds = rate_mix(question), search(question)
        assert lots.outcome.cost is not None and thresholds.outcome.cost is not None
        assert lots.outcome.cost <= thresholds.outcome.cost + 1e-12


class Scored(ClassifierMixin, BaseEstimator):
    """A fitted model whose probability is its only column."""

    classes_ = np.array([0, 1])

    def fit(self, X: np.ndarray, y: np.ndarray | None = None) -> "Scored":
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        return np.stack([1 - np.asarray(X)[:, 0], np.asarray(X)[:, 0]], axis=1)

    def __sklearn_is_fitted__(self) -> bool:
        return True


@pytest.mark.parametrize("goal", CONSTRAINTS)
def test_fairlearns_lots_on_the_same_scores_are_no_more_accurate(goal: str) -> None:
    from fairlearn.postprocessing import ThresholdOptimizer

    draw = np.random.default_rng(5)
    group, label = draw.integers(0, 3, 3_000), draw.integers(0, 2, 3_000)
    score = np.round(np.clip(draw.normal(0.4 + 0.2 * label + 0.1 * group, 0.2), 0, 1), 2)
    model = ThresholdOptimizer(
        estimator=Scored(), constraints=CONSTRAINTS[goal], prefit=True, predict_method="predict_proba"
    ).fit(score.reshape(-1, 1), label, sensitive_features=group)
    chance = model._pmf_predict(score.reshape(-1, 1), sensitive_features=group)[:, 1]
    theirs = np.where(label == 1, chance, 1 - chance).mean()
    axis = Axis.of(np.unique(score), kind="probability")
    counts = tally(Groups.product(("g",), (("0", "1", "2"),)), axis, group, label, score)
    question = Question(counts, ("g",), GOALS[goal], COSTS["accuracy"], Rule.threshold(axis, 0.5), 0.0)
    found = rate_mix(question)
    assert found.outcome.cost is not None and found.outcome.gap == 0
    assert theirs <= 1 - found.outcome.cost + 1e-9
    assert theirs >= 1 - found.outcome.cost - 0.002  # and they find nearly as much, so the two mean the same


def test_of_equally_cheap_lots_those_that_change_fewest_decisions_win() -> None:
    for seed in range(8):
        counts = tiny(seed, 2 + seed % 3, 4 + seed % 5)
        counts = replace(counts, n=np.stack([0 * counts.n[:, 0], 0 * counts.n[:, 0], counts.n.sum(axis=1)], axis=1))
        present = present_rule(counts, np.random.default_rng(seed))
        question = Question(counts, ("g",), GOALS["demographic_parity"], COSTS["accuracy"], present, 0.02)
        found = rate_mix(question)
        assert found.outcome.cost is None
        assert found.outcome.changed == pytest.approx(least(question, "changed")[0], abs=1e-7)


def test_groups_with_too_few_people_keep_the_present_rule() -> None:
    counts = large(3, 3, 3_000, 20)
    counts.n[1, 1] = 0
    question = Question(counts, ("g",), GOALS["equal_opportunity"], COSTS["accuracy"], Rule.threshold(counts.axis, 0.5))
    found = rate_mix(question)
    assert found.unbound == ({"g": "g1"},)
    assert (found.rule.selected[1] == question.present.selected).all()


def test_it_says_that_lots_decide_where_they_do() -> None:
    counts = large(1, 4, 20_000)
    question = Question(counts, ("g",), GOALS["equal_opportunity"], COSTS["accuracy"], Rule.threshold(counts.axis, 0.5))
    assert rate_mix(question).notes[0] == SAME_SCORE
    free = rate_mix(replace(question, at_most=0.999))
    assert not free.rule.draws_lots and SAME_SCORE not in free.notes


def test_two_rates_at_once_are_another_mitigation() -> None:
    counts: Counts = tiny(1, 2, 5)
    question = Question(
        counts, ("g",), GOALS["equalized_odds"], COSTS["accuracy"], Rule.threshold(counts.axis, 0.5), 0.05
    )
    with pytest.raises(PlanError, match="use equalized_odds_mix"):
        rate_mix(question)


def test_a_gap_at_the_very_limit_is_accepted() -> None:
    counts = large(2, 5, 20_000)
    question = Question(
        counts, ("g",), GOALS["demographic_parity"], COSTS["accuracy"], Rule.threshold(counts.axis, 0.5), 0.01
    )
    found = rate_mix(question)
    people = confusion(counts, found.rule, ("g",))
    rates = np.asarray(people.selected) / np.asarray(people.n)
    assert np.ptp(rates) == pytest.approx(0.01, abs=1e-12)
    assert found.outcome.gap == float(Fraction(1, 100)) and found.meets
