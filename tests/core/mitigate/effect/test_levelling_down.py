"""Levelling down: a gap that closes though no group gains is told, and nobody is offered it first."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from core import Plan, find_fixes
from core.cli import main
from core.metrics.words.naming.terms import Terms
from core.mitigate.advice.recommendation import advise
from core.mitigate.effect.levelling_down import levelling_down
from core.mitigate.frontier import Point, pick
from core.mitigate.frontier.places import places
from tests.core.mitigate.effect.test_rates_before_after import World, asked, joint
from tests.worlds import levelled

APPROVED = Terms(selected="approved")
SELECTS, GOOD = "demographic_parity", "equal_opportunity"


@pytest.mark.parametrize(
    ("goal", "world", "said"),
    [
        (
            SELECTS,
            {"men": ((50, 20), (90, 80)), "women": ((40, 30), (60, 58))},
            "No group gains: the gap closes because fewer of every group are approved."
            " 20 fewer of 100 men are approved, 6 fewer of 100 women.",
        ),
        (
            GOOD,
            {"men": ((50, 20), (90, 70)), "women": ((40, 80), (60, 60))},
            "No group gains: the gap closes because fewer men are approved."
            " Among those with the good outcome, 20 fewer of 100 men are approved.",
        ),
        # Whoever is refused more often of those with the other outcome loses nothing that was right.
        (GOOD, {"men": ((50, 0), (90, 90)), "women": ((40, 0), (60, 60))}, ""),
        ("predictive_equality", {"men": ((50, 10), (90, 90)), "women": ((5, 5), (60, 60))}, ""),
        ("predictive_equality", {"men": ((50, 10), (90, 80)), "women": ((5, 5), (60, 60))}, ""),
        (SELECTS, {"men": ((50, 20), (90, 80)), "women": ((40, 42), (60, 60))}, ""),
        (SELECTS, {"men": ((50, 20), (90, 80)), "women": ((40, 40), (60, 60))}, "20 fewer of 100 men are approved."),
        (SELECTS, {"men": ((50, 50), (90, 90)), "women": ((40, 40), (60, 60))}, ""),
        (
            SELECTS,
            {name: ((50, 50 - 2 * i), (90, 90)) for i, name in enumerate("abcde")},
            "because fewer of 4 groups are approved."
            " 4 fewer of 100 e are approved. 3 fewer of 100 d. 2 more groups lose.",
        ),
    ],
)  # fmt: skip
def test_who_loses_is_said_where_no_group_gains(goal: str, world: World, said: str) -> None:
    found = levelling_down(joint(world), asked(goal), APPROVED).replace("people whose g is ", "")
    assert (found == "") == (said == "") and found.endswith(said)


def test_a_group_that_the_goal_is_not_asked_of_may_gain() -> None:
    world: World = {"men": ((50, 20), (90, 80)), "women": ((40, 30), (60, 58)), "others": ((20, 60), (40, 80))}
    settings = replace(asked(SELECTS), leave_out=("others",))
    assert levelling_down(joint(world), settings, APPROVED) == ""
    world["others"] = ((20, 20), (40, 38))
    said = levelling_down(joint(world), settings, APPROVED)
    assert said.startswith("No group gains: the gap closes because fewer of every group")


def test_a_gain_of_under_half_a_person_in_100_is_none_and_one_of_more_is() -> None:
    for gained, levels_down in ((4, True), (10, False)):
        world: World = {"men": ((500, 400), (500, 500)), "women": ((300, 300 + gained), (300, 300))}
        assert bool(levelling_down(joint(world, 1_000), asked(SELECTS))) == levels_down


def test_the_library_sets_it_aside_and_says_so(tmp_path: Path) -> None:
    fixes = find_fixes(Plan.load(levelled.laid_down(tmp_path)))
    laid = places(fixes.found, fixes.fixes)
    found = advise(laid, fixes.found.settings, True)
    assert {place.id for place in laid if place.levelling} == {"shared_threshold_1"}
    assert (found.id, found.meets) == ("thresholds_1", True), "it needs to know the group, and is right more often"
    assert found.reason == (
        "It is the only usable fix that reaches your goal with a gain for some group."
        " Set aside: 1 that reaches it only because fewer are selected."
    )
    assert found.against["shared_threshold_1"].startswith("No group gains: the gap closes because fewer of every group")


@pytest.mark.jobs
def test_the_command_warns_of_it_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = levelled.laid_down(tmp_path)
    for name, levels_down in (("shared_threshold", True), ("thresholds", False)):
        out = tmp_path / name
        assert main(["mitigate", str(plan), "--with", name, "--out", str(out)]) == 0
        said = "No group gains: the gap closes because fewer of every group are selected."
        assert (said in capsys.readouterr().out) == levels_down
        warnings = json.loads((out / "comparison.json").read_text())["warnings"]
        assert [warning.startswith(said) for warning in warnings].count(True) == levels_down


def test_of_trainings_one_that_levels_down_is_taken_only_where_all_do() -> None:
    cheap, dear = Point("cheap", 0.01, 0.1, levels_down=True), Point("dear", 0.02, 0.2)
    assert pick([cheap, dear], 0.05).id == "dear"
    assert pick([cheap, dear], 0.015).id == "cheap", "the other one misses the goal"
