"""Standings: the same numbers as the judgement, in an order and in words that a person can read."""

import pytest

from core.metrics.gaps import GAPS
from core.metrics.policies import Band
from core.metrics.verdicts import Gap
from core.metrics.words.naming.terms import PLAIN
from core.record import AuditRecord
from core.report.words.by_group import (
    Standings,
    band_words,
    gap_range_words,
    gap_words,
    measures,
    rate_range_words,
    rate_words,
    standings,
)
from core.report.words.questions import also_words, question, question_in_unit
from tests.worlds.people import plan_of, selections
from tests.worlds.records import decided, record_of


def stood(record: AuditRecord, measure: str = "disparate_impact") -> Standings:
    found = standings(record.judgement(), record.plan, ("g",), GAPS[measure])
    assert found is not None
    return found


def gap_of(table: dict[str, tuple[int, int]], measure: str) -> Gap:
    gaps = record_of(plan_of(), selections(table)).judgement().gaps
    return next(gap for gap in gaps if gap.measure == measure)


def test_by_rate_with_whoever_is_worse_off_first() -> None:
    table = {"large": (500, 1000), "near": (2450, 5000), "few": (1, 4), "far": (50, 500), "near too": (560, 900)}
    plan = plan_of(groups='reference = {g = "large"}')
    shown = stood(record_of(plan, selections(table)))
    assert [(row.name, row.mark) for row in shown.rows] == [
        ("far", "gap"), ("few", "unclear"), ("near", "no_gap"), ("large", "gap"), ("near too", "better_off"),
    ]  # fmt: skip
    assert shown.reference.name == "large"
    worse = stood(decided(), "false_negative_rate_difference")
    assert [row.rate for row in worse.rows] == sorted((row.rate or 0 for row in worse.rows), reverse=True)


def test_people_are_those_whom_the_rate_is_about() -> None:
    shown = stood(decided(), "false_negative_rate_difference")
    people = {row.name: (row.people, row.rate) for row in shown.rows}
    assert people["a"] == (50, 0.2) and people["b"] == (35, pytest.approx(25 / 35))


def test_numbers_are_the_judgements_own() -> None:
    record = decided()
    groups = {g.group["g"]: g for g in record.judgement().groups}
    for row in stood(record).rows:
        rate = groups[row.name].metrics["selection_rate"]
        assert (row.rate, row.rate_low, row.rate_high) == (rate.value, rate.low, rate.high)


def test_the_mark_belongs_to_whoever_is_worse_off_also_where_that_is_the_comparison_group() -> None:
    apart = stood(record_of(plan_of(), selections({"a": (300, 1000), "b": (450, 900)})))
    assert [(row.name, row.all_words) for row in apart.rows] == [
        ("a", "Gap: worse off · comparison group"),
        ("b", "Better off"),
    ]
    assert apart.reference.sentence.startswith("People whose g is a are selected less often than people whose g is b")
    other = stood(record_of(plan_of(), selections({"a": (500, 1000), "b": (240, 900)})))
    assert [(row.name, row.mark) for row in other.rows] == [("b", "gap"), ("a", "reference")]


@pytest.mark.parametrize(
    ("better", "than"),
    [(["old"], "old"), (["old", "older"], "2 groups"), (["a name that nobody can draw"], "one group")],
)
def test_a_comparison_group_between_others_says_than_whom_it_is_worse_off(better: list[str], than: str) -> None:
    table = {"middle": (1000, 2000), "young": (200, 800), **dict.fromkeys(better, (720, 900))}
    shown = stood(record_of(plan_of(), selections(table)))
    assert [(row.name, row.all_words) for row in shown.rows] == [
        ("young", "Gap: worse off"),
        ("middle", f"Gap: worse off than {than} · comparison group"),
        *((name, "Better off") for name in better),
    ]


def test_of_who_is_wrongly_granted_nobody_is_called_worse_off() -> None:
    table = {"a": (50, 300, 10, 700), "b": (50, 100, 10, 800)}
    shown = stood(decided(table), "false_positive_rate_difference")
    assert [(row.name, row.all_words) for row in shown.rows] == [
        ("a", "Gap: more often · comparison group"),
        ("b", "Less often"),
    ]


def test_few_people_are_counted_in_place_of_a_percentage() -> None:
    shown = stood(record_of(plan_of(), selections({"a": (500, 1000), "b": (17, 30)})))
    assert [rate_words(row) for row in shown.rows] == ["50.0\u00a0%", "17 of 30"]


def test_one_group_alone_has_no_standings() -> None:
    record = decided({"a": (40, 20, 10, 30)})
    assert standings(record.judgement(), record.plan, ("g",), GAPS["disparate_impact"]) is None


def test_where_nobody_of_the_reference_was_selected_the_band_is_of_the_difference() -> None:
    shown = stood(record_of(plan_of(), selections({"a": (0, 100), "b": (20, 80)})))
    assert shown.acceptable == (0.0, 0.05), "the ratio has no value there, the difference has"


def test_without_outcomes_only_selection_is_offered() -> None:
    record = decided(label=False)
    offered = measures(record.judgement(), record.plan)
    assert [m.name for m in offered] == ["disparate_impact"], "one question with two limits"


def test_the_headline_is_offered_first_and_only_what_has_verdicts() -> None:
    record = record_of(plan_of(label=True, policy='headline = "accuracy_difference"'), decided().counts)
    offered = measures(record.judgement(), record.plan)
    assert offered[0].name == "accuracy_difference"
    assert "average_abs_odds_difference" not in [m.name for m in offered]


def test_every_measure_asks_a_question_of_its_own() -> None:
    assert len({question_in_unit(measure, PLAIN) for measure in GAPS.values()}) == len(GAPS)
    asked = {question(GAPS[name], PLAIN) for name in ("disparate_impact", "statistical_parity_difference")}
    assert asked == {"Who gets selected?"}


def test_words_of_a_ratio_never_cross_its_limit() -> None:
    assert gap_words(gap_of({"a": (5_000, 10_000), "b": (3_996, 10_000)}, "disparate_impact")) == "0.799\u00a0times"
    assert gap_words(gap_of({"a": (50_000, 100_000), "b": (39_999, 100_000)}, "disparate_impact")).startswith(
        "just under"
    )
    assert gap_words(gap_of({"a": (500, 1_000), "b": (400, 1_000)}, "disparate_impact")) == "0.80\u00a0times"


def test_words_of_gaps_and_ranges() -> None:
    table = {"a": (600, 1000), "b": (300, 900)}
    assert gap_words(gap_of(table, "disparate_impact")) == "0.56\u00a0times"
    points = gap_of(table, "statistical_parity_difference")
    assert gap_words(points) == "−26.7\u00a0points"
    assert gap_range_words(points).startswith("−3") and " to −2" in gap_range_words(points)


def test_an_end_without_bound_is_said() -> None:
    gap = gap_of({"a": (1, 300), "b": (30, 100)}, "disparate_impact")
    nobody = gap_of({"a": (0, 300), "b": (30, 100)}, "disparate_impact")
    assert " to " in gap_range_words(gap)
    assert (gap_words(nobody), gap_range_words(nobody)) == ("–", "–")


def test_words_of_rates_and_bands() -> None:
    row = stood(decided()).reference
    assert rate_words(row) == "60.0\u00a0%" and rate_range_words(row).endswith("\u00a0%")
    assert band_words(Band(0.8, "default", True)) == "0.80 to 1.25\u00a0times"
    assert band_words(Band(0.05, "default", False)) == "within 5\u00a0points"


def test_the_tables_of_a_gap_are_named_with_it_and_how_large_it_is_at_most() -> None:
    three = decided({"a": (80, 20, 20, 80), "b": (40, 60, 60, 40), "c": (60, 40, 40, 60)}).judgement()
    denied = also_words(GAPS["false_negative_rate_difference"], (("g",),), three, PLAIN)
    assert denied == "who is wrongly denied (g: up to 40.0\u00a0points)"
    two = decided({"a": (80, 20, 20, 80), "b": (30, 10, 70, 90)}).judgement()
    assert also_words(GAPS["disparate_impact"], (("g",),), two, PLAIN) == "who gets selected (g: 0.40\u00a0times)"
