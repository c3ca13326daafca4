"""Verdicts: every rule and reason of statistics.md 1, on tables whose answer is known from elsewhere."""

import math
import warnings
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import PlanError
from core.findings import Gap, Judgement, judge, p_words, plan_rule, plan_threshold
from core.gaps import GAPS
from core.intervals import equality_p
from core.plan import Plan
from core.policies import band, check_policy, policy_warnings
from core.rules import Rule
from tests import reference
from tests.worlds import AXES, count, groups_of, labelled, people_of, plan_of, selections

Table = dict[str, tuple[int, int]]


def judged(table: dict, plan: Plan | None = None, attributes: tuple[str, ...] = ("g",)) -> Judgement:
    """The judgement on {group: (selected, people)}."""
    counts = selections(table, attributes)
    return judge(counts, plan or plan_of(attributes), Rule.as_decided(counts.axis))


def gap_of(judgement: Judgement, measure: str, *group: str) -> Gap:
    (found,) = (gap for gap in judgement.gaps if gap.measure == measure and tuple(gap.group.values()) == group)
    return found


def ratio_of(table: dict, group: str, plan: Plan | None = None) -> Gap:
    return gap_of(judged(table, plan), "disparate_impact", group)


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


# ---------------------------------------------------------------- Ricci v. DeStefano (features.md 3.2)


@pytest.mark.parametrize(
    ("table", "group", "value", "p", "verdict", "why"),
    [
        ({"W": (41, 68), "B": (9, 27), "H": (6, 23)}, "B", 0.553, 0.023, "gap", ""),
        ({"W": (41, 68), "B": (9, 27), "H": (6, 23)}, "H", 0.433, 0.0072, "gap", ""),
        ({"W": (25, 43), "B": (6, 19), "H": (3, 15)}, "B", 0.543, 0.097, "unclear", "far"),
        ({"W": (25, 43), "B": (6, 19), "H": (3, 15)}, "H", 0.344, 0.016, "gap", ""),
        ({"W": (16, 25), "B": (3, 8), "H": (3, 8)}, "B", 0.586, 0.238, "unclear", "few"),
        ({"W": (16, 25), "B": (3, 8), "H": (3, 8)}, "H", 0.586, 0.238, "unclear", "few"),
    ],
)
def test_ricci(table: Table, group: str, value: float, p: float, verdict: str, why: str) -> None:
    found = ratio_of(table, group)
    assert found.value == pytest.approx(value, abs=5e-4)
    assert found.p_value == pytest.approx(p, abs=5e-4)
    assert (found.verdict, found.why) == (verdict, why)


# ---------------------------------------------------------------- New York's Local Law 144 (features.md 3.1)

SEX = {("Male",): (667, 1390), ("Female",): (555, 1181)}
RACE = {
    "Hispanic": (204, 408), "White": (412, 797), "Black": (170, 390), "Pacific": (52, 119), "Asian": (302, 616),
    "Native": (18, 41), "Two": (96, 213),
}  # fmt: skip
BOTH = {
    ("Male", "Hispanic"): (90, 205), ("Male", "White"): (215, 412), ("Male", "Black"): (95, 226),
    ("Male", "Pacific"): (37, 87), ("Male", "Asian"): (167, 321), ("Male", "Native"): (11, 24),
    ("Male", "Two"): (52, 115), ("Female", "Hispanic"): (82, 190),
    ("Female", "White"): (197, 385), ("Female", "Black"): (75, 164),
    ("Female", "Pacific"): (15, 32), ("Female", "Asian"): (135, 295), ("Female", "Native"): (7, 17),
    ("Female", "Two"): (44, 98),
}  # fmt: skip
CROSSED = ("sex", "race")


def test_local_law_144_selection_rates_and_ratios() -> None:
    judgement = judged(BOTH, plan_of(CROSSED), CROSSED)
    assert judgement.references[("sex",)] == ("Male",)
    assert judgement.references[CROSSED] == ("Male", "White")
    female = gap_of(judgement, "disparate_impact", "Female")
    assert (female.group_shares, female.reference_shares) == (((555, 1181),), ((667, 1390),))
    printed = {
        ("Male", "Hispanic"): 0.841, ("Female", "Hispanic"): 0.827, ("Female", "White"): 0.981,
        ("Male", "Black"): 0.806,
        ("Female", "Black"): 0.876, ("Male", "Pacific"): 0.815, ("Female", "Pacific"): 0.898, ("Male", "Asian"): 0.997,
        ("Female", "Asian"): 0.877, ("Male", "Native"): 0.878, ("Female", "Native"): 0.789, ("Male", "Two"): 0.866,
        ("Female", "Two"): 0.860,
    }  # fmt: skip
    for group, ratio in printed.items():
        assert gap_of(judgement, "disparate_impact", *group).value == pytest.approx(ratio, abs=6e-4)


@pytest.mark.parametrize(
    ("table", "group", "p", "p_adjusted", "comparisons", "verdict", "why"),
    [
        (SEX, ("Female",), 0.635, 0.635, 1, "no_gap", ""),
        (RACE, ("Black",), 0.0094, 0.057, 6, "unclear", "look_closer"),
        (BOTH, ("Male", "Black"), 0.016, 0.21, 13, "unclear", "look_closer"),
        (BOTH, ("Female", "Native"), 0.46, 1, 13, "unclear", "far"),
        (BOTH, ("Female", "Asian"), 0.094, 0.94, 13, "unclear", "wide"),
    ],
)
def test_local_law_144_significance(
    table: dict, group: tuple[str, ...], p: float, p_adjusted: float, comparisons: int, verdict: str, why: str
) -> None:
    attributes = CROSSED if len(group) == 2 else ("g",)
    found = gap_of(judged(table, plan_of(attributes), attributes), "disparate_impact", *group)
    assert found.p_value == pytest.approx(p, rel=0.05)
    assert found.p_adjusted == pytest.approx(p_adjusted, rel=0.05)
    assert (found.comparisons, found.verdict, found.why) == (comparisons, verdict, why)


def test_a_reference_chosen_for_its_rate_was_compared_with_everybody() -> None:
    plan = plan_of(CROSSED, groups='reference = "most_selected"')
    judgement = judged(BOTH, plan, CROSSED)
    assert {gap.by: gap.comparisons for gap in judgement.gaps} == {("sex",): 1, ("race",): 21, CROSSED: 91}
    black = ratio_of(RACE, "Black", plan_of(groups='reference = "most_selected"'))
    pairs = list(combinations(RACE, 2))
    p_values = [equality_p(*RACE[one], *RACE[other]) for one, other in pairs]
    adjusted = dict(zip(pairs, reference.holm(p_values), strict=True))
    assert black.comparisons == 21
    assert black.p_adjusted == pytest.approx(adjusted["White", "Black"])


@pytest.mark.parametrize("names", [("a", "b", "c", "d"), ("d", "c", "b", "a")])
def test_pairs_count_whichever_way_round_they_have_a_ratio(names: tuple[str, ...]) -> None:
    table = dict(zip(names, [(40, 50), (20, 50), (0, 50), (30, 50)], strict=True))
    found = ratio_of(table, names[1], plan_of(groups='reference = "most_selected"'))
    assert found.comparisons == 6


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


# ---------------------------------------------------------------- limits and policies


def limited(policy: str, measure: str = "disparate_impact") -> Gap:
    plan = plan_of(policy=policy, label=True)
    check_policy(plan)
    counts = labelled({"a": (40, 30, 20, 30), "b": (60, 30, 10, 30)})
    return gap_of(judge(counts, plan, Rule.as_decided(counts.axis)), measure, "a")


@pytest.mark.parametrize(
    ("policy", "measure", "ends", "source"),
    [
        ("", "disparate_impact", (0.8, 1.25), "default"),
        ("", "false_negative_rate_difference", (-0.05, 0.05), "default"),
        ('use = ["four_fifths"]', "disparate_impact", (0.8, 1.25), "policy"),
        ('use = ["four_fifths"]', "statistical_parity_difference", (-0.05, 0.05), "default"),
        ('limits = [{measure = "disparate_impact", least = 0.5}]', "disparate_impact", (0.5, 2.0), "plan"),
        (
            'use = ["four_fifths"]\nlimits = [{measure = "disparate_impact", least = 0.5}]',
            "disparate_impact", (0.5, 2.0), "plan",
        ),
        ('limits = [{measure = "accuracy_difference", most = 0.2}]', "accuracy_difference", (-0.2, 0.2), "plan"),
    ],
)  # fmt: skip
def test_where_a_limit_comes_from(policy: str, measure: str, ends: tuple[float, float], source: str) -> None:
    found = limited(policy, measure)
    assert (found.band.ends, found.band.source) == (ends, source)


def test_measures_without_a_test_break_only_limits_that_somebody_set() -> None:
    name = "average_abs_odds_difference"
    table = {"a": (10, 90, 90, 10), "b": (90, 10, 10, 90)}
    for policy, breaks in (("", False), (f'limits = [{{measure = "{name}", most = 0.1}}]', True)):
        counts = labelled(table)
        judgement = judge(counts, plan_of(policy=policy, label=True), Rule.as_decided(counts.axis))
        found = gap_of(judgement, name, "b")
        assert (found.verdict, found.breaks_limit, found.value) == (None, breaks, 0.8)


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ('use = ["five_fourths"]', 'There is no standard policy named "five_fourths"; known are four_fifths'),
        ('limits = [{measure = "equality", most = 0.1}]', 'There is no measure named "equality"; known are disparate_'),
        ('limits = [{measure = "disparate_impact", most = 0.1}]', "give least for this measure, not most"),
        ('limits = [{measure = "accuracy_difference", least = 0.8}]', "give most for this measure, not least"),
        ('headline = "fairness"', 'There is no measure named "fairness"'),
        ('headline = "average_abs_odds_difference"', "has no verdict"),
    ],
)
def test_a_policy_that_cannot_be_honoured_is_refused(policy: str, words: str) -> None:
    with pytest.raises(PlanError) as refusal:
        check_policy(plan_of(policy=policy))
    assert words in str(refusal.value)


def test_a_limit_of_zero_is_said_to_have_no_way_to_hold() -> None:
    plan = plan_of(policy='limits = [{measure = "accuracy_difference", most = 0}]')
    assert str(band(GAPS["accuracy_difference"], plan).ends) == "(0.0, 0.0)"
    assert policy_warnings(plan) == (
        'the limit of 0 on accuracy_difference can never be shown to hold: no verdict on it can be "no gap"',
    )
    assert (
        "the limit of 1 on disparate_impact"
        in policy_warnings(plan_of(policy='limits = [{measure = "disparate_impact", least = 1.0}]'))[0]
    )
    assert policy_warnings(plan_of()) == ()


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
