"""Fixes with the same numbers are one, and the one that asks least of people stands for them."""

from dataclasses import replace

import pytest

from core.engine.plan_files import Files
from core.mitigate.advice.duplicates import distinct
from core.mitigate.api import search_isolated
from core.mitigate.candidate import CHOOSE
from core.mitigate.fix import Fix
from core.mitigate.goals.present_gap import goal_now
from core.mitigate.results import RETRAINED
from core.mitigate.search import offer
from core.plan.plan import Plan
from tests.worlds.mitigated_people import PLAN, SCORE, people

pytestmark = pytest.mark.jobs
NAMES = ("thresholds", "shared_threshold")


@pytest.fixture(scope="module")
def fixes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Fix, ...]:
    folder = tmp_path_factory.mktemp("alike")
    people(900).to_csv(folder / "people.csv", index=False)
    (folder / "plan.toml").write_text(PLAN.format(decision=SCORE))
    plan = Plan.from_toml((folder / "plan.toml").read_text())
    with search_isolated(plan, Files.beside(plan, folder), list(NAMES)) as found:
        whole = goal_now(found)
        assert whole.kept == "not_met" and whole.fewest > 300, "everybody in the table says so, not a part of them"
        return offer(found, NAMES).fixes


def test_those_that_differ_stay_apart(fixes: tuple[Fix, ...]) -> None:
    first, second = fixes[0], next(fix for fix in fixes if fix.mechanism == "shared_threshold")
    assert (first.joint[CHOOSE].n != second.joint[CHOOSE].n).any()
    assert list(distinct([first, second])) == [first.id, second.id]


def test_of_equal_ones_the_one_that_nothing_speaks_against_and_that_asks_least_stands_for_all(
    fixes: tuple[Fix, ...],
) -> None:
    each = replace(fixes[0], id="each", against=())
    lots = replace(each, id="lots", mechanism="threshold_mix")
    for_all = replace(each, id="all", mechanism="shared_threshold")
    bad = replace(for_all, id="bad", against=("It says yes to everybody.",))
    assert {name: [fix.id for fix in same] for name, same in distinct([bad, lots, each, for_all]).items()} == {
        "all": ["all", "lots", "each", "bad"]
    }
    assert list(distinct([bad, each])) == ["each"]
    plain = replace(bad, id="plain", mechanism=RETRAINED)
    assert list(distinct([plain, bad])) == ["bad"], "a training for comparison stands for no other"
