"""What is said beside the findings."""

from dataclasses import replace

import pytest

from core.metrics.findings.ordering import findings, headlines
from core.metrics.second_opinion import SecondOpinion
from core.report.words.audit import (
    data_facts,
    date_words,
    decision_note,
    near_note,
    outcome_note,
    question_notes,
    reference_note,
    run_facts,
    second_opinion_note,
    tally,
)
from tests.worlds.people import plan_of
from tests.worlds.records import decided, record_of, scored


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        ('prediction = "p"\nfavourable = ["yes", "maybe"]', "people whose “p” is “yes” or “maybe”"),
        ('score = "s"\nthreshold = 0.5', "people whose “s” is 0.5 or more"),
        ('score = "s"\nfavourable = {below = 5}', "people whose “s” is below 5"),
        ('model = "m.onnx"\nthreshold = 0.437', "people to whom the model gives 0.437 or more"),
    ],
)
def test_who_is_selected(decision: str, words: str) -> None:
    assert words in decision_note(plan_of(decision=decision))


@pytest.mark.parametrize(
    ("known", "words"),
    [("true", "It is also known"), ("false", "whose outcome is known"), (None, "Nobody has said")],
)
def test_what_the_outcome_is_and_for_whom_it_is_known(known: str | None, words: str) -> None:
    note = outcome_note(plan_of(label=True, data="" if known is None else f"refused_known = {known}"))
    assert "read from “y”: “1” is the good outcome" in note and words in note


def test_without_an_outcome_the_audit_says_what_it_cannot_see() -> None:
    assert "not who is wrongly denied" in outcome_note(plan_of())


def test_without_an_outcome_the_class_that_is_taken_for_good_is_named() -> None:
    plan = plan_of(decision='model = "m.skops"\nfavourable_class = 1')
    assert decision_note(plan).endswith("0.5 or more for the answer “1”, taken for the good outcome.")
    assert "0.5 or more for the good outcome." in decision_note(plan_of(label=True, decision='model = "m.skops"'))


def test_a_reference_chosen_by_its_rate_is_said_to_lower_ratios() -> None:
    record = record_of(plan_of(groups='reference = "most_selected"'), decided(label=False).counts)
    note = reference_note(record.judgement(), record.plan)
    assert "chosen because its rate was highest; that alone makes ratios look lower" in note
    assert "largest group" in reference_note(decided().judgement(), decided().plan)


def test_default_limits_are_named_and_own_limits_are_not_called_default() -> None:
    assert any("0.80 for ratios, 5\u00a0points" in note for note in question_notes(decided(), decided().judgement()))
    ratio, points = (
        "{measure = 'disparate_impact', least = 0.9}",
        "{measure = 'statistical_parity_difference', most = 0.1}",
    )
    own = record_of(plan_of(policy=f"limits = [{ratio}, {points}]"), decided(label=False).counts)
    assert not any("usual limits" in note for note in question_notes(own, own.judgement()))


def test_headlines_are_the_findings_on_one_measure_and_all_are_tallied() -> None:
    record = decided()
    judgement = record.judgement()
    found = headlines(judgement, record.plan)
    assert {judgement.gaps[f.gap].measure for f in found} == {"disparate_impact"}
    assert found == [f for f in findings(judgement, record.plan) if f.headline]
    assert sum(n for *_, n in tally(found)) == len(found) == 2


def test_aif360_agrees_or_the_page_says_that_it_does_not() -> None:
    assert "computes the same 40 numbers" in second_opinion_note(decided().second_opinion)
    assert "at least one differs by 0.3" in second_opinion_note(SecondOpinion(3, 40, 0.3, False))


@pytest.mark.parametrize(
    ("near", "words"), [(0, "No score lies so close"), (1, "1 decision could"), (3, "3 decisions could")]
)
def test_decisions_at_the_edge_of_the_threshold(near: int, words: str) -> None:
    record = scored()
    assert words in near_note(record_of(record.plan, record.counts, near=near))


def test_a_table_that_decides_itself_does_not_depend_on_hardware() -> None:
    assert "other hardware decides alike" in near_note(record_of(decided().plan, decided().counts, near=7))


def test_facts_count_the_rows_and_what_each_rule_left_out() -> None:
    plan = plan_of(label=True, data='keep = [{column = "x", not_in = ["O"]}, {column = "d", between = [-30, 30]}]')
    plan = replace(plan, data=plan.data.in_month("day", "2026-03"))
    record = replace(record_of(plan, decided().counts), dropped=(100, 5, 7), rows_read=319)
    assert data_facts(record) == [
        ("Rows read", "319"),
        ("Left out: day is not in March 2026", "100"),
        ("Left out: x is O", "5"),
        ("Left out: d outside -30 to 30", "7"),
        ("People counted", "207"),
        ("Of them with a known outcome", "207"),
    ]


def test_what_ran_is_named() -> None:
    facts = dict(run_facts(decided()))
    assert facts["Date"] == date_words("2026-11-21T02:16:15+00:00") == "21 November 2026, 02:16 UTC"
    assert facts["Table (SHA-256)"] == "d" * 64 and facts["Device"] == "CPU" and "Scored at once" not in facts
