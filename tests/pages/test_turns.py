"""A shared app whose queue is in use: a visitor sees the place in it, and one with enough waiting is told so."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import JobError
from core.jobs.supervisor import Supervisor
from core.samples import SAMPLES
from core.store.workspace import Workspace
from tests.pages.on_data_page import PEOPLE, opened, said
from tests.pages.whole_app import ME
from tests.worlds.jobs.supervised import PROGRAM, until

pytestmark = pytest.mark.jobs


@pytest.fixture(scope="module")
def space(home: Path) -> Iterator[Workspace]:
    """One slot, turns, and looks at tables that end only when they are cancelled."""
    space = Workspace(home, Supervisor(home, slots=1, warm=False, program=PROGRAM, turns=True))
    yield space
    for owner in (ME, "other"):
        for audit in space.owned_by(owner):
            space.cancel(audit.id)
    space.close()


def test_a_visitor_with_two_runs_waiting_is_told_what_to_do(space: Workspace) -> None:
    for owner in ("other", ME, ME):
        space.put_table(space.new(owner).id, io.BytesIO(PEOPLE.encode()), "people.csv")
    waiting = [audit.id for audit in space.owned_by(ME)]
    at = opened(waiting[0])
    assert "waiting, number 2 in the queue" in "\n".join([said(at), *(status.label for status in at.status)])
    # What it waits for is said, and of another's run no name.
    told = said(at).replace("\\", "")
    assert "A look at a table of another browser is running, at most" in told and "Then 1 more run before" in told
    assert "cancel its run" not in told
    at = opened()
    at.file_uploader[0].set_value([("more.csv", PEOPLE.encode(), "")]).run()
    assert not at.exception
    assert "You have 2 runs waiting already" in said(at).replace("\\", "")
    assert {audit.id for audit in space.owned_by(ME)} == set(waiting)


def test_a_sample_that_is_refused_leaves_no_audit_either(space: Workspace) -> None:
    before = {audit.id for audit in space.owned_by(ME)}
    with pytest.raises(JobError, match="2 runs waiting"):
        space.open_sample(SAMPLES["loans"], ME)
    assert {audit.id for audit in space.owned_by(ME)} == before


def test_one_s_own_run_is_named_that_another_waits_for(space: Workspace) -> None:
    for audit in space.owned_by("other"):
        space.cancel(audit.id)
    first, second = (audit.id for audit in reversed(space.owned_by(ME)))

    def runs() -> bool:
        status = space.status(first)
        return status is not None and status.state == "running"

    until(runs)
    written = said(opened(second))
    told = written.replace("\\", "")
    assert "A look at a table of “people.csv” is running, " in told and "cancel its run" in told
    assert r"\\" not in written, "escaped once"
