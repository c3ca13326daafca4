"""The queue: which job runs, which waits, and the one process that is kept warm for the next.

Plain state, for one thread at a time: the supervisor in jobs.py holds the lock around every call.
"""

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.errors import JobError
from core.jobs import exits, machine
from core.jobs.exits import DISK_WORDS, holds_most, over_limit
from core.jobs.folder import Folder, Record
from core.jobs.kinds import ANY_KIND, is_look
from core.jobs.process import Child, Launch, Process
from core.jobs.queue_entry import Job, Spare
from core.jobs.sharing.turns import in_turn, refuse_crowd
from core.jobs.sharing.waiting_time import Ahead

LOG = logging.getLogger(__name__)

# A job with its libraries loaded, before it has read anything.
EMPTY_JOB_MEMORY = 2**30
SPARE_PAUSE_SECONDS = 30.0
LOOK_SECONDS = 300.0


def memory_wanted(input_bytes: int) -> int:
    """About how many bytes of memory a job takes whose inputs have so many."""
    return EMPTY_JOB_MEMORY + 3 * input_bytes


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
        self._last_turn: dict[str | None, float] = {}
        self._take_over()

    def place(self, job: Job) -> int | None:
        """The job's place among those that wait, from 1; None for one that does not wait."""
        return self._in_turn()[0].index(job) + 1 if job.record.state == "queued" else None

    def ahead(self, job: Job) -> tuple[Ahead, ...]:
        """What runs while the job waits, the first to begin first; nothing where it does not wait."""
        if job.record.state != "queued":
            return ()
        running = sorted(self.running(), key=lambda other: other.record.began or 0.0)
        return tuple(other.ahead(self._limit(other.record.kind)) for other in running)

    def left(self, job: Job) -> tuple[float, float] | None:
        """The seconds to the end of a job that runs, from and to; None where that is not known."""
        return job.whole_left(self._limit(job.record.kind)) if job.record.state == "running" else None

    @property
    def idle_cores(self) -> int:
        """How many cores are left beside the jobs that run, of which one alone takes one; none where some wait."""
        running = len(self.running())
        return 0 if self._waiting() else machine.cores() - min(1, running) - self._launch.threads * max(0, running - 1)

    def refuse_crowd(self, owner: str | None) -> None:
        """Raise JobError where this visitor has as many jobs waiting as one may have."""
        refuse_crowd([job.record.owner for job in self._waiting()], owner)

    def reserve(self) -> Spare:
        """A folder for a new job: the spare's, with its process, if there is one."""
        spare, self._spare = self._spare, None
        return spare or Spare(self._new_folder(), None)

    def add(self, reserved: Spare, kind: str, request: Mapping[str, Any], owner: str | None) -> str:
        """Queue a job whose inputs stand in the folder; returns its id."""
        record = Record(kind, dict(request), "queued", time.time(), owner=owner)
        job = Job(reserved.folder, record, reserved.child)
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

    def give_up(self, job: Job) -> None:
        """End a running job whose folder cannot even be looked at."""
        words = "The run stopped: what it left behind cannot be read. Check the file and the model, and run again."
        self._end(job, "failed", words, JobError.__name__)

    def forget(self, job_id: str) -> Folder:
        """Know no more of a job that has ended; returns its folder, which is to be erased."""
        return self.known.pop(job_id).folder

    def tend(self) -> None:
        """Settle what has ended, stop what is over its limits, start what waits, and keep the spare."""
        for job in self.running():
            try:
                self._judge(job)
            except Exception:  # whatever is the matter with one, the others are still tended
                LOG.exception("a job could not be tended")
        self._spare_the_disk()
        self._start_waiting()
        self._keep_spare()

    def running(self) -> list[Job]:
        """The jobs that have begun and were not settled yet."""
        return [job for job in self.known.values() if job.record.state == "running"]

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

    def _in_turn(self) -> tuple[list[Job], int]:
        return in_turn(self._waiting(), self.running(), lambda job: job.record.owner, self._last_turn)

    def _new_folder(self) -> Folder:
        folder = Folder(self._jobs / secrets.token_hex(16))
        folder.make()
        return folder

    def _judge(self, job: Job) -> None:
        if job.settled:
            self._end(job, *job.settled)
        elif job.child and not job.child.ended and not job.stopped:
            process, ran = job.child.process, time.monotonic() - (job.record.clock or 0.0)
            if words := over_limit(ran, self._limit(job.record.kind), process, job.disk, self._launch.limits):
                self.stop(job, "failed", words)

    def _limit(self, kind: str) -> float:
        """Seconds that a job of this kind may take."""
        return min(self._time_limit, LOOK_SECONDS) if is_look(kind) else self._time_limit

    def _spare_the_disk(self) -> None:
        """Stop the job that holds most of a disk that is nearly full; the next only when its files are gone."""
        running = self.running()
        if any(job.stopped for job in running) or not running or self._is_roomy(running[0].folder):
            return
        most = holds_most([job.disk for job in running])
        if most is not None:
            self.stop(running[most], "failed", DISK_WORDS)

    def _is_roomy(self, folder: Folder) -> bool:
        return folder.free_bytes() >= exits.LEAST_FREE_DISK

    def _end(self, job: Job, state: str, message: str | None, error: str | None) -> None:
        """Note how a job ended. A disk that is full keeps that from being written, not from being so."""
        child, job.child = job.child, None
        if child:
            child.stop()
        job.close_inputs()
        job.record = replace(job.record, state=state, message=message, error=error, ended=time.time())
        try:
            job.folder.write(job.record)
            if job.settled is None:
                job.folder.clean(keep_results=False)
        except OSError:
            LOG.exception("the end of a job could not be written down")

    def _start_waiting(self) -> None:
        waiting, startable = self._in_turn()
        for job in waiting[:startable]:
            if len(self.running()) >= self._slots or not self._fits(job):
                break
            try:
                self._start(job)
            except OSError as problem:
                LOG.info("a job could not be started", exc_info=True)
                words = f"The run could not be started ({problem.strerror}). Free some space on the disk and run again."
                self._end(job, "failed", words, JobError.__name__)

    def _fits(self, job: Job) -> bool:
        """Whether there is memory for one more; a job that is alone always runs."""
        wanted = min(self._launch.limits.memory_bytes, memory_wanted(job.folder.input_bytes()))
        return not self.running() or machine.free_memory_bytes() > wanted

    def _start(self, job: Job) -> None:
        if job.child is None or job.child.ended:
            job.child = self._launch.start(job.folder.path, warm=None, ended=self._notice)
        process, record = job.child.process, replace(job.record, state="running", began=time.time())
        record = replace(record, pid=process.pid, process_started=process.started, clock=time.monotonic())
        job.folder.write(record)
        job.record = record
        self._note_turn(record.owner)
        job.folder.hand_over(record.kind, record.request, self._limit(record.kind))
        job.child.wake()

    def _note_turn(self, owner: str | None) -> None:
        """Remember who had a turn, for as long as they wait for another."""
        waits = {job.record.owner for job in self._waiting()}
        self._last_turn = {whose: at for whose, at in self._last_turn.items() if whose in waits}
        if owner is not None:
            self._last_turn[owner] = time.monotonic()

    def _keep_spare(self) -> None:
        """Have processes ready for the jobs that start next: the first of the queue, else one that is still to come."""
        if not self._warm or time.monotonic() < self._no_spare_before:
            return
        waiting, _ = self._in_turn()
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
            now = time.monotonic()
            if record.clock is None or record.clock > now:  # by an older Plumbline, or before the machine was started
                record = replace(record, clock=now)
            job = self.known[folder.path.name] = Job(folder, record)
            if record.state == "running":
                job.child = Child(Process(record.pid or 0, record.process_started or ""))
