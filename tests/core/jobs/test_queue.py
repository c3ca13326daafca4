"""Which job runs, which waits and for how long, through the supervisor's public way in, with real processes."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import JobError
from core.jobs.folder import Folder
from core.jobs.supervisor import Status, Supervisor
from tests.worlds.jobs.supervised import LONGEST, SOON, allow, ended, running, supervising, until

pytestmark = pytest.mark.jobs


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with supervising(tmp_path) as one:
        yield one


def test_jobs_wait_in_the_order_they_came(supervisor: Supervisor, tmp_path: Path) -> None:
    first, *others = [supervisor.submit("follow", {}, {}) for _ in range(4)]
    assert [supervisor.status(job).place for job in others] == [1, 2, 3]
    supervisor.cancel(others[0])
    assert [supervisor.status(job).place for job in others] == [None, 1, 2]
    assert supervisor.status(others[0]).state == "cancelled"
    allow(tmp_path, first, 10)
    assert supervisor.wait(first, SOON).state == "done"
    until(lambda: running(supervisor, others[1]))
    assert supervisor.status(others[2]).place == 1


def test_a_job_that_waits_is_told_what_runs_and_how_long_that_takes_at_most(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    first, second = (supervisor.submit("follow", {}, {}) for _ in range(2))
    until(lambda: running(supervisor, first))
    (ahead,) = supervisor.status(second).ahead
    assert (ahead.job, ahead.kind, ahead.least) == (first, "follow", 0) and 0 < ahead.most <= 900
    allow(tmp_path, first, 5)
    until(lambda: supervisor.status(first).done == 5)
    (ahead,) = supervisor.status(second).ahead
    assert 0 < ahead.least < ahead.most < SOON and supervisor.status(first).ahead == ()
    supervisor.cancel(second)
    supervisor.cancel(first)


def test_slots_run_at_the_same_time(tmp_path: Path) -> None:
    with supervising(tmp_path, slots=2) as supervisor:
        jobs = [supervisor.submit("follow", {}, {}) for _ in range(3)]
        until(lambda: all(running(supervisor, job) for job in jobs[:2]))
        assert supervisor.status(jobs[2]).place == 1
        for job in jobs:
            supervisor.cancel(job)


def test_a_second_job_waits_while_memory_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.machine.free_memory_bytes", lambda: 2**20)
    with supervising(tmp_path, slots=2) as supervisor:
        first, second = (supervisor.submit("follow", {}, {}) for _ in range(2))
        until(lambda: running(supervisor, first))
        assert supervisor.status(second).place == 1
        supervisor.cancel(first)
        until(lambda: running(supervisor, second))
        supervisor.cancel(second)


def test_the_time_limit_kills_with_words(tmp_path: Path) -> None:
    with supervising(tmp_path, time_limit=0.5) as supervisor:
        status = ended(supervisor, "follow")
    assert (status.state, status.error) == ("failed", JobError)
    assert "took longer than the 0.5 seconds" in (status.message or "")


def test_a_clock_that_is_set_ends_no_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day forward while one runs, and back again once it was taken over."""
    now = time.time()
    with supervising(tmp_path) as before:
        job = before.submit("follow", {}, {})
        until(lambda: running(before, job))
        monkeypatch.setattr(time, "time", lambda: now + 86_400)
        allow(tmp_path, job, 5)
        until(lambda: before.status(job).done == 5)
        assert before.status(job).state == "running"
    monkeypatch.setattr(time, "time", lambda: now - 86_400)
    with supervising(tmp_path) as after:
        allow(tmp_path, job, 10)
        assert after.wait(job, SOON).state == "done"


def test_a_job_from_before_the_machine_was_started_again_gets_its_full_time(tmp_path: Path) -> None:
    with supervising(tmp_path) as before:
        job = before.submit("follow", {}, {})
        until(lambda: running(before, job))
    state = tmp_path / "jobs" / job / "state.json"
    known = json.loads(state.read_text())
    for clock in (None, time.monotonic() + 10**6):
        state.write_text(json.dumps({**known, "clock": clock, "of a newer Plumbline": True}))
        with supervising(tmp_path) as after:
            until(lambda: running(after, job))  # noqa: B023
    with supervising(tmp_path) as last:
        last.cancel(job)


def test_a_look_may_take_less_time_than_an_audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.queue.LOOK_SECONDS", 0.5)
    with supervising(tmp_path, slots=2) as supervisor:
        job = supervisor.submit("follow", {}, {})
        assert "took longer than the 0.5 seconds" in (ended(supervisor, "profile").message or "")
        assert supervisor.status(job).state == "running"
        supervisor.cancel(job)


def test_visitors_take_turns(tmp_path: Path) -> None:
    """One run each at a time, though there is room, and two that wait; whoever has none goes first."""
    with supervising(tmp_path, slots=2, turns=True) as supervisor:

        def asked(owner: str | None) -> str:
            return supervisor.submit("follow", {}, {}, owner)

        first, second, third = asked("ann"), asked("ann"), asked("ann")
        with pytest.raises(JobError, match="2 runs waiting already"):
            asked("ann")
        other, nobodys = asked("ben"), asked(None)
        until(lambda: running(supervisor, first) and running(supervisor, other))
        assert [supervisor.status(job).place for job in (nobodys, second, third)] == [1, 2, 3]
        supervisor.cancel(first)
        until(lambda: running(supervisor, nobodys))
        supervisor.cancel(other)
        until(lambda: running(supervisor, second))
        assert supervisor.status(third).place == 1
        for job in (nobodys, third, second):
            supervisor.cancel(job)


def test_a_sick_job_stalls_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with supervising(tmp_path, slots=2) as supervisor:
        sick = supervisor.submit("follow", {}, {})
        until(lambda: running(supervisor, sick))
        honest = Folder.progress

        def progress(folder: Folder) -> object:
            return 1 // 0 if folder.path.name == sick else honest(folder)

        monkeypatch.setattr(Folder, "progress", progress)
        assert ended(supervisor, "echo").state == "done"
        assert "cannot be read" in (supervisor.wait(sick, SOON).message or "")


def test_many_threads_may_submit_at_once(tmp_path: Path) -> None:
    with supervising(tmp_path, slots=2) as supervisor:
        found: list[Status] = []
        threads = [
            threading.Thread(target=lambda: found.append(ended(supervisor, "echo")), daemon=True) for _ in range(12)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LONGEST)
    assert [status.state for status in found] == ["done"] * 12
