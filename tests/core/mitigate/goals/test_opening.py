"""The goal that a search for fixes opens on: the gap that the audit told first."""

from dataclasses import replace

import pytest

from core.mitigate.goals import GOALS
from core.mitigate.goals.opening import opening_mitigate
from core.mitigate.settings import Settings
from core.plan.parts import MitigationPlan
from tests.worlds.people import plan_of
from tests.worlds.records import decided

PEOPLE = {"a": (40, 20, 10, 30), "b": (10, 5, 25, 60)}


@pytest.mark.parametrize(
    ("policy", "goal", "at_most"),
    [
        ("", "four_fifths", 0.2),
        ('limits = [{measure = "disparate_impact", least = 0.9}]', "four_fifths", 0.1),
        ('headline = "statistical_parity_difference"', "demographic_parity", 0.01),
        ('headline = "equal_opportunity_difference"', "equal_opportunity", 0.01),
        ('headline = "false_negative_rate_difference"', "equal_opportunity", 0.01),
        ('headline = "false_positive_rate_difference"', "predictive_equality", 0.01),
        ('headline = "average_odds_difference"', "equalized_odds", 0.01),
        ('headline = "accuracy_difference"', "equal_opportunity", 0.01),
    ],
)
def test_it_closes_the_gap_of_the_headline(policy: str, goal: str, at_most: float) -> None:
    record = decided(PEOPLE)
    plan = plan_of(label=True, policy=policy)
    asked = Settings.of(replace(plan, mitigate=opening_mitigate(replace(record, plan=plan).judgement(), plan)))
    assert (asked.goal, asked.at_most) == (GOALS[goal], at_most)


def test_without_outcomes_it_is_about_who_is_selected_and_what_a_plan_states_stands() -> None:
    record = decided(PEOPLE, label=False)
    plan = replace(record.plan, policy=plan_of(policy='headline = "equal_opportunity_difference"').policy)
    assert opening_mitigate(replace(record, plan=plan).judgement(), plan).goal == "four_fifths"
    stated = replace(record.plan, mitigate=MitigationPlan(goal="demographic_parity"))
    assert opening_mitigate(record.judgement(), stated) == MitigationPlan(by=("g",), goal="demographic_parity")


def test_it_is_between_the_groups_of_the_first_finding() -> None:
    record = decided({"a": (0, 0, 0, 9)})
    assert opening_mitigate(record.judgement(), record.plan) == MitigationPlan()


def test_where_only_the_points_are_broken_it_asks_for_the_points() -> None:
    record = decided({"a": (4500, 0, 0, 500), "b": (4000, 0, 0, 1000)})  # 90 against 80 of 100: 0.89 times, 10 points
    assert opening_mitigate(record.judgement(), record.plan) == MitigationPlan(
        by=("g",), goal="demographic_parity", at_most=0.05
    )
