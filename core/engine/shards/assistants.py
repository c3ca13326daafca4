"""Jobs that count parts of a table while the app's audit of it runs: on cores that are idle, or on further devices.

The audit's own job counts from the table's beginning, theirs from the end of what each is given. What they have counted
is put among its inputs (`core.engine.shards.arriving`): it needs none of them, and whatever becomes of one changes no
number.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from core.data.profile import Profile
from core.engine.shards.counting_key import CountingKey
from core.engine.shards.device_pools import DevicePools
from core.engine.shards.engine import Chunk, CountingWork, Delivered, Engine
from core.engine.shards.local_pool import LocalPool
from core.engine.shards.partial import Partial
from core.engine.shards.shard import Shard, shard_rows, shards, why_whole
from core.engine.versions import versions
from core.errors import PlumblineError
from core.jobs import machine
from core.jobs.digest import sha256
from core.jobs.queue import memory_wanted
from core.jobs.status import Status
from core.jobs.supervisor import LEAST_MEMORY, Supervisor
from core.jobs.untrusted import erase
from core.plan.plan import Plan

LOG = logging.getLogger(__name__)

# A job that has less than this to do is done before another one has begun.
LONG_SECONDS = 6.0
_LOOKS_EVERY = 0.5


@dataclass(frozen=True)
class _Audit:
    """An audit that others may help: its job, its question and files, and which parts were put among its inputs."""

    job: str
    plan: Plan
    profile: Profile
    inputs: Mapping[str, Path]
    given: set[Shard] = field(default_factory=set)

    @property
    def parts(self) -> tuple[Shard, ...]:
        """The parts of its table."""
        return shards(self.profile.rows, shard_rows(self.plan))

    @property
    def memory_wanted(self) -> int:
        """About how many bytes of memory a job with its inputs takes."""
        return memory_wanted(sum(path.stat().st_size for path in self.inputs.values()))

    @cached_property
    def key(self) -> CountingKey:
        """What its parts are counted for; big files take a while to digest."""
        model, images = (sha256(self.inputs[name]) if name in self.inputs else None for name in ("model", "images"))
        version = versions()["plumbline"]
        return CountingKey.of(self.plan, self.profile.sha256, model, images, version, shard_rows(self.plan))

    def work(self, root: Path, time_limit: float) -> CountingWork:
        """What an engine is given that counts its parts, with a folder of its own."""
        request = {"plan": self.plan.to_toml(), "each": shard_rows(self.plan)}
        return CountingWork(root, request, self.inputs, time_limit)

    def chunks(self, done: int, workers: int) -> Iterator[Chunk]:
        """What so many workers count, where the job has `done` rows: it keeps what comes first, and an equal share."""
        own, left = done - sum(part.rows for part in self.given), [p for p in self.parts if p not in self.given]
        while left and own >= left[0].rows:
            own -= left.pop(0).rows
        free = left[1:]
        if not workers:
            return
        ends = [round(place * len(free) / (workers + 1)) for place in range(1, workers + 2)]
        for begin, end in zip(ends, ends[1:], strict=False):
            if begin < end:
                yield tuple(reversed(free[begin:end]))


class Assistants:
    """Watches over the audits of one app, and has those helped that take long. Any thread may call it."""

    def __init__(self, root: Path, jobs: Supervisor) -> None:
        """For the audits among these jobs; `root` is a folder of its own, of which nothing is kept."""
        self._root, self._jobs = root, jobs
        self._lock, self._closed = threading.Lock(), threading.Event()
        self._at_work: dict[str, int] = {}
        self._threads: list[threading.Thread] = []
        _emptied(root)  # an app that was killed may have left something

    def watch(self, job: str, plan: Plan, profile: Profile, inputs: Mapping[str, Path]) -> None:
        """Have an audit helped once its job runs and turns out to take long; `inputs` are those of its job."""
        audit = _Audit(job, plan, profile, inputs)
        if len(audit.parts) > 1:
            thread = threading.Thread(target=self._watch, args=(audit,), name="plumbline-assistants", daemon=True)
            with self._lock:
                self._threads = [*(each for each in self._threads if each.is_alive()), thread]
                thread.start()

    def close(self) -> None:
        """End all help; the audits go on alone."""
        self._closed.set()
        for thread in self._threads:
            thread.join()

    def _watch(self, audit: _Audit) -> None:
        try:
            if why_whole(audit.plan) is None:
                while (status := self._status(audit, _LOOKS_EVERY)) is not None:
                    if _takes_long(status):
                        self._help(audit, status.done)
        except (PlumblineError, OSError):  # it is deleted, a file has gone, the disk is full: it goes on alone
            LOG.info("an audit is helped no more", exc_info=True)
        except Exception:
            LOG.exception("an audit is helped no more")

    def _status(self, audit: _Audit, seconds: float = 0.0) -> Status | None:
        """Where the audit's job stands after so many seconds; None once it has ended, or no help is wanted any more."""
        status = self._jobs.wait(audit.job, seconds)
        return None if status.ended or self._closed.is_set() else status

    def _help(self, audit: _Audit, done: int) -> None:
        """Count for an audit whose job has done so many rows, as long as that is wanted. Raises PlumblineError."""
        with self._at_work_for(audit) as workers:
            chunks = list(audit.chunks(done, workers))
            if not chunks:
                return
            root = self._root / audit.job
            root.mkdir(parents=True, mode=0o700)
            try:
                engine = self._engine(audit.work(root, self._jobs.time_limit), workers)
                try:
                    self._drive(audit, engine, chunks)
                finally:
                    engine.close()
            finally:
                _emptied(root)

    def _engine(self, work: CountingWork, workers: int) -> Engine:
        """Jobs that count: one for each further GPU, or one on each of so many cores."""
        if machine.uses_gpu():
            return DevicePools(work, machine.asked_devices()[1:])
        memory = min(self._jobs.memory_bytes, machine.free_memory_bytes() // workers)
        return LocalPool(work, workers, threads=1, memory_bytes=memory)

    def _drive(self, audit: _Audit, engine: Engine, chunks: list[Chunk]) -> None:
        """Have an engine count these chunks, which an audit's job would come to last. Raises PlumblineError."""
        for chunk in chunks:
            engine.submit(chunk)
        under_way = len(chunks)
        while under_way and self._are_free() and self._status(audit) is not None:
            for event in engine.events():
                if isinstance(event, Delivered):
                    content = Partial.checked(event.content, event.shard, audit.key).content
                    self._jobs.give(audit.job, event.shard.file, content)
                    audit.given.add(event.shard)
                elif event.error is not None:  # where it is not by chance, the audit's own job comes to it and tells
                    raise event.error
                else:
                    under_way -= 1

    @contextmanager
    def _at_work_for(self, audit: _Audit) -> Iterator[int]:
        """How many jobs can help an audit; they count as at work until the block ends."""
        with self._lock:
            room = max(0, self._room(audit))
            self._at_work[audit.job] = 0 if machine.uses_gpu() else room
        try:
            yield room
        finally:
            with self._lock:
                del self._at_work[audit.job]

    def _room(self, audit: _Audit) -> int:
        """How many more jobs this machine has memory for, and a GPU or a core each.

        The cores of one job are left to whoever comes next, where there are more: who helps need not end for that one.
        """
        memory = min(machine.free_memory_bytes() // audit.memory_wanted, _most_by_memory())
        if machine.uses_gpu():
            return min(len(machine.asked_devices()) - 1, memory)
        idle = self._jobs.idle_cores - sum(self._at_work.values())
        return min(idle - self._jobs.threads if idle > self._jobs.threads else idle, memory)

    def _are_free(self) -> bool:
        """Whether nobody else needs the cores and the memory on which they work."""
        with self._lock:
            at_work = sum(self._at_work.values())
        return (not at_work or self._jobs.idle_cores >= at_work) and machine.free_memory_bytes() > memory_wanted(0)


def _takes_long(status: Status) -> bool:
    left = status.seconds_left if status.what == "rows scored" else None
    return left is not None and left > LONG_SECONDS


def _most_by_memory() -> int:
    """How many jobs fit beside one, as far as a system tells that does not say what is free."""
    return int(0.8 * machine.memory_bytes()) // LEAST_MEMORY - 1


def _emptied(folder: Path) -> None:
    with suppress(FileNotFoundError):
        erase(folder)
