"""A supervisor for a test, and what is seen of its jobs from outside; `until` waits with a deadline."""

import contextlib
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from core.jobs.supervisor import Status, Supervisor

PROGRAM = "tests.worlds.jobs.job_tasks"
# Seconds: what a wait for something that comes may take on a busy machine, and what nothing started here outlives.
SOON, LONGEST = 120.0, 300.0


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON
    while not true():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.01)


@contextlib.contextmanager
def supervising(root: Path, **options: object) -> Iterator[Supervisor]:
    usual = {"warm": False, "slots": 1, "program": PROGRAM}
    supervisor = Supervisor(root, **usual | options)  # type: ignore[arg-type]
    try:
        yield supervisor
    finally:
        supervisor.close()


@contextlib.contextmanager
def ending(process: subprocess.Popen[Any]) -> Iterator[subprocess.Popen[Any]]:
    """The process, which is killed at the end of the block, however that comes, or after LONGEST seconds."""
    limit = threading.Timer(LONGEST, process.kill)
    limit.start()
    with process, contextlib.ExitStack() as at_end:
        at_end.callback(process.kill)
        at_end.callback(limit.cancel)
        yield process


def ended(supervisor: Supervisor, kind: str, **request: object) -> Status:
    status = supervisor.wait(supervisor.submit(kind, request, {}), SOON)
    assert status.ended, status
    return status


def allow(root: Path, job: str, steps: int) -> None:
    part = root / "jobs" / job / "steps.part"
    part.write_text(str(steps))
    part.rename(part.with_suffix(""))


def running(supervisor: Supervisor, job: str) -> bool:
    return supervisor.status(job).what == "steps"


def processes(root: Path) -> list[str]:
    """Ids of the jobs and spares of `root` that have a process."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = entry.read_bytes().decode(errors="replace").split("\0")
            found += [Path(word).name for word in words if word.startswith(str(root / "jobs"))]
    return found


def jobs_in(home: Path) -> dict[int, Path]:
    """Processes of jobs that work in `home`, and their folders."""
    found: dict[int, Path] = {}
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if "core.jobs.job" in words:
            found |= {int(entry.parent.name): Path(word) for word in words if word.startswith(str(home))}
    return found
