"""The supervisor: one queue, one process per job, progress, cancel; the only writer of what is known about a job.

It lives in the app's process (pages call it from many threads) and in the command line. Jobs outlive it: whoever opens
the same folder next follows the ones that still run and queues again the ones that wait.
"""

import fcntl
import logging
import os
import re
import shutil
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from core.errors import BY_NAME, JobError, ModelError
from core.jobs import machine, sandbox
from core.jobs.kinds import publishes
from core.jobs.process import Launch
from core.jobs.queue import Queue
from core.jobs.queue_entry import Job, Spare
from core.jobs.status import State
from core.jobs.status import Status as Status
from core.jobs.untrusted import checked_array as checked_array
from core.jobs.untrusted import checked_bytes as checked_bytes
from core.jobs.untrusted import checked_json as checked_json

GIB = 2**30
INPUT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
LOG = logging.getLogger(__name__)
LEAST_FREE_DISK = GIB
MOST_FILE_BYTES = 16 * GIB
LEAST_MEMORY = 2 * GIB
POLL_SECONDS = 0.1
KILLED_SECONDS = 10.0


class Supervisor:
    """Runs jobs in ROOT/jobs, first come first served, `slots` at a time; any thread may call it."""

    def __init__(
        self,
        root: Path,
        slots: int | None = None,
        warm: bool = True,
        time_limit: float = 900,
        memory_bytes: int | None = None,
        program: str = "core.jobs.job",
        bound: bool = False,
        turns: bool = False,
        threads: int | None = None,
        device: str | None = None,
    ) -> None:
        """Take over the jobs of `root` and, if `warm`, keep one process ready.

        `time_limit` is in seconds and `memory_bytes` in bytes, each for one job; `program` is the module that a job's
        process runs. A job that is `bound` dies with the thread that submitted it, and so with a command that is
        killed; else it outlives this process. With `turns` visitors take turns. `threads` is how many one job may use,
        None for its share of the cores; `device` is where its model runs, None for what the setting says. Raises
        JobError when another app uses the folder, or jobs could read each other there.
        """
        self._jobs = (root / "jobs").resolve()
        _refuse_readable(self._jobs)
        self._jobs.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _lock(self._jobs.parent / "jobs.lock")
        self._changed = threading.Condition(threading.RLock())
        cuda = machine.uses_gpu(device)
        slots = slots or (1 if cuda else max(1, machine.cores() // 2))
        memory = memory_bytes or share_of_memory(slots)
        threads = min(threads or max(1, machine.cores() // slots), machine.cores())
        launch = replace(_launch(program, memory, time_limit, threads, cuda, bound), device=device)
        self._limits = launch.limits
        self.time_limit, self.memory_bytes, self.threads = time_limit, memory, threads
        self._queue = Queue(self._jobs, launch, slots, time_limit, warm, self._notice)
        self._turns = turns
        self._closed = False
        self._thread = threading.Thread(target=self._tend, name="plumbline-jobs", daemon=True)
        self._thread.start()

    @property
    def protection(self) -> sandbox.Protection:
        """What shuts the jobs in on this system; its `sentence()` is for the page."""
        return sandbox.available()

    @property
    def ids(self) -> frozenset[str]:
        """The jobs that are known here."""
        with self._changed:
            return frozenset(self._queue.known)

    def submit(
        self, kind: str, request: Mapping[str, Any], inputs: Mapping[str, Path], owner: str | None = None
    ) -> str:
        """Queue a job with its own links to `inputs` (name -> file) and return its id at once.

        `owner` is the visitor who asks, where visitors take turns. Raises JobError when an input cannot be read, the
        disk is too full, or this visitor has enough jobs waiting.
        """
        owner = owner if self._turns else None
        _refuse_inputs(inputs)
        _refuse_full_disk(self._jobs)
        try:
            with self._changed:
                self._queue.refuse_crowd(owner)
                reserved = self._queue.reserve()
            return self._add(reserved, kind, request, inputs, owner)
        except OSError as problem:
            raise JobError(
                f"The run could not be queued ({problem.strerror}). Free some space on the disk and run again."
            ) from problem

    def _add(
        self, reserved: Spare, kind: str, request: Mapping[str, Any], inputs: Mapping[str, Path], owner: str | None
    ) -> str:
        try:
            reserved.folder.fill(inputs)
            with self._changed:
                self._queue.refuse_crowd(owner)
                job_id = self._queue.add(reserved, kind, request, owner)
                self._changed.notify_all()
        except (JobError, OSError):
            reserved.discard()
            raise
        return job_id

    def status(self, job_id: str) -> Status:
        """Where the job stands. Raises JobError for a job that is not known here."""
        with self._changed:
            return self._status(self._job(job_id))

    def wait(self, job_id: str, timeout: float) -> Status:
        """Where the job stands once it has ended, or after `timeout` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._status(self._job(job_id)).ended, timeout)
            return self._status(self._job(job_id))

    @property
    def idle_cores(self) -> int:
        """How many cores are left beside the jobs that run; none where some wait."""
        with self._changed:
            return self._queue.idle_cores

    def give(self, job_id: str, name: str, content: bytes) -> None:
        """Give a job that runs one more input. Raises JobError where it does not run any more, or the disk is full."""
        _refuse_full_disk(self._jobs)
        with self._changed:
            job = self._job(job_id)
        job.give(name, content)

    def cancel(self, job_id: str) -> None:
        """Kill the job or take it out of the queue; nothing happens when it has ended."""
        with self._changed:
            self._queue.stop(self._job(job_id), "cancelled", "Cancelled. Run again when you like.")
            self._changed.notify_all()

    def output(self, job_id: str) -> Path:
        """Where the results of a job that is done stand, to be read with the `checked_` functions. JobError if not."""
        with self._changed:
            job = self._job(job_id)
            if job.record.state != "done":
                raise JobError(job.record.message or "The run has no result yet. Wait until it is done.")
            return job.folder.out

    def published(self, job_id: str) -> Path | None:
        """Where a job of a kind that publishes has what it found so far, also after it was stopped or failed.

        To be read as its output is; what is there may change, or go, while it is read. None before it has begun, and
        for other kinds.
        """
        with self._changed:
            job = self._job(job_id)
            return job.folder.out if publishes(job.record.kind) and job.record.state != "queued" else None

    def delete(self, job_id: str) -> None:
        """Stop the job and remove everything it read or wrote."""
        self.cancel(job_id)
        if not self.wait(job_id, KILLED_SECONDS).ended:
            raise JobError("The run could not be stopped yet. Try to delete it again in a minute.")
        with self._changed:
            folder = self._queue.forget(job_id)
        folder.erase()

    def close(self) -> None:
        """Let go of the folder: jobs that run go on, the ones that wait stay queued on disk for the next supervisor."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()
        with self._changed:
            self._queue.drop_spares()
        os.close(self._lock)

    def _job(self, job_id: str) -> Job:
        job = self._queue.known.get(job_id)
        if job is None:
            raise JobError("This run is not known here: it may have been deleted. Start a new one.")
        return job

    def _status(self, job: Job) -> Status:
        record, (done, total, what, _) = job.record, job.progress
        return Status(
            state=cast(State, record.state),
            place=self._queue.place(job),
            done=done,
            total=total,
            what=what,
            seconds_left=job.seconds_left() if record.state == "running" else None,
            reached=job.progress[3] if record.state == "running" else None,
            whole_left=self._queue.left(job),
            message=record.message,
            error=BY_NAME.get(record.error, JobError) if record.error else None,
            in_plan=job.folder.in_plan() if record.error else "",
            snippet=job.folder.snippet() if record.error == ModelError.__name__ else "",
            ahead=self._queue.ahead(job),
        )

    def _notice(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _tend(self) -> None:
        while True:
            with self._changed:
                if self._closed:
                    return
                running = self._queue.running()
            for job in running:  # without the lock: what one of them has littered must not hold up the others
                self._look(job)
            with self._changed:
                try:
                    self._queue.tend()
                except Exception:
                    # A full disk, say: the jobs that are there must still be watched the next time round.
                    LOG.exception("the jobs could not be tended")
                self._changed.notify_all()
                if not self._closed:
                    self._changed.wait(POLL_SECONDS)

    def _look(self, job: Job) -> None:
        try:
            job.look(self._limits)
        except Exception:  # whatever it did to its folder, it ends alone
            LOG.exception("a job could not be watched")
            with self._changed:
                self._queue.give_up(job)


def share_of_memory(jobs: int) -> int:
    """The memory of one of so many jobs that share this machine, in bytes."""
    return max(LEAST_MEMORY, int(0.8 * machine.memory_bytes()) // jobs)


def _launch(program: str, memory: int, time_limit: float, threads: int, cuda: bool, bound: bool) -> Launch:
    cpu_seconds = int(time_limit * machine.cores()) + 1
    limits = sandbox.Limits(memory, cpu_seconds=cpu_seconds, file_bytes=MOST_FILE_BYTES)
    return Launch(program, limits, threads=threads, cuda=cuda, bound=bound)


def _lock(path: Path) -> int:
    """A lock that the system drops when this process ends, however it ends."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        os.close(lock)
        raise JobError(
            f"Another Plumbline already works in {path.parent}. Close it first, or start this one with another folder."
        ) from problem
    return lock


def _refuse_readable(jobs: Path) -> None:
    """Refuse a folder that every job may read: there one upload could read another."""
    for open_to_all in sandbox.readable():
        if jobs.is_relative_to(open_to_all.resolve()):
            raise JobError(f"Runs cannot be kept in {jobs}, which every run may read. Choose a folder elsewhere.")


def _refuse_inputs(inputs: Mapping[str, Path]) -> None:
    for name, source in inputs.items():
        if not INPUT.fullmatch(name):
            raise JobError(f"{name!r} cannot be the name of an input: letters, digits, '.', '_' and '-' only.")
        if not source.is_file():
            raise JobError(f"The run's input {name} is no longer there. Add the file again.")


def _refuse_full_disk(jobs: Path) -> None:
    free = shutil.disk_usage(jobs).free
    if free < LEAST_FREE_DISK:
        raise JobError(
            f"The disk is too full for a run: {free / GIB:.2f} GB are free, {LEAST_FREE_DISK / GIB:.0f} GB are needed. "
            "Free some space and run again."
        )
