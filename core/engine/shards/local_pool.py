"""Parts counted on this machine: one sandboxed job for each worker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from core.engine.shards.engine import Chunk, ChunkEnded, CountingWork, Delivered, EngineMaker
from core.engine.shards.partial import MOST_BYTES
from core.engine.shards.shard import Shard
from core.errors import JobError, PlumblineError
from core.jobs import machine
from core.jobs.run_one import ENDING_SECONDS, failure
from core.jobs.supervisor import Supervisor, checked_bytes

POLL_SECONDS = 0.1


def local_pool(workers: int) -> EngineMaker:
    """Makes a pool of so many workers."""
    return lambda work: LocalPool(work, workers)


@dataclass
class _Running:
    """A job that counts a chunk, and which of its parts were delivered."""

    job: str
    chunk: Chunk
    delivered: set[Shard] = field(default_factory=set)


class LocalPool:
    """Jobs of a supervisor of its own, which end with the thread that submits them."""

    def __init__(
        self,
        work: CountingWork,
        workers: int,
        device: str | None = None,
        threads: int | None = None,
        memory_bytes: int | None = None,
    ) -> None:
        """`device` is where the jobs' models run, None for what the setting says.

        `threads` and `memory_bytes` are what each may use, None for its share of the machine. Raises JobError where no
        jobs can be run in the work's folder.
        """
        self.workers, self.root = workers, work.root
        self._work, self._gpu = work, machine.gpu_of(device)
        self._supervisor = Supervisor(
            work.root,
            slots=workers,
            warm=False,
            time_limit=work.time_limit,
            memory_bytes=memory_bytes,
            bound=True,
            threads=threads,
            device=device,
        )
        self._running: list[_Running] = []

    @property
    def is_idle(self) -> bool:
        """Whether no chunk is counted."""
        return not self._running

    def submit(self, chunk: Chunk, is_last: bool = False) -> None:
        """Queue a job for a chunk; the last try of a part is on the CPU: a driver may take a process with it.

        Raises JobError.
        """
        self.begin(chunk, self._gpu if is_last else None)

    def begin(self, chunk: Chunk, died_on: str | None) -> None:
        """Queue a job for a chunk, on the CPU where its earlier ones died on a GPU. Raises JobError."""
        request = {**self._work.request, "shards": [shard.asked for shard in chunk]}
        request |= {} if died_on is None else {"died_on": died_on}
        self._running.append(_Running(self._supervisor.submit("count", request, self._work.inputs), chunk))

    def events(self, seconds: float = POLL_SECONDS) -> Iterator[Delivered | ChunkEnded]:
        """What the jobs have left since, and which of them ended; `seconds` are waited for that."""
        if self._running:
            self._supervisor.wait(self._running[0].job, seconds)
        for each in tuple(self._running):
            status = self._supervisor.status(each.job)  # before its files are looked for: what ended left all of them
            yield from self._left_by(each)
            if status.ended:
                self._running.remove(each)
                yield ChunkEnded(each.chunk, self._why(each))
                self._supervisor.delete(each.job)

    def rows_under_way(self) -> int:
        """What the running jobs say that they have counted, of parts that they have not left yet."""
        return sum(map(self._under_way, self._running))

    def close(self) -> None:
        """End the jobs."""
        for each in self._running:
            self._supervisor.cancel(each.job)
        for each in self._running:
            self._supervisor.wait(each.job, ENDING_SECONDS)
        self._supervisor.close()

    def _left_by(self, each: _Running) -> Iterator[Delivered]:
        out = self._supervisor.published(each.job)
        for shard in each.chunk:
            if out is not None and shard not in each.delivered and (out / shard.file).exists():
                each.delivered.add(shard)
                yield Delivered(shard, checked_bytes(out / shard.file, MOST_BYTES))

    def _why(self, each: _Running) -> PlumblineError | None:
        """Why a job that has ended did not deliver all parts."""
        if len(each.delivered) == len(each.chunk):
            return None
        return failure(self._supervisor, each.job) or JobError("A run ended before it had counted all rows. Run again.")

    def _under_way(self, each: _Running) -> int:
        delivered = sum(shard.rows for shard in each.delivered)
        return max(0, min(self._supervisor.status(each.job).done, sum(s.rows for s in each.chunk)) - delivered)
