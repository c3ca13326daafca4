"""The additive tables and what is read from them: sums, intervals, differences, and what moved."""

import numpy as np
import pytest
from scipy import stats

from core.counts.counts import Groups
from core.errors import MergeError
from core.explain.groups.attribution import Attribution
from core.explain.groups.heatmap import difference, heatmap
from core.explain.groups.importance_changes import moved, moved_sentence
from core.explain.groups.paired import Paired

GROUPS = Groups.product(("sex", "race"), (("Woman", "Man"), ("A", "B", "C")))
FEATURES = ("age", "job", "sex")
DRAW = np.random.default_rng(5)
N = 600
CELLS = DRAW.integers(0, 6, N).astype(np.int32)
SELECTED = DRAW.random(N) < 0.4
VALUES = DRAW.normal(0.1, 0.3, (N, 3)) * np.asarray([1.0, 0.2, 0.05])


def of(part: slice = slice(None), values: np.ndarray = VALUES) -> Attribution:
    return Attribution.of(GROUPS, FEATURES, CELLS[part], SELECTED[part], values[part])


def women(selected: bool | None = None) -> np.ndarray:
    among = CELLS < 3
    return among if selected is None else among & (selected == SELECTED)


def test_shards_added_in_any_order_equal_one_pass() -> None:
    whole = of()
    shards = [of(slice(start, start + 97)) for start in range(0, N, 97)]
    for order in (shards, shards[::-1]):
        total = Attribution.empty(GROUPS, FEATURES)
        for shard in order:
            total += shard
        assert (total.n == whole.n).all() and total.people == N
        assert (total.sums == whole.sums).all()
        assert (total.settled + total.settled).people == 2 * N


def test_other_features_or_groups_do_not_add_up() -> None:
    other = Attribution.empty(GROUPS, ("age", "job", "race"))
    with pytest.raises(MergeError, match="different features"):
        of() + other
    with pytest.raises(MergeError, match="different groups"):
        of() + Attribution.empty(Groups.product(("sex",), (("Woman", "Man"),)), FEATURES)


@pytest.mark.parametrize("selected", [None, True, False])
def test_the_heatmap_has_scipys_means_and_intervals(selected: bool | None) -> None:
    seen = heatmap(of(), ("sex",), selected, 0.9)
    assert seen.groups == ({"sex": "Woman"}, {"sex": "Man"})
    rows = VALUES[women(selected)]
    expected = stats.ttest_1samp(rows, 0.0).confidence_interval(0.9)
    np.testing.assert_allclose(seen.mean[0], rows.mean(axis=0))
    np.testing.assert_allclose(seen.low[0], expected.low, rtol=1e-9)
    np.testing.assert_allclose(seen.high[0], expected.high, rtol=1e-9)
    np.testing.assert_allclose(seen.share.sum(axis=1), 1)
    np.testing.assert_allclose(seen.share[0], np.abs(rows).sum(axis=0) / np.abs(rows).sum())
    assert [FEATURES[f] for f in seen.by_weight] == ["age", "job", "sex"]


def test_the_difference_of_two_groups_is_welchs() -> None:
    found = difference(of(), ("sex",), {"sex": "Woman"}, {"sex": "Man"}, False, 0.95)
    men = (CELLS >= 3) & ~SELECTED
    for f in range(3):
        expected = stats.ttest_ind(VALUES[women(False), f], VALUES[men, f], equal_var=False)
        interval = expected.confidence_interval(0.95)
        assert (found.low[f], found.high[f]) == pytest.approx((interval.low, interval.high), rel=1e-9)
        assert found.value[f] == pytest.approx((found.low[f] + found.high[f]) / 2)


def test_groups_of_one_person_have_a_mean_and_no_interval_and_of_nobody_neither() -> None:
    one = Attribution.of(
        GROUPS, FEATURES, np.asarray([0], dtype=np.int32), np.asarray([True]), np.asarray([[0.1, 0.2, 0.0]])
    )
    seen = heatmap(one, ("sex", "race"), None, 0.95)
    assert len(seen.groups) == 1 and seen.mean[0].tolist() == [0.1, 0.2, 0.0] and np.isnan(seen.low).all()
    assert np.isnan(heatmap(one, ("sex",), False, 0.95).mean).all()
    assert not heatmap(one, ("sex",), False, 0.95).share.any()


# ---------------------------------------------------------------- what moved


def pairs(after: np.ndarray) -> Paired:
    halves = (slice(0, 250), slice(250, N))
    first, second = (Paired.of(GROUPS, FEATURES, CELLS[h], SELECTED[h], VALUES[h], after[h]) for h in halves)
    return first + second


def test_the_paired_change_is_that_of_the_rows_themselves() -> None:
    after = VALUES * 0.5 + DRAW.normal(0, 0.01, VALUES.shape)
    seen = heatmap(pairs(after).change, ("sex",), None, 0.95)
    expected = stats.ttest_rel(after[women()], VALUES[women()]).confidence_interval(0.95)
    np.testing.assert_allclose(seen.low[0], expected.low, rtol=1e-6)
    np.testing.assert_allclose(seen.high[0], expected.high, rtol=1e-6)


def test_the_interval_of_what_moved_holds_the_bootstraps() -> None:
    after = VALUES * np.asarray([0.6, 1.0, 2.0]) + DRAW.normal(0, 0.02, VALUES.shape)
    found = {(m.feature, m.group["sex"]): m for m in moved(pairs(after), ("sex",), False, 0.95)}
    rows = np.flatnonzero(women(False))
    ratios = []
    for _ in range(2000):
        again = DRAW.choice(rows, len(rows))
        ratios.append(np.abs(after[again]).mean(axis=0) / np.abs(VALUES[again]).mean(axis=0))
    low, high = np.quantile(ratios, [0.025, 0.975], axis=0)
    for f, feature in enumerate(FEATURES):
        one = found[(feature, "Woman")]
        assert one.ratio == pytest.approx(np.abs(after[rows, f]).mean() / np.abs(VALUES[rows, f]).mean())
        assert (one.low, one.high) == pytest.approx((low[f], high[f]), rel=0.03)
    assert found[("age", "Woman")].verdict == "less" and found[("sex", "Woman")].verdict == "more"


def test_pairs_say_more_than_two_separate_explanations() -> None:
    after = VALUES * 0.9
    for one in moved(pairs(after), ("sex",), None, 0.95):
        rows = women() if one.group["sex"] == "Woman" else ~women()
        assert one.ratio == pytest.approx(0.9) and one.verdict == "less"
        weights = np.abs(VALUES[rows, FEATURES.index(one.feature)])
        # Of the logarithm of the ratio, by the delta method, as if the people were different ones.
        apart = np.sqrt(2 * weights.var(ddof=1) / len(weights)) / weights.mean()
        assert one.low is not None and one.high is not None
        assert np.log(one.high / one.low) < 2 * 1.96 * apart


def test_sentences_say_who_and_how_much_and_that_it_is_no_cause() -> None:
    after = VALUES.copy()
    after[:, 0] *= 0.6
    after[:, 2] = 0
    said = {
        m.feature: moved_sentence(m) for m in moved(pairs(after), ("sex",), False, 0.95) if m.group["sex"] == "Woman"
    }
    assert (
        "Among those turned down, in the scores of women" in said["age"]
        and "relied on “age” 40\u00a0% less" in said["age"]
    )
    assert "no longer relies on “sex”" in said["sex"]
    assert all(sentence.endswith("This describes the model, not the cause.") for sentence in said.values())


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (3, "200\u00a0% more"),
        (20, "20 times as much (20 to 20 times)"),
        (4000, "hardly relied on “age” before, and does now"),
    ],
)
def test_what_is_nearly_nothing_on_one_side_is_said_in_times_or_words(times: float, words: str) -> None:
    grown = moved(pairs(VALUES * times), ("sex",), False, 0.95)
    assert words in next(moved_sentence(m) for m in grown if m.feature == "age")


def test_too_few_people_or_nothing_to_compare_is_said_and_not_computed() -> None:
    few = Paired.of(GROUPS, FEATURES, CELLS[:5], SELECTED[:5], VALUES[:5], VALUES[:5])
    assert all(m.ratio is None and m.verdict == "unclear" for m in moved(few, ("sex",), None, 0.95))
    nothing = Paired.of(GROUPS, FEATURES, CELLS, SELECTED, VALUES * 0, VALUES)
    (one, *_) = moved(nothing, ("sex",), None, 0.95)
    assert one.ratio is None and "cannot be compared" in moved_sentence(one)
