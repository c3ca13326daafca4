"""What a screen reader is told of a run: its beginning, and its end once, above the page or below it."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs.status import Status
from core.report.glossary import entries
from core.store.workspace import Workspace
from tests.pages.whole_app import ME, opened

_RUNNING, _DONE = Status("running"), "The audit is done. Its answer is on this page."


class _Job:
    """A job of which every look says the same, until it ends."""

    def __init__(self) -> None:
        self.stands = _RUNNING

    def end(self) -> None:
        self.stands = Status("done")


@pytest.fixture
def job(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> _Job:
    job = _Job()
    monkeypatch.setattr(space, "status", lambda audit_id: job.stands)
    return job


@pytest.fixture
def audit_id(space: Workspace) -> str:
    return space.new(ME).id


def told(at: AppTest) -> list[str]:
    """What the scripts on the page have a screen reader say, from top to bottom."""
    scripts = [shown.proto.body for shown in at.get("html") if '"aria-live"' in shown.proto.body]
    return [script.split('const words = "')[1].split('"')[0] for script in scripts]


def test_what_ended_between_two_looks_is_told_above_the_page_it_was_seen_on(job: _Job, audit_id: str) -> None:
    at = opened("help", audit_id)
    assert told(at) == ["The audit is running."]
    job.end()
    assert told(at.run()) == [_DONE] and told(at.run()) == [_DONE]
    assert told(at.switch_page("pages/history.py").run()) == []


def test_what_ends_while_the_page_is_drawn_is_told_below_it_and_then_above_but_on_no_other_page(
    job: _Job, audit_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, whole = opened("help", audit_id), entries.entries

    def ends_meanwhile() -> Any:
        job.end()
        return whole()

    monkeypatch.setattr(entries, "entries", ends_meanwhile)
    assert told(at.run()) == ["The audit is running.", _DONE]
    assert told(at.run()) == [_DONE], "a browser that was not reached hears it now; what a region says, it says once"
    assert told(at.switch_page("pages/history.py").run()) == []
    job.stands = _RUNNING
    monkeypatch.setattr(entries, "entries", whole)
    assert told(at.run()) == ["The audit is running."], "another run is news again"


def test_below_a_page_that_does_not_open_its_audit_nothing_is_told(
    space: Workspace, job: _Job, audit_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The audit cannot be read where the frame looks, and can again when the page has been drawn."""
    at, whole, get = opened("help", audit_id), entries.entries, space.get

    def is_back() -> Any:
        monkeypatch.setattr(space, "get", get)
        job.end()
        return whole()

    monkeypatch.setattr(space, "get", lambda audit_id: get("0" * 32))
    monkeypatch.setattr(entries, "entries", is_back)
    at.run()
    assert len(at.warning) == 1 and told(at) == []
