"""Jobs as the tests fork them: shut in as in the app, run once for the same question, and held where a test says so."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.jobs import sandbox
from core.jobs.supervisor import Supervisor
from tests.worlds.jobs.forked import holding_jobs
from tests.worlds.jobs.supervised import SOON, supervising

pytestmark = [pytest.mark.jobs, pytest.mark.skipif(sys.platform != "linux", reason="elsewhere jobs are not forked")]


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with supervising(tmp_path / "root", program="core.jobs.job") as supervisor:
        yield supervisor


def looked_at(supervisor: Supervisor, table: Path) -> Path:
    """The folder of a job that looked at the table."""
    job = supervisor.submit("profile", {"name": "t.csv"}, {"table": table})
    assert supervisor.wait(job, SOON).state == "done", supervisor.status(job)
    return supervisor.output(job).parent


def test_a_forked_job_enters_its_limits_and_the_same_question_is_asked_once(
    supervisor: Supervisor, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    table = tmp_path / "t.csv"
    table.write_text(f"a,b\n1,{request.node.name}\n2,y\n")
    first, again = looked_at(supervisor, table), looked_at(supervisor, table)
    assert str(sandbox.available()) in (first / "log.txt").read_text()
    assert (again / "log.txt").read_text() == "", "what the first one found was handed over"
    found = sorted(path.name for path in (first / "out").iterdir())
    assert sorted(path.name for path in (again / "out").iterdir()) == found and "profile.json" in found
    table.write_text("a,b\n1,x\n2,z\n")
    other = looked_at(supervisor, table)
    assert (other / "out" / "profile.json").read_bytes() != (first / "out" / "profile.json").read_bytes()


def test_a_held_job_runs_and_does_nothing_until_it_is_let_go_or_cancelled(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    table = tmp_path / "t.csv"
    table.write_text("a,b\n1,held\n2,y\n")
    with holding_jobs("profile"):
        cancelled = supervisor.submit("profile", {"name": "t.csv"}, {"table": table})
        held = supervisor.submit("profile", {"name": "t.csv"}, {"table": table})
        assert supervisor.status(cancelled).state == "running"
        supervisor.cancel(cancelled)
        assert supervisor.wait(cancelled, SOON).state == "cancelled"
        assert not supervisor.status(held).ended
    assert supervisor.wait(held, SOON).state == "done"
