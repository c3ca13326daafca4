"""Metrics against their definitions, against scikit-learn and against AIF360."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from core.counts.counts import Axis, Counts
from core.counts.rules import Rule, confusion
from core.metrics.group_metrics import METRICS, SCORE_METRICS, Estimate, estimates, overall_auc_range, rate
from core.metrics.intervals import auc
from core.metrics.words.naming.terms import PLAIN
from tests.worlds import reference
from tests.worlds.people import AXES, confusion_of, count, groups_of, worlds
from tests.worlds.reference import Person

PROBABILITIES = AXES["probabilities in float64"]
ONE_GROUP = groups_of(1, 1)


def measured(people: list[Person], axis: Axis, rule: Rule, has_label: bool = True) -> list[dict[str, Estimate]]:
    groups = groups_of(1, 1) if {p.group for p in people} <= {("a",)} else groups_of(1, 6)
    counts = count(people, axis, groups)
    found = confusion(counts, rule)
    return [estimates(counts, found, g, has_label, 0.95) for g in range(len(groups))]


def in_group(people: list[Person], name: str) -> list[Person]:
    return [p for p in people if p.group == (name,)]


@settings(max_examples=60)
@given(worlds(AXES["decisions"]))
def test_every_metric_is_its_definition(world: tuple[object, list[Person]]) -> None:
    people = [Person(p.group[:1], p.label, p.selected) for p in world[1]]
    results = measured(people, AXES["decisions"], Rule.as_decided(AXES["decisions"]))
    for letter, result in zip("abcdef", results, strict=False):
        assert set(result) == set(METRICS)
        for name, estimate in result.items():
            expected = reference.metric(name, in_group(people, letter))
            assert (estimate.value is None) is (expected is None), name
            assert (estimate.reason is None) is (expected is not None), name
            if expected is not None:
                assert estimate.value == pytest.approx(float(expected), abs=1e-12), name
            if METRICS[name].is_share and expected is not None:
                assert Fraction(int(estimate.numerator or 0), int(estimate.denominator or 0)) == expected
                assert 0 <= (estimate.low or 0) <= float(expected) <= (estimate.high or 0) <= 1


SKLEARN = {
    "accuracy": sk.accuracy_score,
    "balanced_accuracy": sk.balanced_accuracy_score,
    "true_positive_rate": sk.recall_score,
    "true_negative_rate": lambda y, p: sk.recall_score(y, p, pos_label=0),
    "positive_predictive_value": sk.precision_score,
    "negative_predictive_value": lambda y, p: sk.precision_score(y, p, pos_label=0),
    "f1": sk.f1_score,
    "error_rate": sk.zero_one_loss,
}


@settings(max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=4, max_size=60))
def test_metrics_equal_scikit_learns(rows: list[tuple[bool, bool]]) -> None:
    assume(len({label for label, _ in rows}) == 2 and len({decision for _, decision in rows}) == 2)
    people = [Person(("a",), label, decision) for label, decision in rows]
    (result,) = measured(people, AXES["decisions"], Rule.as_decided(AXES["decisions"]))
    labels, decisions = ([int(row[i]) for row in rows] for i in (0, 1))
    for name, theirs in SKLEARN.items():
        assert result[name].value == pytest.approx(theirs(labels, decisions), abs=1e-12), name


def test_nothing_to_divide_by_is_said_and_never_a_zero() -> None:
    nobody = confusion_of(0, 0, 0, 0)
    for metric in METRICS.values():
        empty = rate(metric, nobody, 0, 0.95)
        assert (empty.value, empty.low, empty.high) == (None, None, None)
        assert empty.reason == PLAIN.said(metric.lacks)
    refused = confusion_of(0, 0, 3, 4)
    assert rate(METRICS["positive_predictive_value"], refused, 0, 0.95).reason == "no one in this group was selected"
    assert rate(METRICS["true_positive_rate"], refused, 0, 0.95).value == 0


def test_without_labels_what_needs_them_is_absent() -> None:
    people = [Person(("a",), None, True, 0.7)]
    (result,) = measured(people, PROBABILITIES, Rule.threshold(PROBABILITIES, 0.5), has_label=False)
    assert set(result) == {"selection_rate", "mean_score"}


def test_without_a_score_there_are_no_score_metrics_and_brier_needs_probabilities() -> None:
    people = [Person(("a",), True, True, 5), Person(("a",), False, True, 3)]
    deciles = AXES["deciles"]
    (result,) = measured(people, deciles, Rule.threshold(deciles, 4))
    assert set(SCORE_METRICS) & set(result) == {"mean_score", "roc_auc"}
    (result,) = measured(people, AXES["decisions"], Rule.as_decided(AXES["decisions"]))
    assert not set(SCORE_METRICS) & set(result)


# ---------------------------------------------------------------- measures of the score


def scored(axis: Axis, scores: list[float], labels: list[bool | None]) -> dict[str, Estimate]:
    people = [Person(("a",), label, False, score) for score, label in zip(scores, labels, strict=True)]
    (result,) = measured(people, axis, Rule.threshold(axis, axis.edges[-1]))
    return result


def random_scores(n: int, seed: int) -> tuple[list[float], list[bool | None]]:
    rng = np.random.default_rng(seed)
    return rng.beta(2, 3, size=n).tolist(), [bool(v) for v in rng.random(n) < 0.4]


@pytest.mark.parametrize("n", [2, 3, 50, 4_000])
def test_mean_score_and_brier_score_are_exact_to_1e_8(n: int) -> None:
    scores, labels = random_scores(n, seed=n)
    labels[0] = None
    result = scored(PROBABILITIES, scores, labels)
    known = [(s, y) for s, y in zip(scores, labels, strict=True) if y is not None]
    assert result["mean_score"].value == pytest.approx(math.fsum(scores) / n, abs=1e-8)
    brier = sk.brier_score_loss([y for _, y in known], [s for s, _ in known], labels=[False, True])
    assert result["brier_score"].value == pytest.approx(brier, abs=1e-8)


def test_a_score_of_the_bad_outcome_is_judged_the_other_way_round() -> None:
    scores, labels = random_scores(500, seed=5)
    low = Axis.of([k / 1000 for k in range(1001)], "float64", "probability", lower_is_better=True)
    up, down = scored(PROBABILITIES, scores, labels), scored(low, [1 - s for s in scores], labels)
    assert down["brier_score"].value == pytest.approx(up["brier_score"].value, abs=1e-8)
    assert down["roc_auc"].value == pytest.approx(up["roc_auc"].value, abs=2e-3)


def test_intervals_of_means_are_students_of_the_people() -> None:
    from scipy import stats

    scores, labels = random_scores(40, seed=11)
    scores = [round(s, 2) for s in scores]
    axis = Axis.of(scores, kind="probability")
    errors = [(s - y) ** 2 for s, y in zip(scores, labels, strict=True) if y is not None]
    result = scored(axis, scores, labels)
    for name, values in (("mean_score", scores), ("brier_score", errors)):
        low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
        assert (result[name].low, result[name].high) == pytest.approx((low, high), abs=1e-6), name


def test_one_person_has_a_mean_without_an_interval() -> None:
    result = scored(PROBABILITIES, [0.3], [True])
    assert result["mean_score"].value == pytest.approx(0.3, abs=1e-8)
    assert result["brier_score"].value == pytest.approx(0.49, abs=1e-8)
    for name in ("mean_score", "brier_score"):
        assert (result[name].low, result[name].high) == (None, None)
    assert result["roc_auc"].value is None
    assert result["roc_auc"].reason == "both outcomes must occur in this group"


@pytest.mark.parametrize("score", [0.0, 1 - 2**-31.3, 1.0])
def test_rounding_never_makes_an_error_negative(score: float) -> None:
    assert (scored(PROBABILITIES, [score] * 50, [True] * 50)["brier_score"].value or 0.0) >= 0


def test_scores_of_any_size_have_a_finite_mean() -> None:
    axis = Axis.of([-1e200, 1e200, 3e200])
    result = scored(axis, [-1e200, 1e200, 3e200], [True, False, True])
    estimate = result["mean_score"]
    assert estimate.value == pytest.approx(1e200)
    assert estimate.low is not None and estimate.high is not None and math.isfinite(estimate.high - estimate.low)


@pytest.mark.parametrize("kind", [kind for kind in AXES if kind != "decisions"])
@settings(max_examples=15)
@given(st.data())
def test_auc_is_the_share_of_pairs_in_order(kind: str, data: st.DataObject) -> None:
    axis = AXES[kind]
    _, people = data.draw(worlds(axis))
    people = [Person(("a",), p.label, p.selected, p.score) for p in people]
    counts = count(people, axis, ONE_GROUP)
    places = {True: [], False: [], None: []}
    for p in people:
        place = reference.bin_of(p.score, axis.edges)
        places[p.label].append(-place if axis.lower_is_better else place)
    expected = reference.auc(places[True], places[False])
    found = overall_auc_range(counts)[0]
    assert (found is None) is (expected is None)
    if expected is not None:
        assert found == pytest.approx(float(expected), abs=1e-12)


@pytest.mark.parametrize(("n", "decimals"), [(30, 1), (300, 2), (3_000, 6)])
def test_auc_equals_scikit_learns_on_the_bins_and_is_within_its_bound_off_them(n: int, decimals: int) -> None:
    scores, labels = random_scores(n, seed=n)
    scores = np.round(scores, decimals)
    counts = count(
        [Person(("a",), y, False, s) for s, y in zip(scores.tolist(), labels, strict=True)], PROBABILITIES, ONE_GROUP
    )
    area, _, bound = auc(counts.scores()[0, 1], counts.scores()[0, 0])
    assert area == pytest.approx(sk.roc_auc_score(labels, PROBABILITIES.bin(scores)), abs=1e-12)
    assert abs(area - sk.roc_auc_score(labels, scores)) <= bound + 1e-12
    assert bound < (0.07 if n == 30 else 0.01)


def test_what_scores_in_one_bin_hide_is_within_the_bound_and_can_reach_it() -> None:
    coarse = Axis.of([0.0, 1.0], kind="probability")
    for scores, labels in (([0.1, 0.2, 0.9], [False, False, True]), ([0.9, 0.8, 0.1], [False, False, True])):
        people = [Person(("a",), y, False, s) for s, y in zip(scores, labels, strict=True)]
        area, _, bound = auc(*(count(people, coarse, ONE_GROUP).scores()[0, label] for label in (1, 0)))
        assert abs(area - sk.roc_auc_score(labels, scores)) == pytest.approx(bound) == 0.5


@settings(max_examples=40)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=25), st.lists(st.integers(0, 9), min_size=2, max_size=25))
def test_delongs_variance_is_that_of_its_structural_components(good: list[int], bad: list[int]) -> None:
    found = auc(np.bincount(good, minlength=10), np.bincount(bad, minlength=10))
    assert found[0] == pytest.approx(float(reference.auc(good, bad) or 0), abs=1e-12)
    assert found[1] == pytest.approx(float(reference.delong_variance(good, bad)), abs=1e-12)


def test_auc_intervals_stay_within_zero_and_one() -> None:
    scores, labels = random_scores(12, seed=1)
    scores = [s / 2 + 0.5 * bool(y) for s, y in zip(scores, labels, strict=True)]
    estimate = scored(PROBABILITIES, scores, labels)["roc_auc"]
    assert estimate.value == 1.0
    assert (estimate.low, estimate.high) == (1.0, 1.0)


def test_an_auc_below_one_half_points_to_swapped_outcomes() -> None:
    people = [Person(("a",), y, False, s) for s, y in [(0.9, False), (0.8, False), (0.1, True), (0.85, True)]]
    assert overall_auc_range(count(people, PROBABILITIES, ONE_GROUP))[0] == 0.25
    of_one_outcome = Counts.empty(ONE_GROUP, PROBABILITIES) + count(people[:2], PROBABILITIES, ONE_GROUP)
    assert overall_auc_range(of_one_outcome)[0] is None
