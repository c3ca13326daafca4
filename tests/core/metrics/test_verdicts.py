"""Verdicts: every rule and reason of statistics.md 1, on tables whose answer is known from elsewhere."""

import math
import warnings
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.counts.rules import Rule
from core.metrics.gaps import GAPS
from core.metrics.verdict_reasons import p_words
from core.metrics.verdicts import judge, plan_rule, plan_threshold
from tests.worlds import reference
from tests.worlds.judged import gap_of, judged, ratio_of
from tests.worlds.people import AXES, count, groups_of, labelled, people_of, plan_of, selections

# ---------------------------------------------------------------- each rule


@pytest.mark.parametrize(
    ("group", "against", "verdict", "why", "words"),
    [
        ((0, 500), (0, 500), "not_measurable", "", "nobody in ref was selected"),
        ((1, 9), (500, 1000), "unclear", "few", "only 9 people: too few for a verdict"),
        ((0, 9), (1000, 1000), "unclear", "few", "only 9 people"),
        ((8, 100), (5, 9), "unclear", "few", "only 9 people"),
        ((30, 100), (500, 1000), "gap", "", "outside the acceptable band"),
        ((0, 500), (400, 1000), "gap", "", "outside the acceptable band"),
        ((90, 100), (500, 1000), "gap", "", "outside the acceptable band"),
        ((485, 1000), (500, 1000), "no_gap", "", "the whole range is inside the acceptable band"),
        ((9_000, 20_000), (9_999, 20_000), "no_gap", "", "small but real"),
        ((7, 20), (500, 1000), "unclear", "far", "can come from chance"),
        ((430, 1000), (500, 1000), "unclear", "look_closer", "unusual if the rates were the same"),
        ((45, 100), (50, 100), "unclear", "wide", "both no difference and a difference that matters"),
    ],
)
def test_the_first_rule_that_applies_wins(
    group: tuple[int, int], against: tuple[int, int], verdict: str, why: str, words: str
) -> None:
    found = ratio_of({"g1": group, "ref": against}, "g1", plan_of(groups='reference = {g = "ref"}'))
    assert (found.verdict, found.why) == (verdict, why)
    assert words in found.reason
    assert (found.value is None) is (verdict == "not_measurable")


def test_a_ratio_to_nobody_has_no_value_but_its_difference_is_judged() -> None:
    judgement = judged({"a": (40, 100), "b": (0, 500)})
    ratio, difference = (gap_of(judgement, name, "a") for name in ("disparate_impact", "statistical_parity_difference"))
    assert (ratio.verdict, ratio.value, ratio.low, ratio.high, ratio.p_value) == ("not_measurable", *[None] * 4)
    assert (difference.verdict, difference.value) == ("gap", 0.4)


def test_zero_of_five_hundred_is_a_zero_with_an_interval() -> None:
    found = ratio_of({"a": (0, 500), "b": (400, 1000)}, "a")
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high is not None and 0 < found.high < 0.03


@pytest.mark.parametrize("scale", [1, 100, 4_000])
@pytest.mark.parametrize(("group", "against"), [((4, 25), (1, 5)), ((344, 1000), (430, 1000)), ((12, 35), (3, 7))])
def test_exactly_four_fifths_is_never_below(group: tuple[int, int], against: tuple[int, int], scale: int) -> None:
    """(4/25) / (1/5) is 0.7999999999999999 in floats and 4/5 in integers."""
    a, b = (tuple(scale * n for n in side) for side in (group, against))
    assert Fraction(*a) / Fraction(*b) in (Fraction(4, 5), Fraction(4, 5))
    for table, sign in (({"x": a, "ref": b}, 1), ({"ref": a, "x": b}, -1)):
        found = ratio_of(table, "x", plan_of(groups='reference = {g = "ref"}'))
        assert found.verdict != "gap"
        assert found.why != "far"
        assert found.value == 0.8**sign
    one_less = {"x": (a[0] * 50 - 1, a[1] * 50), "ref": (b[0] * 50, b[1] * 50)}
    assert ratio_of(one_less, "x", plan_of(groups='reference = {g = "ref"}')).why != "look_closer"


@pytest.mark.parametrize("points", [5, 7, 29, 57])
def test_a_difference_of_exactly_the_limit_is_inside(points: int) -> None:
    """0.57 - 0.28 is over 0.29 in floats."""
    limit = f'limits = [{{measure = "statistical_parity_difference", most = {points / 100}}}]'
    table = {"a": (280_000, 1_000_000), "b": (280_000 + points * 10_000, 1_000_000)}
    found = gap_of(judged(table, plan_of(policy=limit)), "statistical_parity_difference", "b")
    assert (found.verdict, found.why) == ("unclear", "look_closer")
    table["b"] = (table["b"][0] + 1, 1_000_000)
    assert gap_of(judged(table, plan_of(policy=limit)), "statistical_parity_difference", "b").verdict == "gap"


def test_limits_bind_in_both_directions() -> None:
    plan = plan_of(groups='reference = {g = "ref"}')
    for group, value in (((200, 1000), 0.5), ((800, 1000), 2.0)):
        found = ratio_of({"x": group, "ref": (400, 1000)}, "x", plan)
        assert (found.verdict, found.value, found.breaks_limit) == ("gap", value, True)
        assert found.band.ends == (0.8, 1.25)


def test_breaking_a_limit_is_more_than_a_gap() -> None:
    """Ricci's ranges reach inside the mark though the gaps are proved."""
    found = ratio_of({"B": (9, 27), "W": (41, 68)}, "B")
    assert (found.verdict, found.breaks_limit, found.differs) == ("gap", False, True)
    assert found.high is not None and 0.8 < found.high < 1


# ---------------------------------------------------------------- against the rules as a list, on generated tables


@settings(max_examples=25)
@given(
    st.dictionaries(
        st.sampled_from("abcdef"), st.tuples(*[st.integers(0, 60)] * 6).filter(lambda kinds: sum(kinds) > 0),
        min_size=2,
    ),
    st.sampled_from([0.8, 0.95]),
    st.sampled_from(["largest", "most_selected"]),
)  # fmt: skip
def test_verdicts_follow_the_rules(table: dict[str, tuple[int, ...]], confidence: float, whom: str) -> None:
    counts, people = labelled(table), people_of(table)
    plan = plan_of(label=True, run=f"confidence = {confidence}", groups=f'reference = "{whom}"')
    judgement = judge(counts, plan, Rule.as_decided(counts.axis))
    assert len(judgement.gaps) == len(GAPS) * (len(table) - 1)
    for found in judgement.gaps:
        mine, theirs = ([p for p in people if p.group == tuple(g.values())] for g in (found.group, found.reference))
        value = reference.gap(found.measure, mine, theirs)
        assert (found.verdict == "not_measurable") is (value is None)
        if value is None:
            assert [found.value, found.low, found.high, found.p_value, found.p_adjusted] == [None] * 5
            assert found.reason
        elif not GAPS[found.measure].is_tested:
            assert (found.verdict, found.p_value, found.breaks_limit) == (None, None, False)
        else:
            is_ratio = GAPS[found.measure].kind == "ratio"
            band = (Fraction(4, 5), Fraction(5, 4)) if is_ratio else (Fraction(-1, 20), Fraction(1, 20))
            denominators = [n for _, n in (*found.group_shares, *found.reference_shares)]
            low = -math.inf if found.low is None else found.low
            high = math.inf if found.high is None else found.high
            assert found.p_value is not None and found.p_adjusted is not None
            expected = reference.verdict(
                value, (low, high), band, denominators, found.p_value, found.p_adjusted, 1 - confidence
            )
            assert (found.verdict, found.why) == expected
            assert found.value == float(value)
            assert found.differs is (found.p_adjusted < 1 - confidence)
            assert found.breaks_limit is (high < band[0] or low > band[1])


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).filter(any), min_size=2, max_size=6))
def test_each_family_is_one_measure_over_one_table(rows: list[tuple[int, int]]) -> None:
    table = {letter: (k, k + m) for letter, (k, m) in zip("abcdef", rows, strict=False)}
    judgement = judged(table)
    for measure in ("disparate_impact", "statistical_parity_difference"):
        family = [gap for gap in judgement.gaps if gap.measure == measure]
        measurable = [gap for gap in family if gap.verdict != "not_measurable"]
        p_values = [gap.p_value for gap in measurable]
        assert [gap.p_adjusted for gap in measurable] == pytest.approx(reference.holm(p_values))
        assert {gap.comparisons for gap in family} == {len(measurable)}


# ---------------------------------------------------------------- families, missing values, unmeasurable groups


def test_what_cannot_be_measured_does_not_count_in_its_family() -> None:
    table = {"a": (10, 10, 10, 10), "b": (20, 10, 10, 10), "c": (0, 10, 0, 10)}
    counts = labelled(table)
    judgement = judge(counts, plan_of(label=True), Rule.as_decided(counts.axis))
    assert gap_of(judgement, "equal_opportunity_difference", "c").verdict == "not_measurable"
    assert gap_of(judgement, "equal_opportunity_difference", "a").comparisons == 1
    assert gap_of(judgement, "false_positive_rate_difference", "a").comparisons == 2


def test_people_whose_value_is_missing_are_judged_like_any_group() -> None:
    found = judged({"a": (50, 100), "b": (50, 90), "(missing)": (5, 95)})
    assert found.references == {("g",): ("a",)}
    missing = gap_of(found, "disparate_impact", "(missing)")
    assert (missing.verdict, missing.comparisons) == ("gap", 2)


def test_people_of_whom_something_is_missing_are_never_the_reference() -> None:
    found = judged({("a", "(missing)"): (50, 100), ("b", "(missing)"): (20, 90)}, attributes=("g", "h"))
    assert {gap.by for gap in found.gaps} == {("g",)}


def test_a_group_alone_has_nobody_to_be_compared_with() -> None:
    judgement = judged({"a": (5, 100)})
    assert (judgement.gaps, len(judgement.groups)) == ((), 1)


def test_without_labels_only_selection_is_compared() -> None:
    assert {gap.measure for gap in judged({"a": (5, 50), "b": (9, 40)}).gaps} == {
        "disparate_impact", "statistical_parity_difference",
    }  # fmt: skip


def test_groups_without_people_are_not_there() -> None:
    groups = groups_of(2, 3)
    counts = count(people_of({"a": (20, 20, 20, 20)}), AXES["decisions"], groups_of(1, 3))
    judgement = judge(counts, plan_of(label=True), Rule.as_decided(counts.axis))
    assert [result.group for result in judgement.groups] == [{"g": "a"}]
    assert len(groups) == 9


def test_a_sliders_judgement_keeps_the_references_of_the_plan() -> None:
    counts = selections({"a": (5, 100), "b": (90, 100), "c": (50, 100)})
    kept = judge(counts, plan_of(), Rule.as_decided(counts.axis), {("g",): ("c",)})
    assert {gap.reference["g"] for gap in kept.gaps} == {"c"}


# ---------------------------------------------------------------- the plan's rule, the population, words


@pytest.mark.parametrize(
    ("decision", "threshold"),
    [
        ('model = "m.onnx"', 0.5),
        ('model = "m.onnx"\nthreshold = 0.3', 0.3),
        ('score = "s"\nthreshold = 0.7', 0.7),
        ('score = "s"\nfavourable = {at_least = 5}', 5.0),
        ('score = "s"\nfavourable = {below = 5}', 5.0),
    ],
)
def test_the_plans_threshold(decision: str, threshold: float) -> None:
    assert plan_threshold(plan_of(decision=decision)) == threshold


def test_the_plans_rule_is_its_threshold_or_its_decisions() -> None:
    people = [reference.Person(("a",), None, selected, score) for selected, score in [(True, 2), (False, 9), (True, 5)]]
    plan = plan_of(decision='score = "s"\nfavourable = {below = 5}')
    counts = count(people, AXES["deciles, low is good"], groups_of(1, 1))
    assert judge(counts, plan, plan_rule(counts, plan)).groups[0].metrics["selection_rate"].numerator == 1
    beside = count([reference.Person(("a",), None, True, 0.1)], AXES["probabilities beside decisions"], groups_of(1, 1))
    plan = plan_of(decision='score = "s"\nprediction = "p"\nfavourable = [1]')
    assert judge(beside, plan, plan_rule(beside, plan)).groups[0].metrics["selection_rate"].value == 1


@settings(max_examples=25)
@given(st.tuples(*[st.integers(0, 9)] * 4).filter(lambda kinds: kinds[0] + kinds[1] + kinds[3] > 0))
def test_theils_index_is_its_definition(kinds: tuple[int, ...]) -> None:
    counts = labelled({"a": (*kinds, 3, 4)})
    found = judge(counts, plan_of(label=True), Rule.as_decided(counts.axis)).theil_index
    assert found is not None
    assert found.value == pytest.approx(reference.theil_index(people_of({"a": kinds})), abs=1e-12)


def test_theils_index_equals_aif360s_on_expanded_rows() -> None:
    """AIF360's entropy indices do not honour its own instance weights, so every person is a row."""
    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from aif360.datasets import BinaryLabelDataset
        from aif360.metrics import ClassificationMetric

    people = people_of({"a": (40, 12, 9, 33), "b": (25, 20, 16, 30)})
    sets = [
        BinaryLabelDataset(
            df=pd.DataFrame(
                {"g": [float(p.group == ("a",)) for p in people], "label": [float(v(p) or 0) for p in people]}
            ),
            label_names=["label"],
            protected_attribute_names=["g"],
        )
        for v in (lambda p: p.label, lambda p: p.selected)
    ]
    counts = labelled({"a": (40, 12, 9, 33), "b": (25, 20, 16, 30)})
    found = judge(counts, plan_of(label=True), Rule.as_decided(counts.axis)).theil_index
    theirs = ClassificationMetric(*sets, unprivileged_groups=[{"g": 0}], privileged_groups=[{"g": 1}]).theil_index()
    assert found is not None
    assert found.value == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize(
    ("kinds", "reason"), [((0, 0, 5, 0), "nobody benefits"), ((0, 0, 0, 0, 3, 3), "no one has a known outcome")]
)
def test_theils_index_says_why_it_has_no_value(kinds: tuple[int, ...], reason: str) -> None:
    counts = labelled({"a": kinds})
    found = judge(counts, plan_of(label=True), Rule.as_decided(counts.axis)).theil_index
    assert found is not None
    assert (found.value, found.reason) == (None, reason)
    assert judge(counts, plan_of(), Rule.as_decided(counts.axis)).theil_index is None


def test_p_in_words() -> None:
    assert [p_words(p) for p in (None, 1e-300, 0.0000999, 0.0001, 0.04321, 1.0)] == [
        "not tested", "< 0.0001", "< 0.0001", "0.0001", "0.043", "1",
    ]  # fmt: skip
