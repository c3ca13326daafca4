"""Audits of one question in order of time: what is watched, against whom, which audits alarm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import PlanError
from core.metrics.verdicts import judge, plan_rule
from core.plan.plan import MonitorPlan, Watch
from core.record.series import Series
from tests.worlds.months import PLAN, SEX, month, selected, year
from tests.worlds.people import plan_of

POINTS = MonitorPlan((Watch("statistical_parity_difference", SEX, ("Female",)),))
STEP = (700, 705, 695, 698, 560, 550, 555)


def test_a_step_alarms_from_its_month_on_and_says_since_when_and_how_far() -> None:
    (gap,) = Series.of(year(*STEP, monitor=POINTS)).gaps
    assert [point.is_alarm for point in gap.points] == [False] * 4 + [True] * 3
    assert (gap.since, gap.is_alarm) == ("2026-05", True)
    assert gap.baseline == pytest.approx(-0.05) and gap.level == pytest.approx(555 / 2000 - 0.4)
    assert gap.points[4].outside == (1,) and 3 in gap.points[6].outside
    assert [point.period for point in gap.points] == [f"2026-0{at}" for at in range(1, 8)]


def test_a_quiet_year_is_quiet_and_its_band_holds_every_audit() -> None:
    series = Series.of(year(700, 720, 690, 710, 685, 705, 712, 699, monitor=POINTS))
    (gap,) = series.gaps
    assert not series.is_alarm and gap.alarms == () and gap.since is gap.level is None
    for point in gap.points[3:]:
        assert point.band is not None and point.value is not None and point.band[0] < point.value < point.band[1]
    assert gap.year is not None and gap.year[0] < -0.05 < gap.year[1]
    assert gap.extra == 0


def test_too_few_audits_raise_no_alarm_and_have_no_band() -> None:
    series = Series.of(year(700, 200, 700))
    (gap,) = series.gaps
    assert not series.is_ready and not series.is_alarm
    assert {point.band for point in gap.points} == {None} and gap.extra is None


def test_values_and_ranges_are_those_of_the_audits_themselves() -> None:
    records = year(*STEP)
    (gap,) = Series.of(records).gaps
    for point, record in zip(gap.points, records, strict=True):
        judged = judge(record.counts, record.plan, plan_rule(record.counts, record.plan), record.references)
        (own,) = (each for each in judged.gaps if each.measure == "statistical_parity_difference")
        assert (point.value, point.low, point.high) == (own.value, own.low, own.high)
        assert point.digest == record.digest


def test_audits_stand_in_order_of_time_however_they_come() -> None:
    records = year(*STEP)
    assert Series.of(reversed(records)).periods == Series.of(records).periods


@pytest.mark.parametrize(
    ("files", "periods"),
    [
        (["b-2026-02.csv", "a 2026_01.csv"], ("2026-01", "2026-02")),
        (["x20260315.csv", "x20260302.csv"], ("2026-03-02", "2026-03-15")),
        (["Loans Apr 2026.csv", "loans_february-2026.csv", "2026Jan.csv"], ("2026-01", "2026-02", "2026-04")),
        (["marching2026.csv", "summary 2026.csv"], ("marching2026.csv", "summary 2026.csv")),
        (["loans-Q1-2027.csv", "loans_2026Q4.csv", "2026-q3 final.csv"], ("2026-Q3", "2026-Q4", "2027-Q1")),
        (["2026-04.csv", "2026-Q2.csv", "2026-03.csv"], ("2026-03", "2026-Q2", "2026-04")),
        (["faq1 2026.csv", "2026-Q5.csv", "2026-Q12.csv"], ("2026-Q5.csv", "2026-Q12.csv", "faq1 2026.csv")),
        (["part-10.csv", "part-9.csv"], ("part-9.csv", "part-10.csv")),
        (["2025-12.csv", "old.csv"], ("old.csv", "2025-12")),
        (["north-2026-01.csv", "south-2026-01.csv"], ("2026-01 (north-2026-01.csv)", "2026-01 (south-2026-01.csv)")),
        (["v2-1234-99.csv", "v1-2026-13.csv"], ("v1-2026-13.csv", "v2-1234-99.csv")),
        (["../C:\\x\\loans 2026.03.csv", "loans 2026m4.csv"], ("2026-03", "2026-04")),
    ],
)
def test_an_audit_is_called_by_the_date_in_its_files_name(files: list[str], periods: tuple[str, ...]) -> None:
    records = [month(selected(700, 800), file, made=at) for at, file in enumerate(files)]
    assert Series.of(records).periods == periods


def test_a_file_that_is_audited_again_replaces_what_it_was() -> None:
    first, *rest = year(700, 705, 695)
    again = month(selected(600, 800), "loans-2026-01.csv", made=9)
    series = Series.of([first, *rest, again])
    assert len(series.records) == 3 and series.records[0].digest == again.digest
    assert series.replaced == ("2026-01",) and Series.of([first, *rest]).replaced == ()


def test_months_cut_out_of_a_table_are_called_so_and_a_newer_table_replaces_them() -> None:
    asked = PLAN
    january, february = (replace(asked, data=asked.data.in_month("date", f"2026-0{at}")) for at in (1, 2))
    series = Series.of(
        [
            month(selected(700, 800), "all.csv", plan=february, made=1),
            month(selected(700, 800), "all.csv", plan=january, made=2),
            month(selected(600, 800), "all-later.csv", plan=january, made=3),
        ]
    )
    assert series.periods == ("2026-01", "2026-02")
    assert series.records[0].plan.data.file == "all-later.csv"


def test_others_questions_are_refused_and_none_is_too() -> None:
    other = month(selected(700, 800), plan=plan_of(SEX, label=False))
    with pytest.raises(PlanError, match="different questions"):
        Series.of([*year(700), other])
    with pytest.raises(PlanError, match="no audit yet"):
        Series.of([])


def test_the_first_audits_comparison_group_stays_though_another_becomes_the_largest() -> None:
    asked = plan_of(SEX, label=True)
    first = month({"Male": (440, 440, 660, 660), "Female": (350, 350, 650, 650)}, plan=asked)
    grown = month({"Male": (200, 200, 300, 300), "Female": (350, 350, 650, 650)}, "2026-02.csv", plan=asked, made=2)
    assert (first.references[SEX], grown.references[SEX]) == (("Male",), ("Female",))
    (gap,) = Series.of([first, grown]).gaps
    assert gap.reference == {"sex": "Male"} and [point.value for point in gap.points] == pytest.approx([-0.05] * 2)


def test_a_month_without_the_group_says_so_and_is_passed_over() -> None:
    alone = month({"Male": (400, 400, 600, 600)}, "loans-2026-05.csv", made=5)
    records = [each for each in year(*STEP) if "-05" not in each.plan.data.file]
    (gap,) = Series.of([*records, alone]).gaps
    assert gap.points[4].value is None and "nobody" in gap.points[4].reason and not gap.points[4].is_alarm
    assert gap.points[5].is_alarm and gap.since == "2026-06"


# ---------------------------------------------------------------- what is watched


def test_by_itself_it_watches_the_largest_group_of_each_column_beside_its_comparison_group() -> None:
    cells = {("m", "x"): 500, ("f", "x"): 300, ("d", "x"): 20, ("m", "y"): 200, ("f", "z"): 250, ("m", "z"): 10}
    table = {cell: (n // 4, n // 4, n // 4, n // 4) for cell, n in cells.items()}
    series = Series.of([month(table, by=("g", "h"), plan=plan_of(("g", "h"), label=True))])
    assert [(gap.measure, dict(gap.group)) for gap in series.gaps] == [
        ("statistical_parity_difference", {"g": "f"}),
        ("statistical_parity_difference", {"h": "z"}),
    ]


@pytest.mark.parametrize(
    ("headline", "watched"),
    [
        ("disparate_impact", "statistical_parity_difference"),
        ("average_abs_odds_difference", "average_odds_difference"),
        ("false_negative_rate_difference", "false_negative_rate_difference"),
    ],
)
def test_by_itself_it_watches_the_headlines_rates_in_points(headline: str, watched: str) -> None:
    plan = replace(PLAN, policy=replace(PLAN.policy, headline=headline))
    (gap,) = Series.of(year(*STEP, plan=plan)).gaps
    assert gap.measure == watched


@pytest.mark.parametrize(
    ("watch", "says"),
    [
        (Watch("average_abs_odds_difference", SEX, ("Female",)), "no direction"),
        (Watch("accuracy_differenz", SEX, ("Female",)), "accuracy_difference"),
        (Watch("disparate_impact", SEX, ("Women",)), "nobody in the first audit"),
        (Watch("disparate_impact", SEX, ("Male",)), "with which the others are compared"),
    ],
)
def test_a_gap_that_cannot_be_watched_is_refused(watch: Watch, says: str) -> None:
    with pytest.raises(PlanError, match=says):
        _ = Series.of(year(700), MonitorPlan((watch,))).gaps


def test_a_measure_of_outcomes_is_refused_where_the_plan_has_none() -> None:
    watch = Watch("accuracy_difference", SEX, ("Female",))
    record = month(selected(700, 800), plan=plan_of(SEX))
    with pytest.raises(PlanError, match="names no label"):
        _ = Series.of([record], MonitorPlan((watch,))).gaps
