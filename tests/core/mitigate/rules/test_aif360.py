"""What comes back from AIF360's post-processing is what AIF360 itself decides about these people."""

from typing import Any

import numpy as np
import pytest

from core.counts.counts import Axis, Counts
from core.counts.rules import Rule, confusion
from core.errors import DataError, PlanError
from core.mitigate.goals import COSTS, GOALS
from core.mitigate.mitigations import MITIGATIONS
from core.mitigate.rules import aif360
from core.mitigate.rules.aif360 import (
    CALIBRATED_ODDS,
    EQUALIZED_ODDS,
    MOST_ROWS,
    REJECT_OPTION,
    good_scores,
    post_process,
)
from core.mitigate.rules.solution import Question
from tests.core.mitigate.scored_worlds import large

METRIC = {
    "demographic_parity": "Statistical parity",
    "equal_opportunity": "Equal opportunity",
    "equalized_odds": "Average odds",
}


def asked(counts: Counts, goal: str) -> Question:
    return Question(counts, ("g",), GOALS[goal], COSTS["accuracy"], Rule.threshold(counts.axis, 0.5), 0.05)


def rows(counts: Counts, question: Question) -> tuple[Any, Any]:
    """The labelled people of g0 and g1 as AIF360's data sets: by outcome, and by present decision."""
    n = counts.n[:2, :2]
    group, label, place = (np.repeat(axis.ravel(), n.ravel()) for axis in np.indices(n.shape))
    scores = good_scores(counts.axis)[place]
    made = [aif360._dataset(group, labels, scores) for labels in (label, question.present.selected[place].astype(int))]
    return made[0], made[1]


def selected(dataset: Any, labels: Any) -> list[int]:
    """How many of each group and outcome are selected, from AIF360's data set and its predicted labels."""
    chosen = labels.ravel() == 1
    group, outcome = dataset.protected_attributes.ravel(), dataset.labels.ravel()
    return [int(chosen[(group == g) & (outcome == y)].sum()) for g in (0, 1) for y in (0, 1)]


def ours(counts: Counts, rule: Rule) -> list[float]:
    people = confusion(counts, rule)
    return [float(part[g]) for g in (0, 1) for part in (np.asarray(people.fp), np.asarray(people.tp))]


@pytest.mark.parametrize("goal", MITIGATIONS["reject_option"].goals)
def test_reject_option_decides_as_aif360_does(goal: str) -> None:
    from aif360.algorithms.postprocessing import RejectOptionClassification

    counts = large(3, 2, 2_000, 30)
    question = asked(counts, goal)
    found = post_process(REJECT_OPTION, question, "g0", "g1")
    truth, decided = rows(counts, question)
    theirs = RejectOptionClassification(
        [{"group": 0}], [{"group": 1}], metric_name=f"{METRIC[goal]} difference", num_class_thresh=50, num_ROC_margin=10
    ).fit_predict(truth, decided)
    assert ours(counts, found.rule) == selected(truth, theirs.labels)
    assert set(np.unique(found.rule.selected)) <= {0.0, 1.0}
    assert "all 2,000 people" in found.notes[0]


def test_equalized_odds_flips_the_shares_that_aif360_flips() -> None:
    from aif360.algorithms.postprocessing import EqOddsPostprocessing

    counts = large(3, 2, 4_000, 30)
    question = asked(counts, "equalized_odds")
    found = post_process(EQUALIZED_ODDS, question, "g0", "g1")
    truth, decided = rows(counts, question)
    method = EqOddsPostprocessing([{"group": 0}], [{"group": 1}], seed=1).fit(truth, decided)
    drawn = np.mean([selected(truth, method.predict(decided).labels)], axis=0)
    by_group = drawn.reshape(2, 2).sum(axis=1), np.reshape(ours(counts, found.rule), (2, 2)).sum(axis=1)
    assert np.abs(by_group[0] - by_group[1]).max() <= 2
    assert found.outcome.gap < 1e-6
    assert any("same score" in note for note in found.notes)


@pytest.mark.parametrize("goal", ["equal_opportunity", "predictive_equality"])
def test_equalized_odds_serves_a_goal_that_asks_for_half_of_it(goal: str) -> None:
    counts = large(3, 2, 4_000, 30)
    method = EQUALIZED_ODDS
    found, whole = (post_process(method, asked(counts, name), "g0", "g1") for name in (goal, "equalized_odds"))
    assert (found.rule.selected == whole.rule.selected).all()
    assert found.outcome.gap < 1e-6 < asked(counts, goal).outcome(asked(counts, goal).present).gap
    assert "more than you asked for" in found.notes[-1] and "more than you asked for" not in whole.notes[-1]


def test_calibrated_odds_withholds_the_scores_that_aif360_withholds() -> None:
    from aif360.algorithms.postprocessing import CalibratedEqOddsPostprocessing

    counts = large(0, 2, 9_000, 30)
    question = asked(counts, "predictive_equality")
    found = post_process(CALIBRATED_ODDS, question, "g0", "g1")
    truth, _ = rows(counts, question)
    method = CalibratedEqOddsPostprocessing([{"group": 0}], [{"group": 1}], cost_constraint="fpr", seed=1)
    method.fit(truth, truth)
    drawn = np.asarray(selected(truth, method.predict(truth, threshold=0.5).labels), dtype=float)
    spread = np.sqrt(counts.n[:2, :2].sum(axis=2).ravel())
    assert (np.abs(drawn - ours(counts, found.rule)) <= 2.5 * spread).all()
    assert found.outcome.changed > 0


def test_many_people_are_sampled_in_proportion_and_others_left_alone() -> None:
    counts = large(2, 3, 40_000)
    question = asked(counts, "equalized_odds")
    found = post_process(EQUALIZED_ODDS, question, "g2", "g0")
    assert f"a sample of {MOST_ROWS:,} of the" in found.notes[0]
    assert "all other groups are decided about as before" in found.notes[1]
    assert (found.rule.selected[1] == question.present.selected).all()
    pair, people = aif360._pair(question, ("g2", "g0"))
    exact = counts.n[[2, 0], :2] * MOST_ROWS / people
    assert pair.n.sum() == MOST_ROWS and np.abs(pair.n - exact).max() < 1


def test_scores_are_between_0_and_1_and_better_higher() -> None:
    for axis in (
        Axis.probabilities("float32"),
        Axis.of([0.1, 0.4, 1.0], kind="probability", lower_is_better=True),
        Axis.of([1, 5, 10]),
        Axis.of([1, 5, 10], lower_is_better=True),
    ):
        scores = good_scores(axis)
        assert scores.min() >= 0 and scores.max() <= 1
        assert (np.diff(scores) > 0).all() != axis.lower_is_better
        assert len(np.unique(scores)) == len(axis.edges)


def test_what_aif360_cannot_do_is_refused_in_words() -> None:
    counts = large(2, 2, 1_000, 20)
    with pytest.raises(PlanError, match="knows the goals"):
        post_process(REJECT_OPTION, asked(counts, "predictive_equality"), "g0", "g1")
    with pytest.raises(PlanError, match='no group "men"'):
        post_process(REJECT_OPTION, asked(counts, "equalized_odds"), "men", "g1")
    counts.n[0, 1] = 0
    with pytest.raises(DataError, match="both outcomes"):
        post_process(REJECT_OPTION, asked(counts, "equalized_odds"), "g0", "g1")
