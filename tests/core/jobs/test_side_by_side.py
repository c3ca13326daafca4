"""Jobs side by side tell how far they are together: never fewer steps of a thing than were told before."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.jobs import supervisor
from core.jobs.run_one import jobs_done
from core.jobs.status import Status

Step = tuple[int, int, str]
READ, FIT = "rows read", "fitting"


class ScriptedSupervisor:
    """Stands in for a supervisor: each time that it is asked its job has come to the next step, and then it is done."""

    def __init__(self, root: Path, **_: object) -> None:
        self._id = root.name
        self._steps: Iterator[Step] = iter(())

    def submit(self, kind: str, request: dict[str, list[Step]], inputs: object) -> str:
        self._steps = iter(request["steps"])
        return self._id

    def status(self, job: str) -> Status:
        step = next(self._steps, None)
        return Status("done") if step is None else Status("running", None, *step)

    def output(self, job: str) -> Path:
        return Path(job)

    def wait(self, *_: object) -> None: ...

    cancel = wait

    def close(self) -> None: ...


def told(monkeypatch: pytest.MonkeyPatch, *jobs: list[Step]) -> list[Step]:
    """What is told of jobs that come to these steps, in turn."""
    monkeypatch.setattr(supervisor, "Supervisor", ScriptedSupervisor)
    steps: list[Step] = []
    with jobs_done("audit", [{"steps": job} for job in jobs], {}, tell=lambda *step: steps.append(step)):
        return steps


def test_what_two_do_alike_is_told_as_their_sum_and_begun_anew_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = [(300, 400, READ), (400, 400, READ), (1, 3, FIT), (100, 400, READ), (20, 400, READ)]
    slow = [(50, 400, READ), (90, 400, READ), (400, 400, READ), (0, 0, FIT)]
    assert told(monkeypatch, quick, slow) == [
        (300, 400, READ),
        (350, 800, READ),
        (450, 800, READ),
        (490, 800, READ),
        (1, 3, FIT),
        (800, 800, READ),
        (900, 1200, READ),
        (1, 0, FIT),
        (920, 1600, READ),
    ]


def test_one_alone_tells_its_own_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [(400, 400, READ), (100, 400, READ), (0, 0, FIT)]
    assert told(monkeypatch, steps) == steps
