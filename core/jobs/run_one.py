"""Jobs for whoever waits for them, a command or a notebook: sandboxed as in the app, and ended with them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from core.errors import DataError, ModelError, PlumblineError
from core.jobs.digest import sha256
from core.jobs.packed_images import packed
from core.jobs.scratch import scratch
from core.jobs.steps_together import StepsTogether

if TYPE_CHECKING:
    from core.jobs.supervisor import Supervisor

TIME_LIMIT = 24 * 3600.0
ENDING_SECONDS = 10.0
LOOKS_EVERY = 0.1


@dataclass(frozen=True)
class JobDone:
    """What a job left in `out`, to be read as if an enemy had written it, and its inputs' SHA-256 by name."""

    out: Path
    digests: dict[str, str]


@contextmanager
def job_done(
    kind: str,
    request: Mapping[str, Any],
    inputs: Mapping[str, Path | None],
    time_limit: float = TIME_LIMIT,
    tell: Callable[[int, int, str], object] | None = None,
    threads: int | None = None,
    device: str | None = None,
) -> Iterator[JobDone]:
    """Run one job to its end; what it left stands until the context ends, which also ends the job.

    A name in `inputs` that has no file is left out; a folder goes in as a zip. `time_limit` is in seconds. `tell`
    hears in this thread how far the job is: steps done, steps in all, what is being done. `threads` is how many the job
    may use, None for one a core; `device` is where its model runs, None for what the setting says. Raises the error
    that ended the job.
    """
    with jobs_done(kind, [request], inputs, time_limit, tell, threads, [device]) as (done,):
        yield done


@contextmanager
def jobs_done(
    kind: str,
    requests: Sequence[Mapping[str, Any]],
    inputs: Mapping[str, Path | None],
    time_limit: float = TIME_LIMIT,
    tell: Callable[[int, int, str], object] | None = None,
    threads: int | None = None,
    devices: Sequence[str | None] = (),
) -> Iterator[list[JobDone]]:
    """Run jobs side by side to their end, one for each request and all with these inputs; as `job_done`.

    `devices` are where their models run, one for each request where any are named. They share the memory of the
    machine. `tell` hears of each thing the sum over the jobs that have come to it. The first that fails ends the
    others, and its error is raised.
    """
    from core.jobs.supervisor import Supervisor, share_of_memory  # numpy, for which a refused plan need not wait

    with scratch() as root, ExitStack() as at_end:
        given = _given(inputs, root)
        jobs: list[tuple[Supervisor, str]] = []
        for place, (request, device) in enumerate(zip(requests, devices or repeat(None), strict=False)):
            with _in_words():
                supervisor = Supervisor(
                    root / str(place),
                    slots=1,
                    warm=False,
                    time_limit=time_limit,
                    memory_bytes=share_of_memory(len(requests)),
                    bound=True,
                    threads=threads,
                    device=device,
                )
            at_end.callback(supervisor.close)
            jobs.append((supervisor, supervisor.submit(kind, request, given)))
            at_end.callback(supervisor.wait, jobs[-1][1], ENDING_SECONDS)
            at_end.callback(supervisor.cancel, jobs[-1][1])
        with _in_words():
            digests = {name: sha256(path) for name, path in given.items()}
        _wait(jobs, tell)
        for supervisor, job in jobs:
            if (error := failure(supervisor, job)) is not None:
                raise error
        yield [JobDone(supervisor.output(job), digests) for supervisor, job in jobs]


def failure(supervisor: Supervisor, job: str) -> PlumblineError | None:
    """The error that ended a job; None where it is done."""
    status = supervisor.status(job)
    if status.error is None:
        return None
    named = {"snippet": status.snippet} if status.error is ModelError else {}
    return status.error(status.message or "", in_plan=status.in_plan, **named)


@contextmanager
def laid_out(inputs: Mapping[str, Path | None]) -> Iterator[Path]:
    """The folder of a job whose work is done in this process: links to its inputs in in/, an empty out/.

    It is gone when the context ends. `inputs` are as for `job_done`.
    """
    with scratch() as folder, _in_words():
        for part in ("in", "out"):
            (folder / part).mkdir()
        for name, path in _given(inputs, folder).items():
            (folder / "in" / name).symlink_to(path.resolve())
        yield folder


def _given(inputs: Mapping[str, Path | None], root: Path) -> dict[str, Path]:
    """The inputs that are there, each a file."""
    return {name: packed(path, root) for name, path in inputs.items() if path is not None}


@contextmanager
def _in_words() -> Iterator[None]:
    """Say in words what the disk or a file that has gone refuses."""
    try:
        yield
    except OSError as error:
        what = error.filename or "the folder for temporary files"
        raise DataError(
            f"{what} cannot be used ({error.strerror}). Check the disk and the files, and run again."
        ) from None


def _wait(jobs: Sequence[tuple[Supervisor, str]], tell: Callable[[int, int, str], object] | None) -> None:
    """Wait until all jobs are done or one has failed, which their time limit bounds, and tell each step that is seen.

    A supervisor's own lock is waited for in another thread: a signal that arrives while the main thread takes it back
    would leave the lock in disorder.
    """
    steps: SimpleQueue[tuple[int, int, str] | None] = SimpleQueue()
    pause = threading.TIMEOUT_MAX if tell is None and len(jobs) == 1 else LOOKS_EVERY

    def watch() -> None:
        last: dict[str, tuple[int, int, str]] = {}
        together = StepsTogether()
        running = list(jobs)
        while running:
            first, job = running[0]
            first.wait(job, pause)
            for each in tuple(running):
                supervisor, job = each
                status = supervisor.status(job)
                step = status.done, status.total, status.what
                if step != last.get(job) and status.what:
                    steps.put(together.after(job, step) if len(jobs) > 1 else step)
                last[job] = step
                if status.error is not None:
                    return steps.put(None)
                if status.ended:
                    running.remove(each)
        return steps.put(None)

    threading.Thread(target=watch, name="plumbline-wait", daemon=True).start()
    while (step := steps.get()) is not None:
        if tell is not None:
            tell(*step)
