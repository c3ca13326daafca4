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
from pathlib import Path

from core.data.profile import Profile
from core.engine.shards.counting_key import CountingKey
from core.engine.shards.device_pools import DevicePools
from core.engine.shards.engine import Chunk, CountingWork, Delivered, Engine, EngineMaker
from core.engine.shards.local_pool import LocalPool
from core.engine.shards.partial import Partial
from core.engine.shards.shard import Shard, shard_rows, shards, why_whole
from core.engine.versions import versions
from core.errors import PlumblineError
from core.jobs import machine
from core.jobs.digest import sha256
from core.jobs.queue import memory_wanted
from core.jobs.status import Status
from core.jobs.supervisor import Supervisor
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

    def key(self) -> CountingKey:
        """What its parts are counted for."""
        model, images = (sha256(self.inputs[name]) if name in self.inputs else None for name in ("model", "images"))
        version = versions()["plumbline"]
        return CountingKey.of(self.plan, self.profile.sha256, model, images, version, shard_rows(self.plan))

    def chunks(self, done: int, workers: int) -> Iterator[Chunk]:
        """What so many workers count, where the job has `done` rows: it keeps what comes first, and an equal share."""
        own, left = done - sum(part.rows for part in self.given), [p for p in self.parts if p not in self.given]
        while left and own >= left[0].rows:
            own -= left.pop(0).rows
        free = left[1:]
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
                        self._help(audit)
        except PlumblineError:  # it is deleted, a file has gone, the disk is full: the audit goes on alone
            LOG.info("an audit is helped no more", exc_info=True)
        except Exception:
            LOG.exception("an audit is helped no more")

    def _status(self, audit: _Audit, seconds: float = 0.0) -> Status | None:
        """Where the audit's job stands after so many seconds; None once it has ended, or no help is wanted any more."""
        status = self._jobs.wait(audit.job, seconds)
        return None if status.ended or self._closed.is_set() else status

    def _help(self, audit: _Audit) -> None:
        """Count for an audit until it has ended, or others need the cores. Raises PlumblineError."""
        with self._assistants(audit.job, audit.inputs) as make:
            if make is None:
                return
            root, asked = self._root / audit.job, {"plan": audit.plan.to_toml(), "each": shard_rows(audit.plan)}
            root.mkdir(parents=True, mode=0o700)
            try:
                engine = make(CountingWork(root, asked, audit.inputs, self._jobs.time_limit))
                try:
                    self._drive(audit, audit.key(), engine)
                finally:
                    engine.close()
            finally:
                _emptied(root)

    def _drive(self, audit: _Audit, key: CountingKey, engine: Engine) -> None:
        """Have an engine count what the audit's job would come to last. Raises PlumblineError."""
        under_way = 0
        while self._are_free() and (status := self._status(audit)) is not None:
            if not under_way:
                if not _takes_long(status):
                    return
                chunks = list(audit.chunks(status.done, engine.workers))
                if not chunks:
                    return
                for chunk in chunks:
                    engine.submit(chunk)
                under_way = len(chunks)
            for event in engine.events():
                if isinstance(event, Delivered):
                    content = Partial.checked(event.content, event.shard, key).content
                    self._jobs.give(audit.job, event.shard.file, content)
                    audit.given.add(event.shard)
                elif event.error is not None:  # where it is not by chance, the audit's own job comes to it and tells
                    raise event.error
                else:
                    under_way -= 1

    @contextmanager
    def _assistants(self, job: str, inputs: Mapping[str, Path]) -> Iterator[EngineMaker | None]:
        """What makes an engine of all who are free; None where nobody is. They are at work until the block ends."""
        devices = machine.asked_devices()[1:]
        with self._lock:
            self._at_work[job] = workers = 0 if devices or machine.uses_gpu() else max(0, self._room(inputs))
        try:
            if devices:
                yield lambda work: DevicePools(work, devices, beside=1)
            elif workers:
                yield lambda work: LocalPool(work, workers, beside=1)
            else:
                yield None
        finally:
            with self._lock:
                del self._at_work[job]

    def _room(self, inputs: Mapping[str, Path]) -> int:
        """How many more jobs with these inputs this machine has cores and memory for."""
        each = memory_wanted(sum(path.stat().st_size for path in inputs.values()))
        return min(self._jobs.idle_cores - sum(self._at_work.values()), machine.free_memory_bytes() // each)

    def _are_free(self) -> bool:
        """Whether nobody else needs the cores on which they work."""
        with self._lock:
            return self._jobs.idle_cores >= sum(self._at_work.values())


def _takes_long(status: Status) -> bool:
    left = status.seconds_left if status.what == "rows scored" else None
    return left is not None and left > LONG_SECONDS


def _emptied(folder: Path) -> None:
    with suppress(FileNotFoundError):
        erase(folder)
