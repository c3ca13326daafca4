"""A month whose outcomes are still to come lies between bounds, and alarms only where all of them are outside."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.metrics.sampling.sampled import Sampled
from core.metrics.sampling.weighted import WeightedCounts
from core.plan.plan import MonitorPlan, ReportPlan, Watch
from core.record import AuditRecord
from core.record.series import PointOverTime, Series
from core.report.words.over_time import gap_sentences
from tests.worlds.months import SEX, month

DENIED = MonitorPlan((Watch("false_negative_rate_difference", SEX, ("Female",)),))
MEN = (800, 200, 200, 800)
CALM = (780, 200, 220, 800)
MANY_DENIED = (500, 200, 500, 800)
LATE = (624, 160, 176, 640, 200, 200)  # a fifth of CALM's outcomes is not in
LATE_DENIED = (480, 190, 480, 770, 30, 50)


def months(*women: tuple[int, ...]) -> list[AuditRecord]:
    return [
        month({"Male": MEN, "Female": numbers}, f"2026-{at:02}.csv", made=at) for at, numbers in enumerate(women, 1)
    ]


def last(records: list[AuditRecord]) -> PointOverTime:
    (gap,) = Series.of(records, DENIED).gaps
    return gap.points[-1]


def test_a_late_month_has_bounds_around_its_number_and_says_how_much_is_in() -> None:
    point = last(months(CALM, CALM, CALM, LATE))
    assert point.bounds is not None and point.value is not None
    # At worst all 200 who were turned down had the good outcome, and none of the 200 selected; at best the reverse.
    assert point.bounds == pytest.approx((176 / 1000 - 0.2, 376 / 1000 - 0.2))
    assert point.bounds[0] < point.value < point.bounds[1]
    assert point.known == pytest.approx(3600 / 4000) and not point.is_alarm


def test_it_alarms_only_where_its_nearest_bound_is_outside() -> None:
    assert last(months(CALM, CALM, CALM, MANY_DENIED)).is_alarm
    late = last(months(CALM, CALM, CALM, LATE_DENIED))
    assert late.is_alarm and late.bounds is not None and late.band is not None and late.bounds[0] > late.band[1]
    unsure = last(months(CALM, CALM, CALM, (250, 100, 250, 400, 500, 500)))
    assert not unsure.is_alarm and unsure.bounds is not None and unsure.band is not None
    assert unsure.value is not None and unsure.value > unsure.band[1]  # as it stands it would have


def test_a_month_without_any_outcome_yet_has_bounds_and_no_number() -> None:
    point = last(months(CALM, CALM, CALM, (0, 0, 0, 0, 980, 1020)))
    assert point.value is None and point.bounds == pytest.approx((-0.2, 0.8)) and point.known == pytest.approx(0.5)


def test_the_page_says_how_much_is_in_and_between_what_the_gap_lies() -> None:
    series = Series.of(months(CALM, CALM, CALM, LATE), DENIED)
    said = gap_sentences(series, series.gaps[0])
    assert "For April 2026, 90\u00a0% of the outcomes to come are in." in said
    assert "Whatever the others are, this gap lies between −2.4 points and +17.6 points." in said


def test_outcomes_that_never_come_widen_nothing() -> None:
    selected_only = (780, 200, 0, 0, 0, 1020)
    men_only = {"Male": (800, 200, 0, 0, 0, 1000)}
    watch = MonitorPlan((Watch("predictive_parity_difference", SEX, ("Female",)),))
    records = [month(men_only | {"Female": selected_only}, f"2026-{at:02}.csv", made=at) for at in range(1, 6)]
    (gap,) = Series.of(records, watch).gaps
    assert {point.bounds for point in gap.points} == {None} and {point.known for point in gap.points} == {1.0}


def test_selection_rates_do_not_wait_for_outcomes() -> None:
    (gap,) = Series.of(months(CALM, CALM, CALM, LATE)).gaps
    assert gap.measure == "statistical_parity_difference" and gap.points[-1].bounds is None


def test_where_rows_weigh_differently_or_small_numbers_are_hidden_it_says_that_there_are_no_bounds() -> None:
    *calm, late = months(CALM, CALM, CALM, LATE)
    n = late.counts.n * 1_000_000
    weighed = replace(late, sampled=Sampled(weighted=WeightedCounts(1.0, n, n)))
    point = last([*calm, weighed])
    assert point.band is None and "not one person each" in point.reason
    hides = replace(late, plan=replace(late.plan, report=ReportPlan(hide_small=True)))
    point = last([*calm, hides])
    assert point.band is None and "small numbers hidden" in point.reason
