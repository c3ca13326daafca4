"""Weighted rates, ranges and tests against statsmodels' regression on a constant with sandwich variances."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.proportion import proportion_confint

from core.errors import DataError, MergeError
from core.metrics.intervals import newcombe
from core.metrics.sampling.weighted import WeightedCounts
from core.metrics.verdicts import GroupResult, Judgement
from core.record import AuditRecord
from tests.core.metrics.sampling.sampled_rows import audited, rows_of
from tests.worlds.people import plan_of
from tests.worlds.records import record_of

ROWS = rows_of(400, seed=2, most=1)
PLAN = plan_of(label=True, data='weight = "w"')


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judgement:
    return audited(ROWS, PLAN, tmp_path_factory.mktemp("t"))[1]


def of(judged: Judgement, group: str) -> GroupResult:
    return next(result for result in judged.groups if result.group == {"g": group})


def fitted(group: str, metric: str) -> tuple[float, float, int]:
    """The weighted rate, its linearised variance and the number of rows, by statsmodels."""
    rows = [row for row in ROWS if row[1] == group]
    if metric == "true_positive_rate":
        rows = [row for row in rows if row[2] == "1"]
    if metric == "positive_predictive_value":
        rows = [row for row in rows if row[3] == "1" and row[2]]
    happens = [row[2 if metric == "positive_predictive_value" else 3] == "1" for row in rows]
    model = sm.WLS(np.array(happens, float), np.ones(len(rows)), weights=np.array([float(row[4]) for row in rows]))
    fit = model.fit(cov_type="HC0")
    return float(fit.params[0]), float(fit.cov_params()[0, 0]), len(rows)


@pytest.mark.parametrize("metric", ["selection_rate", "true_positive_rate", "positive_predictive_value"])
def test_rates_and_ranges_are_those_of_a_survey(judged: Judgement, metric: str) -> None:
    for group in "ab":
        estimate = of(judged, group).metrics[metric]
        rate, variance, n = fitted(group, metric)
        effective = rate * (1 - rate) / variance
        low, high = proportion_confint(rate * effective, effective, method="wilson")
        assert estimate.denominator == n and estimate.numerator is None
        assert (estimate.value, estimate.effective_n) == pytest.approx((rate, effective), rel=1e-6)
        assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=1e-6)


def test_differences_and_ratios_are_tested_as_wald_tests(judged: Judgement) -> None:
    (p1, v1, _), (p2, v2, _) = fitted("b", "selection_rate"), fitted("a", "selection_rate")
    wald = math.erfc(abs(p1 - p2) / math.sqrt(v1 + v2) / math.sqrt(2))
    n1, n2 = p1 * (1 - p1) / v1, p2 * (1 - p2) / v2
    gaps = {gap.measure: gap for gap in judged.gaps}
    difference, ratio = gaps["statistical_parity_difference"], gaps["disparate_impact"]
    assert (difference.group, difference.value) == ({"g": "b"}, pytest.approx(p1 - p2, rel=1e-6))
    assert difference.p_value == pytest.approx(wald, rel=1e-4) == ratio.p_value
    assert (difference.low, difference.high) == pytest.approx(newcombe(p1 * n1, n1, p2 * n2, n2, 1.959964), abs=1e-6)
    spread = 1.959964 * math.sqrt(v1 / p1**2 + v2 / p2**2)  # the delta method on the logarithm
    ends = (p1 / p2 * math.exp(-spread), p1 / p2 * math.exp(spread))
    assert (ratio.low, ratio.high) == pytest.approx(ends, rel=1e-5)


def test_equal_weights_are_no_weights_whatever_their_unit(tmp_path_factory: pytest.TempPathFactory) -> None:
    plain = audited(ROWS, plan_of(label=True), tmp_path_factory.mktemp("t"))[1]
    for weight in ("1", "4000", "0.00003"):
        alike = [(*row[:4], weight, row[5]) for row in ROWS]
        weighed = audited(alike, PLAN, tmp_path_factory.mktemp("t"))[1]
        for one, other in zip(weighed.groups, plain.groups, strict=True):
            for name in ("selection_rate", "false_negative_rate", "accuracy"):
                theirs = other.metrics[name]
                mine = one.metrics[name]
                assert (mine.value, mine.low, mine.high) == pytest.approx((theirs.value, theirs.low, theirs.high))


def test_who_weighs_nothing_changes_no_rate_and_order_does_not_matter(tmp_path_factory: pytest.TempPathFactory) -> None:
    whole, judged = audited(ROWS, PLAN, tmp_path_factory.mktemp("t"))
    more, again = audited([*ROWS[::-1], ("z", "a", "1", "1", "0", "1")], PLAN, tmp_path_factory.mktemp("t"))
    first, second = whole.sampled.weighted, more.sampled.weighted
    assert first is not None and second is not None
    assert (first.w == second.w).all() and (first.w2 == second.w2).all()
    assert of(again, "a").metrics["selection_rate"].value == of(judged, "a").metrics["selection_rate"].value
    assert of(again, "a").n == of(judged, "a").n + 1


def test_weights_add_up_and_other_units_do_not(tmp_path_factory: pytest.TempPathFactory) -> None:
    heaviest = max(ROWS, key=lambda row: float(row[4]))
    halves = [[*ROWS[:200], heaviest], [*ROWS[200:], heaviest]]
    one, other, both = (
        audited(rows, PLAN, tmp_path_factory.mktemp("t"))[0].sampled.weighted for rows in (*halves, sum(halves, []))
    )
    assert one is not None and other is not None and both is not None
    total = one + other
    assert (total.w == both.w).all() and (total.w2 == both.w2).all()
    with pytest.raises(MergeError, match="different units"):
        total + WeightedCounts(total.unit * 10, total.w, total.w2)


@pytest.mark.parametrize(("cell", "said"), [("-3", "“-3” is no weight"), ("", "this cell is no weight")])
def test_what_is_no_weight_is_refused_with_its_row(cell: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as refused:
        audited([ROWS[0], (*ROWS[1][:4], cell, "1"), *ROWS[2:]], PLAN, tmp_path)
    assert f'row 2 below the header, column "w": {said}' in str(refused.value)


def test_a_record_keeps_the_weights_and_an_old_one_still_reads(tmp_path: Path) -> None:
    counted, judged = audited(ROWS, PLAN, tmp_path)
    plain = record_of(PLAN, counted.counts)
    assert "weights" not in plain.to_json() and AuditRecord.from_json(plain.to_json()).sampled.is_plain
    kept = replace(plain, sampled=counted.sampled)
    again = AuditRecord.from_json(json.loads(json.dumps(kept.to_json())))
    assert again.judgement() == judged and again.digest == kept.digest != plain.digest
