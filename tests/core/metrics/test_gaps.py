"""Gaps against their definitions, AIF360, fairlearn and the tests of other libraries."""

import math
import warnings
from fractions import Fraction

import fairlearn.metrics as fl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from core.counts.rules import Rule, confusion
from core.errors import PlanError
from core.metrics.gaps import GAPS, compare, is_few, shares, why_not_measurable
from core.metrics.group_metrics import METRICS
from core.metrics.intervals import equality_p, normal_p, z_value
from core.metrics.reference import resolve
from tests.worlds import reference
from tests.worlds.people import labelled, people_of, plan_of
from tests.worlds.reference import Person

NAMES = ("group", "reference")
Kinds = tuple[int, ...]


def compared(name: str, group: Kinds, against: Kinds):  # noqa: ANN201
    """What the core makes of a group and its reference, given as tp, fp, fn, tn, unknown selected, unknown refused."""
    counts = labelled({"group": group, "reference": against})
    people = confusion(counts, Rule.as_decided(counts.axis))
    mine, theirs = (shares(GAPS[name], people, g) for g in (0, 1))
    reason = why_not_measurable(GAPS[name], mine, theirs, NAMES)
    return (None, reason) if reason else (compare(GAPS[name], mine, theirs, 0.95), None)


KINDS = st.tuples(*[st.integers(0, 12)] * 6)


@pytest.mark.parametrize("name", GAPS)
@settings(max_examples=40)
@given(group=KINDS, against=KINDS)
def test_every_gap_is_its_definition(name: str, group: Kinds, against: Kinds) -> None:
    people = people_of({"group": group, "reference": against})
    mine, theirs = ([p for p in people if p.group == (side,)] for side in NAMES)
    expected = reference.gap(name, mine, theirs)
    found, reason = compared(name, group, against)
    assert (found is None) is (expected is None), reason
    if found is not None and expected is not None:
        assert found.value == expected
        assert found.low <= float(expected) + 1e-12
        assert float(expected) <= found.high + 1e-12
        assert found.p_value is None or 0 < found.p_value <= 1
        assert (found.p_value is not None) is GAPS[name].is_tested


FULL = {"a": (40, 12, 9, 33, 2, 3), "b": (25, 20, 16, 30, 0, 1)}


def frame(people: list[Person]) -> pd.DataFrame:
    rows = [(p.group[0], p.label, int(p.selected)) for p in people]
    return pd.DataFrame(rows, columns=["g", "y", "p"])


def test_gaps_equal_aif360s_on_the_rows_themselves() -> None:
    """One row a person, no weights: AIF360 as its tutorials use it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from aif360.datasets import BinaryLabelDataset
        from aif360.metrics import BinaryLabelDatasetMetric, ClassificationMetric

    def dataset(table: pd.DataFrame, label: str) -> object:
        columns = pd.DataFrame({"g": (table["g"] == "b").astype(float), "label": table[label].astype(float)})
        return BinaryLabelDataset(df=columns, label_names=["label"], protected_attribute_names=["g"])

    everybody = frame(people_of(FULL))
    known = everybody[everybody["y"].notna()]
    sides = {"unprivileged_groups": [{"g": 0}], "privileged_groups": [{"g": 1}]}
    selection = BinaryLabelDatasetMetric(dataset(everybody, "p"), **sides)
    errors = ClassificationMetric(dataset(known, "y"), dataset(known, "p"), **sides)
    for name, measure in GAPS.items():
        found, _ = compared(name, FULL["a"], FULL["b"])
        theirs = getattr(errors if measure.needs_label else selection, measure.aif360.removeprefix("-"))()
        sign = -1 if measure.aif360.startswith("-") else 1
        assert float(found.value) == pytest.approx(sign * theirs, abs=1e-12), name


def test_rates_and_ratios_equal_fairlearns() -> None:
    everybody = frame(people_of(FULL))
    rates = fl.MetricFrame(
        metrics=fl.selection_rate, y_true=everybody["p"], y_pred=everybody["p"], sensitive_features=everybody["g"]
    )
    difference, _ = compared("statistical_parity_difference", FULL["a"], FULL["b"])
    ratio, _ = compared("disparate_impact", FULL["b"], FULL["a"])
    assert abs(float(difference.value)) == pytest.approx(rates.difference(), abs=1e-12)
    assert min(float(ratio.value), 1 / float(ratio.value)) == pytest.approx(rates.ratio(), abs=1e-12)


def test_each_measure_takes_its_own_interval_and_test() -> None:
    tp, fp, fn, tn, yes, no = FULL["a"]
    tp2, fp2, fn2, tn2, yes2, no2 = FULL["b"]
    selected, selected2 = (tp + fp + yes, sum(FULL["a"])), (tp2 + fp2 + yes2, sum(FULL["b"]))
    denied, denied2 = (fn, tp + fn), (fn2, tp2 + fn2)
    for name, one, other, method in (
        ("statistical_parity_difference", selected, selected2, "newcomb"),
        ("false_negative_rate_difference", denied, denied2, "newcomb"),
        ("predictive_parity_difference", (tp, tp + fp), (tp2, tp2 + fp2), "newcomb"),
        ("disparate_impact", selected, selected2, "log"),
    ):
        found, _ = compared(name, FULL["a"], FULL["b"])
        kind = "ratio" if name == "disparate_impact" else "diff"
        theirs = confint_proportions_2indep(*one, *other, method=method, compare=kind, alpha=0.05)
        assert (found.low, found.high) == pytest.approx(theirs, rel=1e-9), name
        assert found.p_value == equality_p(*one, *other), name


def test_average_odds_joins_two_intervals_and_takes_its_p_from_their_width() -> None:
    fpr, _ = compared("false_positive_rate_difference", FULL["a"], FULL["b"])
    tpr, _ = compared("equal_opportunity_difference", FULL["a"], FULL["b"])
    odds, _ = compared("average_odds_difference", FULL["a"], FULL["b"])
    value = float(fpr.value + tpr.value) / 2
    low = value - math.hypot(float(fpr.value) - fpr.low, float(tpr.value) - tpr.low) / 2
    high = value + math.hypot(fpr.high - float(fpr.value), tpr.high - float(tpr.value)) / 2
    assert (odds.low, odds.high) == pytest.approx((low, high))
    assert odds.p_value == pytest.approx(normal_p(value / ((high - low) / 2 / z_value(0.95))))


def test_absolute_odds_have_no_test_and_no_negative_end() -> None:
    same, _ = compared("average_abs_odds_difference", FULL["a"], FULL["a"])
    assert (same.value, same.low, same.p_value) == (0, 0.0, None)
    assert not GAPS["average_abs_odds_difference"].is_tested


@pytest.mark.parametrize(
    ("name", "group", "against", "words"),
    [
        ("equal_opportunity_difference", (0, 3, 0, 4), (5, 5, 5, 5), "no one in group has the good outcome"),
        ("equal_opportunity_difference", (5, 5, 5, 5), (0, 3, 0, 4), "no one in reference has the good outcome"),
        ("average_odds_difference", (5, 0, 5, 0), (5, 5, 5, 5), "no one in group lacks the good outcome"),
        ("predictive_parity_difference", (0, 0, 5, 5), (5, 5, 5, 5), "no one in group was selected"),
        ("accuracy_difference", (0, 0, 0, 0, 3, 3), (5, 5, 5, 5), "no one in group has a known outcome"),
        (
            "disparate_impact",
            (5, 5, 5, 5),
            (0, 0, 5, 5),
            "nobody in reference was selected, so there is nothing to divide by",
        ),
    ],
)
def test_why_a_gap_is_not_measurable(name: str, group: Kinds, against: Kinds, words: str) -> None:
    assert compared(name, group, against) == (None, words)


def test_nobody_selected_among_five_hundred_is_measurable() -> None:
    found, reason = compared("disparate_impact", (0, 0, 0, 0, 0, 500), (0, 0, 0, 0, 40, 60))
    assert reason is None
    assert (found.value, found.low) == (0, 0.0)
    assert 0 < found.high < 0.05
    assert compared("statistical_parity_difference", (5, 5, 5, 5), (0, 0, 5, 5))[0].value == Fraction(1, 2)


def test_few_looks_at_every_denominator() -> None:
    assert is_few([(1, 9)], [(5, 100)])
    assert is_few([(5, 100)], [(1, 9)])
    assert is_few([(5, 100), (5, 9)], [(5, 100), (5, 100)])
    assert not is_few([(0, 10)], [(0, 10)])


def test_what_needs_labels_is_known() -> None:
    assert [name for name, measure in GAPS.items() if not measure.needs_label] == [
        "disparate_impact",
        "statistical_parity_difference",
    ]
    assert all(set(measure.metrics) <= set(METRICS) for measure in GAPS.values())


# ---------------------------------------------------------------- whom groups are compared with (design.md 5)


def chosen(plan_lines: str, table: dict, attributes: tuple[str, ...] = ("g",)) -> dict:
    counts = labelled(table, attributes)
    plan = plan_of(attributes, groups=plan_lines)
    return resolve(counts, Rule.as_decided(counts.axis), plan)


def sel(k: int, n: int) -> Kinds:
    return (0, 0, 0, 0, k, n - k)


def test_the_largest_group_is_the_reference_and_never_the_missing() -> None:
    table = {"a": sel(1, 50), "b": sel(40, 60), "(missing)": sel(5, 900)}
    assert chosen("", table) == {("g",): ("b",)}
    assert chosen("", {"b": sel(1, 50), "a": sel(40, 50)}) == {("g",): ("a",)}, "a tie: the first by name"
    assert chosen("", {"(missing)": sel(5, 900)}) == {("g",): ("(missing)",)}, "there is nobody else"


def test_a_number_names_the_group_that_a_file_writes_with_a_decimal_comma() -> None:
    table = {"2,5": sel(1, 50), "1,5": sel(4, 40)}
    assert chosen("reference = {g = 1.5}", table) == {("g",): ("1,5",)}
    with pytest.raises(PlanError, match='"3.5" does not occur in g'):
        chosen("reference = {g = 3.5}", table)


def test_the_most_selected_group_must_not_be_tiny() -> None:
    most = 'reference = "most_selected"'
    table = {"a": sel(500, 1_000), "b": sel(29, 29), "c": sel(300, 500), "(missing)": sel(99, 99)}
    assert chosen(most, table) == {("g",): ("c",)}
    assert chosen(most, {"a": sel(1_000, 4_000), "b": sel(60, 79)}) == {("g",): ("a",)}, "79 are under 2 %"
    assert chosen(most, {"a": sel(1_000, 4_000), "b": sel(60, 82)}) == {("g",): ("b",)}
    assert chosen(most, {"a": sel(50, 200), "b": sel(29, 29)}) == {("g",): ("a",)}, "29 are under 30"
    assert chosen(most, {"a": sel(50, 200), "b": sel(30, 30)}) == {("g",): ("b",)}
    assert chosen(most, {"a": sel(20, 40), "b": sel(50, 100)}) == {("g",): ("b",)}, "a tie: the larger"
    assert chosen(most, {"b": sel(50, 100), "a": sel(50, 100)}) == {("g",): ("a",)}, "then the first by name"
    assert chosen(most, {"a": sel(2, 5), "b": sel(4, 6)}) == {("g",): ("b",)}, "all are tiny"


def test_intersections_take_named_values_only_where_all_are_named() -> None:
    table = {("f", "x"): sel(1, 10), ("m", "x"): sel(2, 20), ("f", "y"): sel(3, 30), ("m", "y"): sel(9, 25)}
    attributes = ("sex", "race")
    named = chosen('reference = {sex = "f", race = "x"}', table, attributes)
    assert named == {("sex",): ("f",), ("race",): ("x",), ("sex", "race"): ("f", "x")}
    half = chosen('reference = {sex = "m"}', table, attributes)
    assert half == {("sex",): ("m",), ("race",): ("y",), ("sex", "race"): ("f", "y")}


def test_a_named_reference_equals_the_same_number_written_otherwise() -> None:
    assert chosen("reference = {g = 1.0}", {"0": sel(1, 50), "1": sel(1, 5)}) == {("g",): ("1",)}
    assert chosen('reference = {g = " 1 "}', {"0": sel(1, 50), "1": sel(1, 5)}) == {("g",): ("1",)}


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('reference = {g = "z"}', '"z" does not occur in g. The values seen are: a, b.'),
        ('reference = {g = "(missing)"}', "missing cannot be the reference. Name one of a, b."),
    ],
)
def test_a_reference_that_cannot_be_is_refused_with_the_names_there_are(lines: str, words: str) -> None:
    with pytest.raises(PlanError) as refusal:
        chosen(lines, {"a": sel(1, 2), "b": sel(1, 2)})
    assert words in str(refusal.value)


def test_people_of_unknown_group_are_not_offered_as_the_reference() -> None:
    with pytest.raises(PlanError, match=r"Name one of a, b\."):
        chosen('reference = {g = "(missing)"}', {"a": sel(1, 2), "b": sel(1, 2), "(missing)": sel(1, 2)})


def test_a_combination_that_nobody_is_in_cannot_be_the_reference() -> None:
    with pytest.raises(PlanError, match="Nobody in the table is a and x"):
        chosen('reference = {g = "a", h = "x"}', {("a", "y"): sel(1, 2), ("b", "x"): sel(1, 2)}, ("g", "h"))


def test_sums_of_generated_worlds_add_up() -> None:
    """Every person is in one group of each table."""
    rng = np.random.default_rng(0)
    table = {(g, h): tuple(rng.integers(0, 9, 6).tolist()) for g in "ab" for h in "xyz"}
    counts = labelled(table, ("g", "h"))
    rule = Rule.as_decided(counts.axis)
    for by in (("g",), ("h",), ("g", "h")):
        assert confusion(counts, rule, by).tp.sum() == sum(kinds[0] for kinds in table.values())
