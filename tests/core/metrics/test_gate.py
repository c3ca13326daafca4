"""The gate: which gaps are gated, what fails, what cannot be told, and how often it is wrong."""

import math
from dataclasses import replace

import numpy as np
import pytest

from core.errors import PlanError
from core.metrics.gate import NOT_BEFORE, NOT_NOW, gated_measures
from core.metrics.intervals import mover_mean, newcombe, z_value
from core.plan.parts import ReportPlan
from core.record import AuditRecord, compare
from core.record.gated import asked_otherwise, decides_alike, gate_record
from tests.worlds.gated import POINTS, audited, drawn, gated, only, paired
from tests.worlds.people import plan_of
from tests.worlds.records import decided

SAME = {"a": (300, 1000), "b": (1600, 4000)}
LIMITED = 'limits = [{measure = "statistical_parity_difference", most = 0.05}]\n' + POINTS


def test_gated_are_stated_limits_policies_and_the_headline() -> None:
    record = decided()
    asked = {
        "": ["disparate_impact"],
        'headline = "false_negative_rate_difference"': ["false_negative_rate_difference"],
        'use = ["four_fifths"]\n' + POINTS: ["disparate_impact", "statistical_parity_difference"],
        'limits = [{measure = "accuracy_difference", most = 0.1}]': ["disparate_impact", "accuracy_difference"],
    }
    for policy, measures in asked.items():
        plan = plan_of(label=True, policy=policy)
        assert gated_measures(record.judgement(), plan) == measures
        verdict = gate_record(replace(record, plan=plan), record)
        assert {gap.gap.measure for gap in verdict.gaps} == set(measures)


def test_without_an_earlier_audit_limits_alone_are_gated_the_usual_ones_too() -> None:
    broken = gate_record(audited({"a": (200, 1000), "b": (2000, 4000)}))
    assert (broken.outcome, only(broken).limit, only(broken).worsening) == ("failed", "broken", "not_gated")
    kept = gate_record(audited({"a": (2000, 4000), "b": (2010, 4000)}))
    assert (kept.outcome, only(kept).limit) == ("passed", "holds")
    open_ = gate_record(audited({"a": (44, 100), "b": (200, 400)}))
    assert (open_.outcome, only(open_).limit, open_.fewest) == ("unclear", "unclear", 100)
    few = gate_record(audited({"a": (0, 9), "b": (2000, 4000)}))
    assert only(few).gap.breaks_limit and (few.outcome, few.fewest) == ("unclear", 9)


def test_a_limit_that_is_stated_fails_a_build_that_changed_nothing_and_the_usual_one_does_not() -> None:
    apart = {"a": (200, 1000), "b": (2000, 4000)}
    assert gated(apart, apart).outcome == "passed"
    stated = gated(apart, apart, LIMITED)
    assert (stated.outcome, only(stated).limit, only(stated).worsening) == ("failed", "broken", "same")


def test_a_gap_that_grew_by_more_than_chance_explains_fails_and_has_the_corrected_range() -> None:
    before, after = {"a": (300, 1000), "b": (1600, 4000)}, {"a": (200, 1000), "b": (1600, 4000)}
    verdict = gated(before, after)
    gap, z = only(verdict), z_value(0.95)
    assert (verdict.outcome, gap.worsening, gap.growth and gap.growth[0]) == ("failed", "worse", pytest.approx(0.1))
    (old, new) = (newcombe(*reversed_(table), z) for table in (before, after))
    low, high = mover_mean([(0.2, new), (-0.1, (-old[1], -old[0]))])
    assert gap.growth is not None and gap.growth[1] == pytest.approx((2 * low, 2 * high))
    back = gated(after, before)
    assert (back.outcome, only(back).worsening) == ("passed", "better")


def reversed_(table: dict[str, tuple[int, int]]) -> tuple[int, int, int, int]:
    """The groups so that the difference is above 0."""
    return (*table["b"], *table["a"])


def test_a_ratio_grows_alike_whichever_of_the_groups_it_is_of() -> None:
    before, after = {"a": (300, 1000), "b": (1600, 4000)}, {"a": (200, 1000), "b": (1600, 4000)}
    grown = []
    for reference in "ab":
        then, now = (audited(each, "", f'reference = {{g = "{reference}"}}') for each in (before, after))
        grown.append(only(gate_record(now, then)).growth)
    assert grown[0] is not None and grown[0][0] == pytest.approx(math.log(1.5))
    assert grown[1] is not None and grown[1][1] == pytest.approx(grown[0][1])


def test_a_gap_that_crossed_equality_is_measured_by_its_distance() -> None:
    over = only(gated({"a": (1000, 4000), "b": (1400, 4000)}, {"a": (2200, 4000), "b": (1400, 4000)}))
    assert over.growth is not None and over.growth[0] == pytest.approx(0.1) and over.worsening == "worse"
    alike = only(gated({"a": (1000, 4000), "b": (1400, 4000)}, {"a": (1800, 4000), "b": (1400, 4000)}))
    assert alike.growth is not None and alike.growth[0] == pytest.approx(0) and alike.worsening == "not_shown"


def test_what_may_have_grown_by_all_of_its_limit_cannot_be_told() -> None:
    verdict = gated({"a": (15, 40), "b": (200, 400)}, {"a": (13, 40), "b": (200, 400)})
    assert (verdict.outcome, verdict.fewest, only(verdict).worsening) == ("unclear", 40, "unclear")
    assert only(verdict).detectable is not None and only(verdict).detectable > 0.2
    few = gated({"a": (9, 9), "b": (200, 400)}, {"a": (0, 9), "b": (200, 400)})
    assert (few.outcome, only(few).worsening) == ("unclear", "unclear")


def test_a_group_of_one_audit_alone_cannot_be_told() -> None:
    more = {**SAME, "c": (100, 300)}
    new = {gap.gap.group["g"]: gap for gap in gated(SAME, more).gaps}
    assert (new["c"].worsening, new["c"].reason) == ("unclear", NOT_BEFORE) and new["a"].outcome == "passed"
    gone = {gap.gap.group["g"]: gap for gap in gated(more, SAME).gaps}
    assert (gone["c"].worsening, gone["c"].reason, gone["c"].fewest) == ("unclear", NOT_NOW, 0)


def test_the_same_people_decided_alike_pass_however_few_they_are() -> None:
    few = {"a": (3, 6), "b": (20, 40)}
    assert (gated(few, few).outcome, only(gated(few, few)).worsening) == ("passed", "same")


def test_pairs_of_decisions_show_what_two_records_apart_do_not() -> None:
    still = [[600, 0], [0, 400]]
    before, after = paired({"a": ([[650, 0], [30, 320]], [[0, 0], [0, 0]]), "b": (still, [[0, 0], [0, 0]])})
    verdict = gate_record(after, before)
    assert verdict.paired and (verdict.outcome, only(verdict).worsening) == ("failed", "worse")
    apart = gate_record(replace(after, paired=None), before)
    assert not apart.paired and apart.outcome != "failed"
    narrow, wide = only(verdict).detectable, only(apart).detectable
    assert narrow is not None and wide is not None and narrow < wide


def test_holm_shares_out_what_is_left_and_an_improvement_frees_nothing() -> None:
    # Two of three grew much; the third so much that it is shown only at the level that the two leave it.
    before = {"r": (2000, 4000), "a": (900, 2000), "b": (900, 2000), "c": (900, 2000)}
    after = {"r": (2000, 4000), "a": (500, 2000), "b": (500, 2000), "c": (850, 2000)}
    for size in range(850, 780, -1):
        after["c"] = (size, 2000)
        alone = gated({"r": before["r"], "c": before["c"]}, {"r": after["r"], "c": after["c"]})
        if alone.outcome == "failed":
            break
    assert all(gap.worsening == "worse" for gap in gated(before, after).gaps)
    better = {**after, "a": (1000, 2000), "b": (1000, 2000)}
    states = {gap.gap.group["g"]: gap.worsening for gap in gated(before, better).gaps}
    assert states["c"] in ("not_shown", "unclear") and {states["a"], states["b"]} == {"better"}
    quiet = {**after, "a": (900, 2000), "b": (900, 2000)}
    assert "worse" not in {gap.worsening for gap in gated(before, quiet).gaps}


def test_an_absolute_measure_is_gated_by_its_limit_alone() -> None:
    plan = plan_of(label=True, policy='limits = [{measure = "average_abs_odds_difference", most = 0.02}]\n' + POINTS)
    apart = {"a": (100, 200, 400, 300), "b": (700, 200, 100, 600)}
    record = replace(decided(apart), plan=plan)
    states = {gap.gap.measure: (gap.limit, gap.worsening) for gap in gate_record(record, record).gaps}
    assert states["average_abs_odds_difference"] == ("broken", "not_gated")


def test_a_rate_of_0_gives_a_ratio_no_range() -> None:
    gap = only(gated({"a": (300, 1000), "b": (1600, 4000)}, {"a": (0, 1000), "b": (1600, 4000)}, ""))
    assert gap.growth is None and gap.worsening == "unclear" and "a rate is 0" in gap.reason


def test_nobody_to_compare_is_no_pass() -> None:
    assert gate_record(audited({"a": (300, 1000)})).outcome == "unclear"


def test_hidden_small_numbers_stay_hidden_and_give_nothing_away() -> None:
    table = {"a": (3, 60), "b": (160, 400), "c": (90, 250)}
    plan = replace(audited(table).plan, report=ReportPlan(hide_small=True))
    record = replace(audited(table), plan=plan)
    other = replace(audited({**table, "a": (2, 60)}), plan=plan)
    hidden, seen = gate_record(record, record), gate_record(other, other)
    (gap,) = [gap for gap in hidden.gaps if gap.gap.group["g"] == "a"]
    assert (gap.outcome, gap.fewest, gap.growth, gap.detectable) == ("unclear", None, None, None)
    assert hidden == seen and not hidden.paired
    open_ = replace(record, plan=audited(table).plan)
    assert [each.growth for each in gate_record(open_, record).gaps if each.gap.group["g"] == "a"] == [None]


def test_another_threshold_asks_the_same_and_other_people_do_not() -> None:
    plan = audited(SAME).plan
    score = replace(plan, decision=replace(plan.decision, prediction="q"))
    assert asked_otherwise(plan, score) == [] and not decides_alike(plan, score)
    assert decides_alike(plan, replace(plan, policy=plan_of(policy=LIMITED).policy, name="other"))
    older = plan_of(data='keep = [{column = "age", between = [18, 99]}]')
    assert asked_otherwise(plan, older) == ["whose rows are left out"]
    months = [plan_of(data=f'keep = [{{column = "day", month = "2026-0{month}"}}]') for month in (3, 4)]
    assert asked_otherwise(*months) == asked_otherwise(months[0], plan_of()) == []
    assert "how groups are formed" in asked_otherwise(plan, plan_of(("h",)))
    with pytest.raises(PlanError, match="no sensitive column in common"):
        gate_record(audited(SAME), replace(audited(SAME), references={("h",): ("x",)}))


def test_the_surer_of_two_confidences_holds() -> None:
    sure, less = (audited(SAME, run=run) for run in ("", "confidence = 0.8"))
    after = audited({"a": (262, 1000), "b": (1600, 4000)}, run="confidence = 0.8")
    assert gate_record(after, less).outcome == "failed"
    assert gate_record(after, sure).outcome != "failed"


NOISE = {"r": 0.3, "a": 0.3, "b": 0.2}
SIZES = {"r": 3000, "a": 2000, "b": 1500}


@pytest.mark.parametrize("policy", [POINTS, ""])
def test_noise_of_the_same_size_hardly_ever_fails(policy: str) -> None:
    rng = np.random.default_rng(14)
    failed = sum(
        gate_record(drawn(NOISE, SIZES, rng, policy), drawn(NOISE, SIZES, rng, policy)).outcome == "failed"
        for _ in range(200)
    )
    assert failed <= 10


@pytest.mark.parametrize("policy", [POINTS, ""])
@pytest.mark.parametrize(
    ("rates", "sizes"),
    [({"r": 0.4, "a": 0.3}, {"r": 4000, "a": 1000}), ({"r": 0.25, "a": 0.3, "b": 0.2}, {"r": 900, "a": 600, "b": 300})],
)
def test_at_the_worsening_that_is_named_four_of_five_draws_fail(
    policy: str, rates: dict[str, float], sizes: dict[str, int]
) -> None:
    rng, times = np.random.default_rng(15), 400
    start = audited({g: (round(rates[g] * sizes[g]), sizes[g]) for g in rates}, policy, 'reference = {g = "r"}')
    (target,) = [gap for gap in gate_record(start, start_again(start)).gaps if gap.gap.group["g"] == "a"]
    assert target.detectable is not None
    apart = rates["a"] - rates["r"]
    if policy == POINTS:
        worse = rates["a"] + math.copysign(target.detectable, apart)
    else:
        worse = rates["a"] * math.exp(math.copysign(target.detectable, apart))
    shown = 0
    for _ in range(times):
        verdict = gate_record(drawn({**rates, "a": worse}, sizes, rng, policy), drawn(rates, sizes, rng, policy))
        shown += any(gap.worsening == "worse" for gap in verdict.gaps if gap.gap.group["g"] == "a")
    assert 0.74 <= shown / times <= 0.86


def start_again(record: AuditRecord) -> AuditRecord:
    """The same numbers of other people."""
    return replace(record, provenance=replace(record.provenance, data_sha256="e" * 64))


@pytest.mark.parametrize("policy", [POINTS, ""])
def test_of_the_same_people_too_four_of_five_draws_fail(policy: str) -> None:
    rng, times, n = np.random.default_rng(16), 250, {"a": 800, "b": 2000}
    noise = {"a": [0.66, 0.03, 0.03, 0.28], "b": [0.56, 0.03, 0.03, 0.38]}
    sides = {g: (np.reshape(np.multiply(noise[g], n[g]).round().astype(int), (2, 2)).tolist(), NOBODY) for g in n}
    before, after = paired(sides, policy)
    can_show = only(gate_record(after, before)).detectable
    assert can_show is not None
    lost = can_show if policy == POINTS else 0.31 * (1 - math.exp(-can_show))
    turned = [0.66, 0.03, 0.03 + lost, 0.28 - lost]
    shown = false = 0
    for _ in range(times):
        for cells, counts in ((turned, True), (noise["a"], False)):
            group = rng.multinomial(n["a"], cells).reshape(2, 2).tolist()
            other = rng.multinomial(n["b"], noise["b"]).reshape(2, 2).tolist()
            then, now = paired({"a": (group, NOBODY), "b": (other, NOBODY)}, policy)
            failed = gate_record(now, then).outcome == "failed"
            shown, false = shown + (failed and counts), false + (failed and not counts)
    assert 0.74 <= shown / times <= 0.86 and false / times <= 0.05


@pytest.mark.parametrize("people", [24, 100])
def test_few_people_of_whom_nobody_flips_are_no_group_that_never_does(people: int) -> None:
    # One of twenty selected is turned down in both groups: the ratio stays, and in few people nobody may be.
    rng, times = np.random.default_rng(17), 200
    failed = told = 0
    for _ in range(times):
        drawn_ = {
            g: (rng.multinomial(n, [1 - rate, 0, 0.05 * rate, 0.95 * rate]).reshape(2, 2).tolist(), NOBODY)
            for g, n, rate in (("a", people, 0.35), ("b", 3000, 0.2))
        }
        before, after = paired(drawn_, "")
        failed += gate_record(after, before).outcome == "failed"
        (change,) = [gap for gap in compare(before, after).gaps if gap.measure == "disparate_impact"]
        told += change.verdict in ("better", "worse")
    assert failed / times <= 0.05 and told / times <= 0.05


NOBODY = [[0, 0], [0, 0]]
