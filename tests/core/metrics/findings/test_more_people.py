"""How many more people would settle it: so many people, drawn at the present rates, do in four cases of five."""

import math

import numpy as np
import pytest

from core.counts.rules import Rule
from core.metrics.findings.group_pairs import GroupPair, pairs
from core.metrics.findings.more_people import times_as_many
from core.metrics.verdicts import judge
from core.plan.plan import Plan
from tests.worlds.people import plan_of, selections

DRAWS = 250
SEX = ("sex",)


def asked(policy: str = "") -> Plan:
    return plan_of(SEX, groups='reference = {sex = "M"}', policy=policy)


def pair_of(women: tuple[int, int], men: tuple[int, int], plan: Plan) -> GroupPair:
    counts = selections({"F": women, "M": men}, SEX)
    (pair,) = pairs(judge(counts, plan, Rule.as_decided(counts.axis)), plan)
    return pair


RATIO_ONLY, POINTS_ONLY = 'use = ["four_fifths"]', 'limits = [{measure = "statistical_parity_difference", most = 0.1}]'


@pytest.mark.parametrize(
    ("women", "men", "policy", "verdict"),
    [
        ((490, 1000), (500, 1000), "", "no_gap"),
        ((150, 300), (150, 300), "", "no_gap"),
        ((60, 150), (75, 150), "", "gap"),
        ((140, 350), (220, 500), RATIO_ONLY, "no_gap"),
        ((66, 120), (170, 300), POINTS_ONLY, "no_gap"),
        ((20, 50), (416, 800), POINTS_ONLY, "gap"),
    ],
)
def test_so_many_people_settle_it_in_four_cases_of_five(
    women: tuple[int, int], men: tuple[int, int], policy: str, verdict: str
) -> None:
    plan = asked(policy)
    times = times_as_many(pair_of(women, men, plan), 0.95)
    assert times is not None and 1 < times < 100
    draw, sizes = np.random.default_rng(1), [round(n * times) for _, n in (women, men)]
    drawn = [draw.binomial(size, k / n, DRAWS).tolist() for (k, n), size in zip((women, men), sizes, strict=True)]
    settled = [
        pair_of((one, sizes[0]), (other, sizes[1]), plan).verdict == verdict for one, other in zip(*drawn, strict=True)
    ]
    assert 0.7 <= np.mean(settled) <= 0.9


def test_near_a_limit_no_number_is_realistic() -> None:
    assert times_as_many(pair_of((223, 500), (250, 500), asked(POINTS_ONLY.replace("0.1", "0.05"))), 0.95) == math.inf
    assert times_as_many(pair_of((455, 1000), (500, 1000), asked()), 0.95) == math.inf


@pytest.mark.parametrize(("women", "men"), [((0, 40), (4, 400)), ((40, 40), (390, 400))])
def test_of_nobody_and_of_everybody_nothing_is_foretold(women: tuple[int, int], men: tuple[int, int]) -> None:
    assert times_as_many(pair_of(women, men, asked()), 0.95) is None


def test_a_verdict_asks_for_nobody_more() -> None:
    assert times_as_many(pair_of((300, 1000), (500, 1000), asked()), 0.95) is None


def test_more_comparisons_ask_for_more_people() -> None:
    plan = asked()
    groups = dict.fromkeys("abcdefgh", (75, 150))
    counts = selections({"F": (60, 150), "M": (75, 150), **groups}, SEX)
    (among_many,) = (
        pair for pair in pairs(judge(counts, plan, Rule.as_decided(counts.axis)), plan) if pair.lead.group["sex"] == "F"
    )
    alone = times_as_many(pair_of((60, 150), (75, 150), plan), 0.95)
    many = times_as_many(among_many, 0.95)
    assert alone is not None and many is not None and many > 1.3 * alone
