"""One entry of the queue: what is known of a job while it works; and a process that waits for its first job."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from core.errors import JobError
from core.jobs import exits
from core.jobs.exits import Ending, ending
from core.jobs.folder import Folder, Record
from core.jobs.kinds import publishes
from core.jobs.process import Child
from core.jobs.sandbox import Limits
from core.jobs.sharing.resource_use import OnDisk, on_disk
from core.jobs.sharing.waiting_time import Ahead, JobPace

DISK_SECONDS = 0.5
LONGEST_SECONDS = 366 * 86400.0


@dataclass(eq=False)
class Job:
    """The note about one job; everything that must survive the app stands in `record`, and so on disk.

    `look` and `settle` read and clear the job's folder, which may take a while: they are called by the one thread that
    watches the jobs, without the lock.
    """

    folder: Folder
    record: Record
    child: Child | None = None
    stopped: tuple[str, str] | None = None
    progress: tuple[int, int, str, float | None] = (0, 0, "", None)
    stage_began: tuple[float, int] = (0.0, 0)
    whole_began: tuple[float, float] | None = None
    disk: OnDisk = OnDisk()
    disk_next: float = 0.0
    settled: Ending | None = None
    takes_inputs: bool = True
    _giving: threading.Lock = field(default_factory=threading.Lock)

    def give(self, name: str, content: bytes) -> None:
        """Add an input, whole at once, as long as the job runs. Raises JobError where it does not any more."""
        with self._giving:
            if self.record.state != "running" or not self.takes_inputs:
                raise JobError("The run has ended. Start a new one.")
            try:
                self.folder.give(name, content)
            except OSError as problem:
                raise JobError(f"The run's input {name} could not be written ({problem.strerror}).") from problem

    def close_inputs(self) -> None:
        """Take no more of them: what is put into a folder that is just being cleared would keep it from going."""
        with self._giving:
            self.takes_inputs = False

    def look(self, limits: Limits) -> None:
        """Take over what a running job says of its progress and what it holds; settle it once its process is gone."""
        child, now = self.child, time.monotonic()
        if child is None:
            return
        gone = child.ended
        said = self.folder.progress() or self.progress
        if said[2] != self.progress[2]:
            self.stage_began = (now, said[0])
        if self.whole_began is None and said[3] is not None:
            self.whole_began = (now, said[3])
        self.progress = said
        if gone:
            self._settle(child, limits)
        elif now >= self.disk_next:
            self.disk, self.disk_next = on_disk(child.process, self.folder, exits.MOST_ENTRIES), now + DISK_SECONDS

    def seconds_left(self) -> float | None:
        """Seconds to the end of the present stage at the pace it had so far; None before there is a pace."""
        (done, total, _, _), (began, first) = self.progress, self.stage_began
        if done <= first or total < done:
            return None
        left = (time.monotonic() - began) * (total - done) / (done - first)
        return left if left < LONGEST_SECONDS else None

    def whole_left(self, limit: float) -> tuple[float, float] | None:
        """Seconds to the end of the whole job, from and to, of `limit` in all; None before there is a pace."""
        if self.whole_began is None or self.progress[3] is None or self.progress[3] <= self.whole_began[1]:
            return None
        (began, first), now = self.whole_began, time.monotonic()
        most = max(0.0, limit - (now - (self.record.clock or now)))
        return JobPace(first, self.progress[3], now - began).left(most)

    def ahead(self, limit: float) -> Ahead:
        """What a job that waits for this one can be told: it is stopped after `limit` seconds at the latest."""
        now = time.monotonic()
        at_worst = 0.0, max(0.0, limit - (now - (self.record.clock or now)))
        return Ahead(self.folder.path.name, self.record.kind, *(self.whole_left(limit) or at_worst))

    def _settle(self, child: Child, limits: Limits) -> None:
        self.close_inputs()
        verdict = (*self.stopped, "JobError") if self.stopped else ending(self.folder, child, limits)
        keeps = publishes(self.record.kind) and verdict[1] != exits.DISK_WORDS
        self.folder.clean(keep_results=keeps or verdict[0] == "done")
        self.settled = verdict


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
