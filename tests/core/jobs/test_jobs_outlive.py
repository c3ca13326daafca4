"""Jobs and the app live and die apart: restarts, kills, and the warm spare."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import JobError
from tests.worlds.jobs.supervised import (
    LONGEST,
    PROGRAM,
    SOON,
    allow,
    ended,
    ending,
    processes,
    running,
    supervising,
    until,
)

pytestmark = pytest.mark.jobs


def test_what_waits_and_what_runs_outlives_the_supervisor(tmp_path: Path) -> None:
    with supervising(tmp_path) as before:
        first, second = (before.submit("follow", {}, {}) for _ in range(2))
        until(lambda: running(before, first))
    with supervising(tmp_path) as after:
        assert (after.status(first).state, after.status(second).place) == ("running", 1)
        allow(tmp_path, first, 10)
        assert after.wait(first, SOON).state == "done"
        until(lambda: running(after, second))
        after.cancel(second)


def test_a_job_that_ended_while_nobody_watched_is_settled(tmp_path: Path) -> None:
    with supervising(tmp_path, slots=2) as before:
        finishing, dying = (before.submit("follow", {}, {}) for _ in range(2))
        until(lambda: running(before, finishing) and running(before, dying))
    allow(tmp_path, finishing, 10)
    os.killpg(int(pid_of(tmp_path, dying)), signal.SIGKILL)
    until((tmp_path / "jobs" / finishing / "out" / "done").exists)
    with supervising(tmp_path) as after:
        assert after.wait(finishing, SOON).state == "done"
        status = after.wait(dying, SOON)
    assert (status.state, status.message) == ("interrupted", "The run was interrupted: run again.")


def pid_of(root: Path, job: str) -> str:
    return str(json.loads((root / "jobs" / job / "state.json").read_text())["pid"])


def test_a_number_that_now_means_another_process_is_left_alone(tmp_path: Path) -> None:
    with supervising(tmp_path) as before:
        job = before.submit("follow", {}, {})
        until(lambda: running(before, job))
        os.killpg(int(pid_of(tmp_path, job)), signal.SIGKILL)
        before.wait(job, SOON)
    state = tmp_path / "jobs" / job / "state.json"
    with ending(subprocess.Popen(["sleep", str(LONGEST)], start_new_session=True)) as bystander:
        text = state.read_text().replace(f'"pid": {pid_of(tmp_path, job)}', f'"pid": {bystander.pid}')
        state.write_text(text.replace('"state": "failed"', '"state": "running"'))
        with supervising(tmp_path) as after:
            with contextlib.suppress(JobError):
                after.cancel(job)
            assert after.wait(job, SOON).state == "interrupted"
        assert bystander.poll() is None


APP = f"""
import pathlib, sys, time
from core.jobs.supervisor import Supervisor
supervisor = Supervisor(pathlib.Path(sys.argv[1]), slots=1, warm=True, program={PROGRAM!r})
print(supervisor.submit("follow", {{}}, {{}}), flush=True)
time.sleep({LONGEST})
"""


def test_a_killed_app_leaves_its_job_running_and_its_spare_not(tmp_path: Path) -> None:
    with ending(subprocess.Popen([sys.executable, "-c", APP, str(tmp_path)], stdout=subprocess.PIPE, text=True)) as app:
        assert app.stdout is not None
        job = app.stdout.readline().strip()
        until(lambda: (tmp_path / "jobs" / job / "out" / "progress.json").exists())
        until(lambda: len(processes(tmp_path)) == 2)
    until(lambda: processes(tmp_path) == [job])
    with supervising(tmp_path) as after:
        assert after.status(job).state == "running"
        assert [path.name for path in (tmp_path / "jobs").iterdir()] == [job]
        allow(tmp_path, job, 10)
        assert after.wait(job, SOON).state == "done"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_warm_spare_becomes_the_next_job_and_is_replaced(tmp_path: Path) -> None:
    with supervising(tmp_path, warm=True) as supervisor:
        until(lambda: len(processes(tmp_path)) == 1)
        spare = processes(tmp_path)
        job = supervisor.submit("echo", {}, {})
        assert [job] == spare
        assert supervisor.wait(job, SOON).state == "done"
        until(lambda: len(processes(tmp_path)) == 1)
        assert processes(tmp_path) != spare
    until(lambda: processes(tmp_path) == [])


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_spare_that_dies_costs_no_job(tmp_path: Path) -> None:
    with supervising(tmp_path, warm=True) as supervisor:
        until(lambda: len(processes(tmp_path)) == 1)
        os.kill(int(pid_of_spare(tmp_path)), signal.SIGKILL)
        until(lambda: list((tmp_path / "jobs").iterdir()) == [])
        assert ended(supervisor, "echo").state == "done"


def pid_of_spare(root: Path) -> str:
    found = [path.parent.name for path in Path("/proc").glob("[0-9]*/cmdline") if str(root).encode() in _bytes(path)]
    return found[0]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
