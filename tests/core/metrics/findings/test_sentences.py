"""Sentences: every template with rates, range and people; no forbidden word; no rounding across a limit."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.counts.rules import Rule
from core.metrics.findings.group_pairs import pairs
from core.metrics.findings.ordering import findings
from core.metrics.findings.sentences import sentence
from core.metrics.gaps import GAPS
from core.metrics.verdicts import judge
from core.metrics.words import VERDICT_WORDS, percent, sampling_note
from core.metrics.words.naming.terms import PLAIN
from tests.worlds.people import labelled, plan_of
from tests.worlds.spoken import BREAKABLE, SEX, Table, spoken

FORBIDDEN = re.compile(r"not chance|prove|because of|discriminat|\bfair|unfair|legal|complian|markdown|nan|inf\b", re.I)
NUMBER = r"(just \w+ )?\d[\d.]*"
POINTS = rf"(from {NUMBER}\u00a0points the other way to )?{NUMBER}( to {NUMBER})?\u00a0points"
RANGE = re.compile(rf"plausible range ({POINTS}|{NUMBER} to {NUMBER} times|{NUMBER} times or more)")


@pytest.mark.parametrize(
    ("table", "measure", "expected"),
    [
        (
            {"Female": (300, 1000), "Male": (500, 1000)},
            "disparate_impact",
            "Women are selected less often than men: 30.0 % of 1,000 against 50.0 % of 1,000. That is 0.60 times as "
            "often (plausible range 0.54 to 0.67 times), outside the usual limit of 0.80 (the four-fifths mark). It is "
            "also outside the usual limit of 5 points: 20.0 points less. With equal rates, a difference this large "
            "would turn up in fewer than 1 in 1,000 such comparisons. Even the most cautious end of the range is "
            "outside the limit.",
        ),
        (
            {"Female": (9, 27), "Male": (41, 68)},
            "disparate_impact",
            "Women are selected less often than men: 9 of 27 against 41 of 68. That is 0.55 times as often (plausible "
            "range 0.31 to 0.97 times), outside the usual limit of 0.80 (the four-fifths mark). It is also outside the "
            "usual limit of 5 points: 27.0 points less. With equal rates, a difference this large would turn up in "
            "about 1 in 43 such comparisons. The true value may still be inside the limit.",
        ),
        (
            {"Female": (600, 1000), "Male": (500, 1000)},
            "statistical_parity_difference",
            "Men are selected less often than women: 50.0 % of 1,000 against 60.0 % of 1,000. That is 10.0 points less "
            "(plausible range 5.6 to 14.3 points), outside the usual limit of 5 points. It is inside the usual limit "
            "of 0.80 (the four-fifths mark): 0.83 times as often. With equal rates, a difference this large would turn "
            "up in fewer than 1 in 1,000 such comparisons. Even the most cautious end of the range is outside the "
            "limit.",
        ),
        (
            {"Female": (4850, 10000), "Male": (5000, 10000)},
            "disparate_impact",
            "Women are selected about as often as men: 48.5 % of 10,000 against 50.0 % of 10,000. That is 0.97 times "
            "as often (plausible range 0.94 to 0.998 times); the whole range is inside the usual limit of 0.80 (the "
            "four-fifths mark). In points, too, the whole range is inside the usual limit of 5 points. The difference "
            "is small but real: it is unlikely to come from chance alone.",
        ),
        (
            {"Female": (8800, 10000), "Male": (9500, 10000)},
            "disparate_impact",
            "Women are selected less often than men: 88.0 % of 10,000 against 95.0 % of 10,000. That is 7.0 points "
            "less (plausible range 6.2 to 7.8 points), outside the usual limit of 5 points. It is inside the usual "
            "limit of 0.80 (the four-fifths mark): 0.93 times as often. With equal rates, a difference this large "
            "would turn up in fewer than 1 in 1,000 such comparisons. Even the most cautious end of the range is "
            "outside the limit.",
        ),
        (
            {"Female": (490, 1000), "Male": (500, 1000)},
            "disparate_impact",
            "Women are selected less often than men: 49.0 % of 1,000 against 50.0 % of 1,000. That is 1.0 points less "
            "(plausible range from 3.4 points the other way to 5.4 points). The range includes both no difference and "
            "a difference that matters. In times, the whole range is inside the usual limit of 0.80 (the four-fifths "
            "mark). If the rates stay as they are, about 2.5 times as many people would probably settle it: 2,600 in "
            "the smaller group.",
        ),
        (
            {"Female": (7, 20), "Male": (500, 1000)},
            "disparate_impact",
            "Women are selected less often than men: 7 of 20 against 50.0 % of 1,000. That is 0.70 times as often "
            "(plausible range 0.38 to 1.28 times), outside the usual limit of 0.80 (the four-fifths mark). With 20 "
            "people, a difference this large can easily come from chance. This does not show that there is no gap. If "
            "the rates stay as they are, about 4.1 times as many people would probably settle it: 82 in the smaller "
            "group.",
        ),
        (
            {"Female": (430, 1000), "Male": (500, 1000)},
            "disparate_impact",
            "Women are selected less often than men: 43.0 % of 1,000 against 50.0 % of 1,000. That is 7.0 points less "
            "(plausible range 2.6 to 11.3 points), outside the usual limit of 5 points. It is inside the usual limit "
            "of 0.80 (the four-fifths mark): 0.86 times as often. With equal rates, a difference this large would turn "
            "up in about 1 in 507 such comparisons. The true value may still be inside the limit.",
        ),
        (
            {"Female": (45, 100), "Male": (50, 100)},
            "disparate_impact",
            "Women are selected less often than men: 45.0 % of 100 against 50.0 % of 100. That is 0.90 times as often "
            "(plausible range 0.67 to 1.21 times). The range includes both no difference and a difference that "
            "matters. The difference lies so near the limit that no realistic number of people would settle it.",
        ),
        (
            {"Female": (1, 9), "Male": (500, 1000)},
            "disparate_impact",
            "Women: only 9 people to go by, too few for a verdict (1 of 9 against 50.0 % of 1,000 for men; plausible "
            "range 0.04 to 0.87 times).",
        ),
        (
            {"Female": (5, 90), "Male": (0, 1000)},
            "disparate_impact",
            "Men are selected less often than women: 0.0 % of 1,000 against 5 of 90. That is 5.6 points less "
            "(plausible range 2.4 to 12.4 points), outside the usual limit of 5 points. None of them are selected: 0 "
            "times as often, outside the usual limit of 0.80 (the four-fifths mark). With equal rates, a difference "
            "this large would turn up in fewer than 1 in 1,000 such comparisons. The true value may still be inside "
            "the limit.",
        ),
        (
            {"Female": (60, 10, 40, 90), "Male": (80, 10, 20, 90)},
            "false_negative_rate_difference",
            "Women are wrongly denied more often than men: 40.0 % of 100 against 20.0 % of 100. That is 20.0 points "
            "more (plausible range 7.3 to 31.9 points), outside the usual limit of 5 points. With equal rates, a "
            "difference this large would turn up in about 1 in 313 such comparisons. Even the most cautious end of the "
            "range is outside the limit.",
        ),
        (
            {"Female": (60, 30, 40, 70), "Male": (80, 10, 20, 90)},
            "average_odds_difference",
            "Averaged over both outcomes, women are selected exactly as often as men: 30.0 % of 100 and 60.0 % of 100 "
            "against 10.0 % of 100 and 80.0 % of 100. That is no difference (plausible range from 8.3 points the "
            "other way to 8.1 points). The range includes both no difference and a difference that matters. If the "
            "rates stay as they are, about 7.4 times as many people would probably settle it: 740 in the smaller "
            "group.",
        ),
    ],
)  # fmt: skip
def test_each_template(table: Table, measure: str, expected: str) -> None:
    said = spoken(table, measure)
    assert said == expected


def test_a_range_that_leaves_out_equality_is_not_said_to_include_it() -> None:
    """Newcombe's interval and Fisher's test do not always agree."""
    points = 'limits = [{measure = "statistical_parity_difference", most = 0.05}]'
    plan = plan_of(SEX, groups='reference = {sex = "Male"}', policy=points)
    said = spoken({"Female": (1, 20), "Male": (2, 400)}, "statistical_parity_difference", plan)
    assert "plausible range 0.2 to 23.1 points" in said
    assert said.endswith(
        "The range reaches a difference that matters. But with equal rates, a difference this large would turn up in "
        "about 1 in 7 such comparisons. The difference lies so near the limit that no realistic number of people would "
        "settle it."
    )


def test_a_limit_that_somebody_states_puts_the_usual_one_out_of_force() -> None:
    plan = plan_of(SEX, groups='reference = {sex = "Male"}', policy='use = ["four_fifths"]')
    said = spoken({"Female": (430, 1000), "Male": (500, 1000)}, plan=plan)
    assert said == (
        "Women are selected less often than men: 43.0 % of 1,000 against 50.0 % of 1,000. That is 0.86 times as often "
        "(plausible range 0.78 to 0.95 times), inside the policy's limit of 0.80, but unusual. With equal rates it "
        "would turn up in about 1 in 507 such comparisons. Look closer."
    )


def test_who_is_wrongly_granted_is_said_and_nobody_is_called_worse_off() -> None:
    said = spoken({"Female": (50, 60, 10, 240), "Male": (50, 30, 10, 270)}, "false_positive_rate_difference")
    assert said.startswith(
        "Women are wrongly granted more often than men: 20.0 % of 300 against 10.0 % of 300. That is 10.0 points more"
    )


def test_the_group_with_the_lower_rate_is_the_subject_also_when_it_is_the_reference() -> None:
    said = spoken({"Female": (500, 1000), "Male": (300, 1000)})
    assert said.startswith("Men are selected less often than women: 30.0 % of 1,000 against 50.0 % of 1,000.")
    assert "That is 0.60 times as often" in said


def test_few_people_are_counted_in_the_group_that_has_them_also_when_that_is_the_reference() -> None:
    said = spoken({"Female": (500, 1000), "Male": (2, 9)})
    assert said.startswith(
        "Men: only 9 people to go by, too few for a verdict (2 of 9 against 50.0 % of 1,000 for women;"
    )
    assert spoken({"Female": (1, 1), "Male": (500, 1000)}).startswith("Women: only 1 person to go by")


@pytest.mark.parametrize(
    ("female", "male", "words"),
    [
        ((50, 100), (50, 100), "Women are selected exactly as often as men: 50.0 % of 100 "),
        ((4_999, 10_000), (4_999, 9_999), "Women are selected almost exactly as often as men: 50.0 % of 10,000 "),
    ],
)
def test_equal_rates_are_not_said_to_be_zero_points_apart(
    female: tuple[int, int], male: tuple[int, int], words: str
) -> None:
    plan = plan_of(
        SEX, groups='reference = {sex = "Male"}', policy='limits = [{measure = "disparate_impact", least = 0.999}]'
    )
    assert spoken({"Female": female, "Male": male}, plan=plan).startswith(words)


def test_a_row_that_is_a_text_is_not_called_a_person() -> None:
    plan = plan_of(SEX, decision='model = "m.skops"\ntext = "comment"', groups='reference = {sex = "Male"}')
    said = spoken({"Female": (7, 20), "people": (2, 9), "Male": (500, 1000)}, plan=plan, group="people")
    assert said.startswith("Texts whose sex is people: only 9 texts to go by")


def test_what_is_known_of_people_who_were_turned_down_is_said() -> None:
    table = {"Female": (60, 10, 40, 90), "Male": (80, 10, 20, 90)}
    plan = plan_of(SEX, label=True, data="refused_known = false", groups='reference = {sex = "Male"}')
    prefix = "Among those whose outcome is known: "
    assert spoken(table, "false_negative_rate_difference", plan).startswith(prefix)
    assert not spoken(table, "disparate_impact", plan).startswith(prefix)


# ---------------------------------------------------------------- rounding


@pytest.mark.parametrize("n", [1_000, 1_001, 9_999, 100_003, 10_000_000])
def test_a_ratio_one_person_from_the_mark_is_not_printed_at_it(n: int) -> None:
    selected = -(-4 * n // 10) - 1  # just under 0.8 of one half
    said = spoken({"Female": (selected, n), "Male": (n // 2 + n % 2, n)})
    times = re.search(r"(just under )?(0\.\d+) times", said)
    assert times is not None
    assert times[1] or float(times[2]) < 0.8


def test_the_end_of_a_range_is_on_its_side_of_the_mark() -> None:
    """A low end of 5.03 points is beyond the 5-point mark and must not read 5.0."""
    said = spoken({"Female": (4_363, 10_000), "Male": (5_004, 10_000)}, "statistical_parity_difference")
    assert "plausible range 5.03 to 7.8 points" in said
    assert "Even the most cautious end of the range is outside the limit." in said


def test_a_difference_of_exactly_the_mark_reads_as_the_mark() -> None:
    """0.57 - 0.28 is more than 0.29 in floats."""
    plan = plan_of(
        SEX,
        groups='reference = {sex = "Male"}',
        policy='limits = [{measure = "statistical_parity_difference", most = 0.29}]',
    )
    said = spoken({"Female": (28, 100), "Male": (57, 100)}, "statistical_parity_difference", plan)
    assert "29.0 points less (" in said
    assert "inside the plan's limit of 29 points" in said


# ---------------------------------------------------------------- all of them

KINDS = st.tuples(*[st.integers(0, 80)] * 6).filter(any)


@settings(max_examples=40)
@given(
    st.fixed_dictionaries({"Female": KINDS, "Male": KINDS, "(missing)": KINDS}),
    st.sampled_from([None, True, False]),
    st.sampled_from(["", "limits = [{measure = \"disparate_impact\", least = 0.875}]"]),
)  # fmt: skip
def test_every_sentence_gives_rates_range_and_people_in_allowed_words(
    table: Table, known: bool | None, policy: str
) -> None:
    data = "" if known is None else f"refused_known = {str(known).lower()}"
    plan = plan_of(SEX, label=True, policy=policy, data=data)
    counts = labelled(table, SEX)
    judgement = judge(counts, plan, Rule.as_decided(counts.axis))
    for finding in findings(judgement, plan):
        assert finding.verdict == judgement.gaps[finding.gap].verdict
        assert finding.text.endswith(".") and finding.text[0].isupper()
        assert "  " not in finding.text and "\n" not in finding.text
        assert not FORBIDDEN.search(finding.text), finding.text
        assert not BREAKABLE.search(finding.text)
    for pair in pairs(judgement, plan):
        gap, said = pair.lead, sentence(pair, plan)
        assert not FORBIDDEN.search(gap.reason), gap.reason
        if pair.verdict != "not_measurable":
            for k, n in (*gap.group_shares, *gap.reference_shares):
                assert (f"{k} of {n}" if n < 100 else f"{percent(k / n)} of {n:,}") in said, said
            assert RANGE.search(said), said
            assert not re.search(r"[-−]\d", said), "a range over equality says which way in words"


def test_fixed_words_are_allowed_words() -> None:
    for text in (sampling_note(), *VERDICT_WORDS.values(), *(PLAIN.said(m.how + m.whom) for m in GAPS.values())):
        assert not FORBIDDEN.search(text)
    assert set(VERDICT_WORDS) == {"gap", "unclear", "no_gap", "not_measurable"}
