"""Which values are acceptable: a plan's limits, a policy's, the usual ones; and what no audit could honour."""

import pytest

from core.counts.rules import Rule
from core.errors import PlanError
from core.metrics.gaps import GAPS
from core.metrics.policies import band, check_policy, policy_warnings
from core.metrics.verdicts import Gap, judge
from tests.worlds.judged import gap_of
from tests.worlds.people import labelled, plan_of

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
