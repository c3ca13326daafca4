"""The answer: facts in the order of telling, what only repeats one, and the gaps on other measures."""

from itertools import product

import pytest

from core.counts.rules import Rule
from core.metrics.findings.group_pairs import headline_measure
from core.metrics.findings.ordering import Finding, findings, further_words
from core.metrics.findings.other_gaps import also_gaps
from core.metrics.gaps import GAPS
from core.metrics.verdicts import Judgement, judge
from core.plan.plan import Plan
from core.record import AuditRecord
from tests.worlds.people import labelled, plan_of, selections
from tests.worlds.records import decided, record_of

Table = dict[str, tuple[int, ...]]


def ordered(plan: Plan, table: Table) -> tuple[Judgement, list[tuple[str, str, str]]]:
    counts = labelled(table)
    judgement = judge(counts, plan, Rule.as_decided(counts.axis))
    found = findings(judgement, plan)
    return judgement, [(f.verdict, judgement.gaps[f.gap].measure, judgement.gaps[f.gap].group["g"]) for f in found]


WORLD = {
    "ref": (400, 100, 100, 400), "bad": (200, 60, 300, 440), "worst": (20, 5, 480, 495), "same": (395, 105, 105, 395),
    "few": (2, 1, 2, 2), "wide": (19, 5, 6, 20), "none": (0, 0, 0, 0, 0, 50),
}  # fmt: skip
REFERRED = plan_of(label=True, groups='reference = {g = "ref"}')


def test_findings_lead_with_the_headline_and_the_worst() -> None:
    judgement, order = ordered(REFERRED, WORLD)
    headline = [entry for entry in order if entry[1] == "disparate_impact"]
    assert order[: len(headline)] == headline
    assert [group for _, _, group in headline] == ["worst", "bad", "none", "same", "wide"], "people times gap"
    assert [verdict for verdict, _, _ in headline] == ["gap"] * 3 + ["no_gap", "unclear"]
    told = [place for found in findings(judgement, REFERRED) for place in found.gaps]
    assert sorted(told) == [place for place, gap in enumerate(judgement.gaps) if gap.verdict is not None]


def test_groups_too_small_to_tell_stand_in_one_line_after_what_holds() -> None:
    judgement, _ = ordered(REFERRED, WORLD)
    (small,) = (found for found in findings(judgement, REFERRED) if found.headline and found.is_small)
    assert small.text == (
        "Too few people to tell yet how often these are selected: people whose g is wide (24 of 50) and people whose g "
        "is few (3 of 7), against people whose g is ref (50.0\u00a0% of 1,000)."
    )
    assert small.comparisons == 2 and {judgement.gaps[place].group["g"] for place in small.gaps} == {"wide", "few"}


def test_the_plan_names_the_headline() -> None:
    plan = plan_of(label=True, policy='headline = "false_negative_rate_difference"')
    judgement, order = ordered(plan, WORLD)
    assert headline_measure(judgement, plan) == order[0][1] == "false_negative_rate_difference"


def test_a_headline_that_needs_labels_gives_way_without_them() -> None:
    plan = plan_of(policy='headline = "false_negative_rate_difference"')
    judgement, order = ordered(plan, WORLD)
    assert headline_measure(judgement, plan) == order[0][1] == "disparate_impact"


def test_every_verdict_of_every_measure_has_its_sentence() -> None:
    seen = set()
    for a, b in product(WORLD.values(), repeat=2):
        judgement, _ = ordered(plan_of(label=True, groups='reference = {g = "r"}'), {"x": a, "r": b})
        seen |= {(gap.measure, gap.why or gap.verdict) for gap in judgement.gaps if gap.verdict}
    tested = [name for name, measure in GAPS.items() if measure.is_tested]
    assert {measure for measure, _ in seen} >= set(tested)
    assert {why for _, why in seen} >= {"gap", "no_gap", "few", "wide", "far", "not_measurable"}


# People of German credit by sex, age and whether they are foreign workers: (good, all).
CREDIT = {
    ("W", "young", "yes"): (142, 236), ("W", "young", "no"): (3, 5), ("W", "old", "yes"): (54, 67),
    ("W", "old", "no"): (2, 2), ("M", "young", "yes"): (312, 437), ("M", "young", "no"): (22, 23),
    ("M", "old", "yes"): (159, 223), ("M", "old", "no"): (6, 7),
}  # fmt: skip


def test_a_gap_of_nearly_everybody_to_a_handful_is_about_a_handful() -> None:
    columns = ("sex", "age", "foreign")
    plan, counts = plan_of(columns), selections(CREDIT, columns)
    judgement = judge(counts, plan, Rule.as_decided(counts.axis))
    found = [f for f in findings(judgement, plan) if f.headline]
    first, second = (judgement.gaps[f.gap] for f in found[:2])
    assert (first.by, second.by) == (("sex",), ("foreign",)) and found[1].verdict == "gap"
    assert found[1].text.startswith("People whose “foreign” is yes are selected less often")
    facts = [f for f in found if f.repeats is None]
    unclear = [len(judgement.gaps[f.gap].by) for f in facts if f.verdict == "unclear" and not f.is_small]
    assert unclear == sorted(unclear) and unclear[0] == 1 < unclear[-1], "columns before what only crosses them"
    assert facts[-1].is_small and not any(f.is_small for f in facts[:-1])


# ---------------------------------------------------------------- facts before what repeats them

SEXES = ("sex", "age")
# Women are selected half as often as men whatever their age; old men are the largest crossing.
ALIKE = {("M", "old"): (600, 1000), ("W", "old"): (300, 1000), ("M", "young"): (540, 900), ("W", "young"): (270, 900)}


def told(table: dict[tuple[str, ...], tuple[int, int]], groups: str = "") -> tuple[Judgement, Plan, list[Finding]]:
    """The findings on the headline measure."""
    plan, counts = plan_of(SEXES, groups=groups), selections(table, SEXES)
    judgement = judge(counts, plan, Rule.as_decided(counts.axis))
    return judgement, plan, [found for found in findings(judgement, plan) if found.headline]


def pair_of(judgement: Judgement, finding: Finding) -> tuple[str, str]:
    gap = judgement.gaps[finding.gap]
    return ", ".join(gap.group.values()), ", ".join(gap.reference.values())


@pytest.mark.parametrize("reference", ["M", "W"])
def test_a_crossing_that_shows_a_columns_own_gap_again_comes_after_every_other_fact(reference: str) -> None:
    groups = f'reference = {{sex = "{reference}", age = "old"}}'
    judgement, plan, found = told(ALIKE, groups)
    own = [pair_of(judgement, finding) for finding in found if finding.repeats is None]
    other = "W" if reference == "M" else "M"
    assert own[0] == (other, reference) and found[0].verdict == "gap"
    assert {pair for pair in own if "," in pair[0]} == {(f"{reference}, young", f"{reference}, old")}
    again = [finding for finding in found if finding.repeats is not None]
    assert found[-len(again) :] == again and sum(finding.comparisons for finding in again) == 2
    assert {finding.repeats for finding in again} == {found[0].gap}
    said = further_words(found[0], found, judgement, plan)
    assert said == (
        "The same gap shows again in 2 comparisons of smaller groups, by age too: for example people whose sex is W and"
        " age is old against men whose age is old."
    )


def test_a_crossing_that_is_worse_than_its_columns_is_a_fact_of_its_own() -> None:
    judgement, plan, found = told({**ALIKE, ("W", "young"): (20, 900)})
    own = {pair_of(judgement, finding) for finding in found if finding.repeats is None and finding.verdict == "gap"}
    assert {("W", "M"), ("W, young", "M, old")} <= own
    assert ("W, old", "M, old") not in own


def test_a_crossing_with_its_gap_the_other_way_round_is_a_fact_of_its_own() -> None:
    judgement, _, found = told({**ALIKE, ("M", "young"): (400, 900), ("W", "young"): (90, 100)})
    own = {pair_of(judgement, finding) for finding in found if finding.repeats is None and finding.verdict == "gap"}
    assert ("W, young", "M, old") in own


def test_gaps_of_the_same_people_to_several_groups_are_told_once_with_the_others_named() -> None:
    table = {("M", "old"): (300, 1000), ("W", "old"): (450, 900), ("X", "old"): (400, 900), ("M", "young"): (120, 700)}
    judgement, plan, found = told(table, 'intersections = 1\nreference = {sex = "M", age = "old"}')
    assert [pair_of(judgement, finding) for finding in found] == [("W", "M"), ("young", "old")]
    assert [(finding.verdict, finding.comparisons) for finding in found] == [("gap", 2), ("gap", 1)]
    assert found[0].text.startswith("Men are selected less often than people whose sex is W: 24.7")
    assert found[0].text.endswith("They are also selected less often than people whose sex is X (44.4\u00a0% of 900).")


def test_without_a_gap_by_a_column_alone_nothing_repeats() -> None:
    crossed = {
        ("M", "old"): (600, 1000),
        ("W", "old"): (300, 1000),
        ("M", "young"): (300, 1000),
        ("W", "young"): (600, 1000),
    }
    judgement, plan, found = told(crossed)
    assert {finding.repeats for finding in found} == {None}
    assert {further_words(finding, found, judgement, plan) for finding in found} == {""}


# ---------------------------------------------------------------- gaps on other measures than the headline

ERRORS = {"a": (80, 20, 20, 80), "b": (40, 60, 60, 40)}


def also(record: AuditRecord) -> dict[str, tuple[tuple[str, ...], ...]]:
    return also_gaps(record.judgement(), record.plan)


def test_gaps_on_errors_are_named_where_everybody_is_selected_alike() -> None:
    record = decided(ERRORS)
    (headline,) = (gap for gap in record.judgement().gaps if gap.measure == "disparate_impact")
    assert headline.verdict == "no_gap"
    found = also(record)
    assert list(found)[:2] == ["false_negative_rate_difference", "false_positive_rate_difference"]
    assert found["false_negative_rate_difference"] == (("g",),)


def test_only_measures_whose_verdict_is_a_gap_are_named_and_none_says_what_another_said() -> None:
    record = decided(ERRORS)
    verdicts = {gap.measure: gap.verdict for gap in record.judgement().gaps}
    assert all(verdicts[name] == "gap" for name in also(record))
    assert verdicts["equal_opportunity_difference"] == verdicts["accuracy_difference"] == "gap"
    assert not {"equal_opportunity_difference", "accuracy_difference", "disparate_impact"} & set(also(record)), (
        "who is wrongly denied says the first, how often it is wrong the second"
    )
    assert also(decided({"a": (80, 20, 20, 80), "b": (80, 20, 20, 80)})) == {}


def test_the_headlines_own_gap_is_not_said_again_in_points() -> None:
    record = record_of(plan_of(), selections({"a": (500, 1000), "b": (200, 1000)}))
    assert {gap.verdict for gap in record.judgement().gaps} == {"gap"}
    assert also(record) == {}


def test_a_gap_in_points_where_the_ratio_shows_none_is_one_answer_that_says_which_limit_it_breaks() -> None:
    record = record_of(plan_of(), selections({"a": (9_000, 10_000), "b": (8_000, 10_000)}))
    (found,) = findings(record.judgement(), record.plan)
    assert also(record) == {} and found.verdict == "gap" and len(found.gaps) == 2
    assert "10.0\u00a0points less (plausible range 9.0 to 11.0\u00a0points), outside the usual limit of 5" in found.text
    assert "It is inside the usual limit of 0.80 (the four-fifths mark): 0.89 times as often." in found.text


def test_a_crossing_is_named_only_where_no_column_of_it_has_the_gap_alone() -> None:
    apart, alike = (40, 60, 60, 40), (80, 20, 20, 80)
    plan = plan_of(("g", "h"), label=True)
    by_g = {("a", "x"): alike, ("a", "y"): alike, ("b", "x"): apart, ("b", "y"): apart}
    crossed = {("a", "x"): alike, ("a", "y"): apart, ("b", "x"): apart, ("b", "y"): alike}
    for table, tables in ((by_g, (("g",),)), (crossed, (("g", "h"),))):
        record = record_of(plan, labelled(table, ("g", "h")))
        assert also(record)["false_negative_rate_difference"] == tables
