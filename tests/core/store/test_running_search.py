"""A search for fixes is seen while it works, as far as it came, and what it found stays when it is stopped."""

import io
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.jobs.supervisor import Supervisor
from core.mitigate.search import offer
from core.plan.parts import MitigationPlan
from core.store.workspace import SoFar, Workspace
from tests.worlds.jobs.supervised import SOON, until
from tests.worlds.jobs.tampered import change_array, change_json
from tests.worlds.people import csv_text
from tests.worlds.workspaces import PLAN, ROWS, start, taken_over

pytestmark = pytest.mark.jobs

NAMES = ("thresholds", "equalized_odds_mix", "reweighing")
ASKED = replace(PLAN, mitigate=MitigationPlan(goal="equal_opportunity", by=("g",)))


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder whose audit has its answer, and the audit's id."""
    root = tmp_path_factory.mktemp("audited") / "root"
    space = start(root)
    table = io.BytesIO(csv_text(("g", "y", "s"), ROWS * 10).encode())
    audit = space.put_table(space.new("me").id, table, "people.csv").id
    space.wait(audit, SOON)
    space.run(audit, PLAN)
    taken_over(space, audit)
    space.close()
    return root, audit


@pytest.fixture
def root(audited: tuple[Path, str], tmp_path: Path) -> Path:
    """A copy of that folder."""
    return shutil.copytree(audited[0], tmp_path / "root")


@pytest.fixture
def ran(audited: tuple[Path, str]) -> str:
    return audited[1]


@pytest.fixture
def space(root: Path) -> Iterator[Workspace]:
    """The workspace there, in which no search comes to its end."""
    supervisor = Supervisor(root, slots=1, warm=False, program="tests.worlds.jobs.halting_search")
    space = Workspace(root, supervisor)
    yield space
    space.close()


def halted(space: Workspace, audit: str, goal: str = "equal_opportunity") -> SoFar:
    """How far a search has come that has found a rule and would train next."""
    plan = replace(ASKED, mitigate=replace(ASKED.mitigate, goal=goal))
    space.mitigate(audit, plan, NAMES, "no")

    def is_there() -> bool:
        status = space.status(audit)
        assert status is not None and not status.ended, (status, space.get(audit).problem)
        so_far = space.so_far(audit)
        found = None if so_far is None else space.found_so_far(audit, so_far)
        return found is not None and found.left == ("reweighing",) and bool(found.proposals)

    until(is_there)
    so_far = space.so_far(audit)
    assert so_far is not None
    return so_far


def ways(space: Workspace, audit: str) -> set[str]:
    """The ways that what is kept holds fixes of."""
    found = space.mitigation(audit)
    return set() if found is None else {fix.mechanism for fix in offer(found, NAMES).fixes}


def test_thresholds_and_rules_are_seen_while_a_training_is_still_to_come(space: Workspace, ran: str) -> None:
    assert space.so_far(ran) is None
    so_far = halted(space, ran)
    assert so_far.search.names == NAMES and space.mitigation(ran) is None and space.found_by(ran) is None
    found = space.found_so_far(ran, so_far)
    assert found is not None and found.left == ("reweighing",)
    assert {fix.mechanism for fix in offer(found, NAMES).fixes} == {"thresholds", "equalized_odds_mix"}
    first = space.found_so_far(ran, replace(so_far, file="mitigation.1.json"))
    assert first is not None and first.left == ("equalized_odds_mix", "reweighing")
    assert {fix.mechanism for fix in offer(first, NAMES).fixes} == {"thresholds"}


def test_what_a_cancelled_search_found_stays_with_what_was_looked_at(space: Workspace, ran: str, root: Path) -> None:
    so_far = halted(space, ran)
    space.pick(ran, "thresholds_1", so_far)
    now = space.so_far(ran)
    assert now is not None and now.search.picked == "thresholds_1"
    space.cancel(ran)
    assert space.wait(ran, SOON) is None and space.get(ran).problem is None
    assert space.so_far(ran) is None
    kept, found = space.found_by(ran), space.mitigation(ran)
    assert kept is not None and kept.id == so_far.search.id and kept.picked == "thresholds_1"
    assert found is not None and found.left == ("reweighing",)
    assert ways(space, ran) == {"thresholds", "equalized_odds_mix"}
    assert not list((root / "jobs").glob("*/out/done"))


def test_what_a_search_found_that_was_killed_stays_and_why_it_ended_is_said(space: Workspace, ran: str) -> None:
    halted(space, ran)
    os.kill(space.jobs._queue.known[str(space.get(ran).job)].child.process.pid, signal.SIGKILL)  # type: ignore[union-attr]
    assert space.wait(ran, SOON) is None
    assert "ended by the system" in str(space.get(ran).problem)
    assert ways(space, ran) == {"thresholds", "equalized_odds_mix"}


@pytest.fixture
def searched(root: Path, ran: str) -> str:
    """The id of a search that came to its end there."""
    space = start(root)
    space.mitigate(ran, ASKED, NAMES, "no")
    assert space.wait(ran, SOON) is None, space.get(ran).problem
    found_by = space.found_by(ran)
    space.close()
    assert found_by is not None
    return found_by.id


def test_a_part_stands_in_for_what_another_question_found_and_not_for_more_of_the_same(
    searched: str, space: Workspace, ran: str
) -> None:
    for goal, stays in (("equal_opportunity", True), ("demographic_parity", False)):
        so_far = halted(space, ran, goal)
        space.cancel(ran)
        assert space.wait(ran, SOON) is None
        stands = space.found_by(ran)
        assert stands is not None and stands.id == (searched if stays else so_far.search.id)


@pytest.mark.parametrize(
    "forge",
    [
        change_json("mitigation.3.json", lambda facts: facts.update(left=["nonsense"])),
        change_json("mitigation.3.json", lambda facts: facts["proposals"][0].update(mechanism="nonsense")),
        change_array("present_fit_n.npy", lambda n: n * 2),
        lambda out: (out / "mitigation.json").mkdir(),
    ],
)
def test_a_forged_part_is_not_shown_nor_kept(
    space: Workspace, ran: str, root: Path, forge: Callable[[Path], object]
) -> None:
    so_far = halted(space, ran)
    assert so_far.file == "mitigation.3.json"
    forge(root / "jobs" / so_far.search.id / "out")
    newest = space.so_far(ran)
    assert newest is not None and space.found_so_far(ran, newest) is None
    space.cancel(ran)
    assert space.wait(ran, SOON) is None
    assert "refused" in str(space.get(ran).problem)
    assert space.mitigation(ran) is None and space.found_by(ran) is None
