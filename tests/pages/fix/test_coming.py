"""The Fix page while a search works: what it has found by now can be decided on, and stays when it is cancelled."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs.supervisor import Supervisor
from core.mitigate.results import Mitigated
from core.plan.parts import MitigationPlan
from core.store.fixes import SoFar
from core.store.workspace import Workspace
from tests.pages.on_fix_page import PLAN, TABLE, cards, headline
from tests.pages.whole_app import WAIT_SECONDS, audited, labels, opened, plain_words, press, said, widget
from tests.worlds.jobs.supervised import until

pytestmark = pytest.mark.jobs

ASKED = replace(PLAN, mitigate=MitigationPlan(goal="four_fifths", by=("g",), at_most=0.2))
NAMES = ("thresholds", "equalized_odds_mix", "reweighing")


@pytest.fixture(scope="module")
def space(home: Path) -> Iterator[Workspace]:
    """A workspace in which no search comes to its end."""
    supervisor = Supervisor(home, slots=1, warm=False, program="tests.worlds.jobs.halting_search")
    space = Workspace(home, supervisor)
    yield space
    space.close()


def at_work(at: AppTest) -> list[str]:
    """What is said of a job under way, with a bar or without."""
    return [
        plain_words(text) for text in (*(bar.proto.text for bar in at.get("progress")), *(b.label for b in at.status))
    ]


@pytest.fixture
def searching(space: Workspace) -> Iterator[str]:
    """An audit whose search has found thresholds and a rule, and would train next."""
    audit_id = audited(space, PLAN, TABLE)
    space.mitigate(audit_id, ASKED, NAMES, "no")

    def is_there() -> bool:
        so_far = space.so_far(audit_id)
        found = None if so_far is None else space.found_so_far(audit_id, so_far)
        return found is not None and found.left == ("reweighing",) and bool(found.proposals)

    until(is_there)
    yield audit_id
    space.cancel(audit_id)
    space.wait(audit_id, WAIT_SECONDS)


def test_what_is_there_is_shown_chosen_and_judged_while_the_rest_is_tried_and_stays_when_it_is_cancelled(
    space: Workspace, searching: str
) -> None:
    at = opened("fix", searching)
    assert headline(at).startswith("Recommended so far: ") and [box.state for box in at.status] == ["running"]
    assert "Cancel" in labels(at) and "The search ended" not in said(at)
    (card,) = cards(at)
    assert "A rule for each group, needs g when deciding" in card and "It reaches your goal." in card
    assert "Judged on" not in said(at)
    press(at, "Choose this")
    assert "Judged on" in said(at) and "Chosen" in labels(at)
    picked = widget(at, "radio", "picked fix").value
    press(opened("fix", searching), "Cancel")
    space.wait(searching, WAIT_SECONDS)
    after = opened("fix", searching)
    assert headline(after).startswith("Recommended: ") and not at_work(after)
    assert widget(after, "radio", "picked fix").value == picked and "Judged on" in said(after)
    assert "The search ended before it had tried “Training with weights”" in said(after)


def test_no_bar_stands_full_before_the_end(space: Workspace, searching: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = space.status(searching)
    assert known is not None
    for reached, shown in ((None, []), (0.3, [30]), (1.0, [99])):
        told = replace(known, done=2_000, total=2_000, what="rows scored", reached=reached)
        with monkeypatch.context() as there:
            there.setattr(space, "status", lambda _, told=told: told)
            at = opened("fix", searching)
        assert [bar.proto.value for bar in at.get("progress")] == shown
        (words,) = at_work(at)
        assert words.startswith("Looking for fixes: 2,000 of 2,000 rows scored")


def test_a_search_that_ends_while_it_is_being_read_is_shown_as_ended(
    space: Workspace, searching: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page asks no more once the job has ended: what it shows then is what there is."""
    read = space.found_so_far

    def ends_meanwhile(search_id: str, file: str, audit_id: str, so_far: SoFar) -> Mitigated | None:
        there = read(audit_id, so_far)
        space.cancel(audit_id)
        space.wait(audit_id, WAIT_SECONDS)
        return there

    monkeypatch.setattr("pages.components.fix.found._found_so_far", ends_meanwhile)
    assert headline(opened("fix", searching)).startswith("Recommended: ")
