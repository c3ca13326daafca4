"""The queue: which job runs, which waits, and the one process that is kept warm for the next.

Plain state, for one thread at a time: the supervisor in jobs.py holds the lock around every call.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core import machine
from core.endings import ending, over_limit
from core.folder import Folder, Record
from core.job import ANY_KIND
from core.process import Child, Launch, Process

# A job with its libraries loaded, before it has read anything.
EMPTY_JOB_MEMORY = 2**30
SPARE_PAUSE_SECONDS = 30.0


@dataclass(eq=False)
class Job:
    """The note about one job; everything that must survive the app stands in `record`, and so on disk."""

    folder: Folder
    record: Record
    child: Child | None = None
    stopped: tuple[str, str] | None = None
    progress: tuple[int, int, str] = (0, 0, "")
    stage_began: tuple[float, int] = (0.0, 0)

    def look(self) -> None:
        """Take over what the job says of its progress, and remember when its present stage began."""
        said = self.folder.progress() or self.progress
        if said[2] != self.progress[2]:
            self.stage_began = (time.monotonic(), said[0])
        self.progress = said

    def seconds_left(self) -> float | None:
        """Seconds to the end of the present stage at the pace it had so far; None before there is a pace."""
        (done, total, _), (began, first) = self.progress, self.stage_began
        if done <= first or total < done:
            return None
        return (time.monotonic() - began) * (total - done) / (done - first)


@dataclass
class Spare:
    """A process that has done its imports in a folder of its own, for a job that is still to come."""

    folder: Folder
    child: Child | None

    def discard(self) -> None:
        """End the process and remove the folder."""
        if self.child:
            self.child.stop()
        self.folder.erase()


class Queue:
    """The jobs of one folder in the order in which they came, `slots` of them running."""

    def __init__(
        self, jobs: Path, launch: Launch, slots: int, time_limit: float, warm: bool, notice: Callable[[], None]
    ) -> None:
        """Take over what stands in `jobs`; `notice` is called from another thread whenever a process has ended."""
        self.known: dict[str, Job] = {}
        self._jobs = jobs
        self._launch = launch
        self._slots = slots
        self._time_limit = time_limit
        self._warm = warm
        self._notice = notice
        self._spare: Spare | None = None
        self._no_spare_before = 0.0
        self._take_over()

    def place(self, job: Job) -> int | None:
        """The job's place among those that wait, from 1; None for one that does not wait."""
        return self._waiting().index(job) + 1 if job.record.state == "queued" else None

    def reserve(self) -> Spare:
        """A folder for a new job: the spare's, with its process, if there is one."""
        spare, self._spare = self._spare, None
        return spare or Spare(self._new_folder(), None)

    def add(self, reserved: Spare, kind: str, request: Mapping[str, Any]) -> str:
        """Queue a job whose inputs stand in the folder; returns its id."""
        job = Job(reserved.folder, Record(kind, dict(request), "queued", time.time()), reserved.child)
        job.folder.write(job.record)
        self.known[job.folder.path.name] = job
        self._start_waiting()
        return job.folder.path.name

    def stop(self, job: Job, state: str, words: str) -> None:
        """Kill a running job, which then ends as `state`; a queued one ends at once."""
        if job.record.state == "queued":
            self._end(job, state, words, "JobError")
        elif job.record.state == "running" and job.child and not job.child.ended:
            job.stopped = job.stopped or (state, words)
            job.child.process.kill()

    def forget(self, job_id: str) -> None:
        """Remove a job that has ended, with everything it wrote."""
        self.known.pop(job_id).folder.erase()

    def tend(self) -> None:
        """Settle what has ended, stop what is over its limits, start what waits, and keep the spare."""
        for job in self._running():
            self._watch(job)
        self._start_waiting()
        self._keep_spare()

    def drop_spares(self) -> None:
        """End the processes that have no work yet; the jobs that wait for one keep their place."""
        if self._spare:
            self._spare.discard()
            self._spare = None
        for job in self._waiting():
            if job.child:
                job.child.stop()
                job.child = None

    def _waiting(self) -> list[Job]:
        return [job for job in self.known.values() if job.record.state == "queued"]

    def _running(self) -> list[Job]:
        return [job for job in self.known.values() if job.record.state == "running"]

    def _new_folder(self) -> Folder:
        folder = Folder(self._jobs / secrets.token_hex(16))
        folder.make()
        return folder

    def _watch(self, job: Job) -> None:
        assert job.child is not None
        job.look()
        if job.child.ended:
            verdict = (*job.stopped, "JobError") if job.stopped else self._ending(job)
            self._end(job, *verdict)
        elif words := over_limit(job.folder, job.record, job.child, self._launch.limits, self._time_limit):
            self.stop(job, "failed", words)

    def _ending(self, job: Job) -> tuple[str, str | None, str | None]:
        assert job.child is not None
        return ending(job.folder, job.child, self._launch.limits)

    def _end(self, job: Job, state: str, message: str | None, error: str | None) -> None:
        child, job.child = job.child, None
        if child:
            child.stop()
        job.record = replace(job.record, state=state, message=message, error=error, ended=time.time())
        job.folder.write(job.record)
        job.folder.clean(keep_results=state == "done")

    def _start_waiting(self) -> None:
        waiting = self._waiting()
        while waiting and len(self._running()) < self._slots and self._fits(waiting[0]):
            self._start(waiting.pop(0))

    def _fits(self, job: Job) -> bool:
        """Whether there is memory for one more; a job that is alone always runs."""
        wanted = min(self._launch.limits.memory_bytes, EMPTY_JOB_MEMORY + 3 * job.folder.input_bytes())
        return not self._running() or machine.free_memory_bytes() > wanted

    def _start(self, job: Job) -> None:
        if job.child is None or job.child.ended:
            job.child = self._launch.start(job.folder.path, warm=None, ended=self._notice)
        process, now = job.child.process, time.time()
        job.record = replace(job.record, state="running", began=now, pid=process.pid, process_started=process.started)
        job.folder.write(job.record)
        job.folder.hand_over(job.record.kind, job.record.request, self._time_limit)
        job.child.wake()

    def _keep_spare(self) -> None:
        """Have processes ready for the jobs that start next: the first of the queue, else one that is still to come."""
        if not self._warm or time.monotonic() < self._no_spare_before:
            return
        waiting = self._waiting()
        for job in waiting[: self._slots]:
            if job.child is None:
                job.child = self._launch.start(job.folder.path, warm=job.record.kind, ended=self._notice)
        if self._spare and self._spare.child and self._spare.child.ended:
            # Whatever ended it, the next would likely end so too: no spare is started over and over.
            self._no_spare_before = time.monotonic() + SPARE_PAUSE_SECONDS
            self.drop_spares()
        elif not waiting and self._spare is None:
            folder = self._new_folder()
            self._spare = Spare(folder, self._launch.start(folder.path, warm=ANY_KIND, ended=self._notice))

    def _take_over(self) -> None:
        """Follow, settle or queue again what an earlier supervisor left; a folder that never became a job goes."""
        found = [(folder, folder.record()) for folder in map(Folder, self._jobs.iterdir())]
        for folder, record in sorted(found, key=lambda pair: pair[1].queued if pair[1] else 0.0):
            if record is None:
                folder.erase()
                continue
            job = self.known[folder.path.name] = Job(folder, record)
            if record.state == "running":
                job.child = Child(Process(record.pid or 0, record.process_started or ""))
