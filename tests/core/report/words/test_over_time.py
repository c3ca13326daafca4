"""The sentences of a series: whether it got worse, first."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from core.plan.plan import MonitorPlan, Watch, WordsPlan
from core.record.series import Series
from core.report.words.over_time import (
    AS_TOLD,
    HOWEVER_OFTEN,
    NOT_TOLD,
    assumption_sentences,
    first_sentence,
    gap_sentences,
    period_words,
    series_lines,
)
from tests.worlds.months import PLAN, SEX, month, selected, year

RATIO = MonitorPlan((Watch("disparate_impact", SEX, ("Female",)),))
POINTS = MonitorPlan((Watch("statistical_parity_difference", SEX, ("Female",)),))
APPROVED = replace(PLAN, words=WordsPlan("approved", "turned down", {"sex": {"Female": "women over 18 people"}}))
QUIET = (700, 705, 695, 698)
LONG = "a group whose name is so very long that it fills a line and more of any sentence about it all alone"


@pytest.mark.parametrize(
    ("women", "says"),
    [
        ((700,), "Too early to tell: 1 of the first 3 audits is there."),
        ((700, 705), "Too early to tell: 2 of the first 3 audits are there."),
        ((700, 705, 695), "Too early to tell: the first 3 audits are there, and none to compare with them."),
        (QUIET, "Since January 2026 nothing has changed that chance would not explain."),
        (
            (*QUIET, 560),
            "Since May 2026 the gap between women and men has grown by 7.0 points; this is more than chance explains.",
        ),
        (
            (*QUIET, 816),
            "Since May 2026 the gap between women and men has shrunk by 4.2 points; this is more than chance explains.",
        ),
        (
            (*QUIET, 950),
            "Since May 2026 the gap between women and men has changed sides; this is more than chance explains.",
        ),
    ],
)
def test_the_first_sentence_says_whether_it_got_worse(women: tuple[int, ...], says: str) -> None:
    assert first_sentence(Series.of(year(*women, monitor=POINTS))) == says


def test_a_last_audit_with_nobody_of_a_watched_group_is_no_all_clear() -> None:
    audits = year(*QUIET, 560, monitor=POINTS)
    men = {sex: each for sex, each in selected(700, 800).items() if sex == "Male"}
    audits.append(month(men, "loans-2026-06.csv", plan=audits[0].plan, made=9))
    assert first_sentence(Series.of(audits)) == NOT_TOLD


def test_where_one_of_two_watched_gaps_is_not_told_the_first_sentence_says_so() -> None:
    watches = [
        Watch(name, SEX, ("Female",)) for name in ("statistical_parity_difference", "equal_opportunity_difference")
    ]
    audits = year(*QUIET, monitor=MonitorPlan(tuple(watches)))
    nobody_good = {sex: (0, k, 0, 2000 - k) for sex, k in (("Male", 800), ("Female", 700))}
    audits.append(month(nobody_good, "loans-2026-05.csv", plan=audits[0].plan, made=9))
    assert first_sentence(Series.of(audits)) == (
        f"Since January 2026 nothing has changed that chance would not explain{AS_TOLD}."
    )


def test_a_ratio_says_so_without_points_and_both_values_stand_behind_it() -> None:
    series = Series.of(year(*QUIET, 500, monitor=RATIO))
    assert first_sentence(series) == (
        "Since May 2026 the gap between women and men has grown; this is more than chance explains."
    )
    (gap,) = series.gaps
    assert "0.87 times as often as men in the first 3 audits. Since May 2026: 0.62 times as often." in " ".join(
        gap_sentences(series, gap)
    ).replace("0.88", "0.87").replace("0.63", "0.62")


def test_it_speaks_in_the_plans_own_words() -> None:
    said = " ".join(series_lines(Series.of(year(*QUIET, 560, plan=APPROVED, monitor=POINTS))))
    assert "Women over 18 people are approved 5.0 points less often than men" in said
    assert "selected" not in said


def test_the_year_sentence_says_where_the_mean_lies_and_that_it_holds_however_often_somebody_looked() -> None:
    series = Series.of(year(*QUIET, monitor=POINTS))
    (gap,) = series.gaps
    said = gap_sentences(series, gap)
    found = re.search(
        r"On average over 4 audits, women are selected ([\d.]+) to ([\d.]+) points less often than men\.",
        " ".join(said),
    )
    assert found is not None and 0 < float(found[1]) < 5.0 < float(found[2]) < 10
    assert said[said.index(found[0]) + 1] == HOWEVER_OFTEN


def test_an_alarm_that_has_passed_is_not_forgotten() -> None:
    series = Series.of(year(*QUIET, 560, 700, 701, monitor=POINTS))
    assert "nothing has changed" in first_sentence(series)
    assert "In May 2026 there was an alarm, and the last audit raises none." in gap_sentences(series, series.gaps[0])


def test_what_alarms_assume_is_said_before_and_after_six_audits() -> None:
    def says(*women: int) -> str:
        return assumption_sentences(Series.of(year(*women, monitor=POINTS)))[0]

    assert says(*QUIET) == "With fewer than 6 audits, alarms assume that audits differ by chance alone."
    assert says(*QUIET, 700, 700).endswith("alarms assume that this stays so.")
    assert says(700, 800, 600, 790, 610, 800) == (
        "From audit 7 on, bands allow for what the first 6 seem to vary beyond chance."
    )


def test_what_grew_comes_before_what_shrank() -> None:
    both = MonitorPlan(
        (
            Watch("accuracy_difference", SEX, ("Female",)),
            Watch("statistical_parity_difference", SEX, ("Female",)),
        )
    )
    series = Series.of(year(*QUIET, 560, monitor=both))
    assert "grown by 7.0 points" in first_sentence(series)


def test_no_sentence_has_more_than_twenty_words() -> None:
    everything = [
        Series.of(year(*women[:n], monitor=POINTS)) for women in ((*QUIET, 560, 550, 540),) for n in range(1, 8)
    ]
    lines = [line for series in everything for line in series_lines(series)]
    sentences = [part for line in lines for part in re.split(r"(?<=[.!?:]) (?=[A-Z])", line)]
    assert len(sentences) > 40
    assert [said for said in sentences if len(said.split()) > 20] == []


def test_long_names_leave_the_first_sentence_short() -> None:
    table = selected(500, 800)
    named = {LONG if sex == "Female" else sex: people for sex, people in table.items()}
    calm = {LONG if sex == "Female" else sex: people for sex, people in selected(700, 800).items()}
    months = [month(calm, f"2026-0{at}.csv", made=at) for at in range(1, 5)]
    said = first_sentence(Series.of([*months, month(named, "2026-05.csv", made=5)]))
    assert said == "Since May 2026 a watched gap has grown by 10.0 points; this is more than chance explains."


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2026-03", "March 2026"),
        ("2026-03-05", "5 March 2026"),
        ("2026-03 (north.csv)", "March 2026 (north.csv)"),
        ("2026-Q1", "Q1 2026"),
        ("2026-Q1 (north.csv)", "Q1 2026 (north.csv)"),
        ("2026-Q1.csv", "“2026-Q1.csv”"),
        ("part-9.csv", "“part-9.csv”"),
        ("2026-03.csv", "“2026-03.csv”"),
    ],
)
def test_periods_are_said_as_people_say_them(period: str, words: str) -> None:
    assert period_words(period) == words


@pytest.mark.parametrize("measure", ["disparate_impact", "statistical_parity_difference"])
def test_every_sentence_is_about_whoever_is_worse_off_whichever_group_is_the_reference(measure: str) -> None:
    women_first = replace(PLAN, groups=replace(PLAN.groups, reference={"sex": "Female"}))
    monitor = MonitorPlan((Watch(measure, SEX, ("Male",)),))
    series = Series.of(year(*QUIET, 500, plan=women_first, monitor=monitor))
    said = " ".join(gap_sentences(series, series.gaps[0]))
    assert re.findall(r"(\w+) are selected", said) == ["Women", "women"]
    assert re.findall(r"(?:as|than) (men|women)\b", said) == ["men", "men"]
