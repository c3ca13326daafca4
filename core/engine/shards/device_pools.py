"""Parts counted on several devices of this machine: one sandboxed job for each, which knows its own device alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace

from core.engine.shards.engine import Chunk, ChunkEnded, CountingWork, Delivered, EngineMaker
from core.engine.shards.local_pool import POLL_SECONDS, LocalPool
from core.engine.shards.shard import Shard


def device_pools(devices: Sequence[str]) -> EngineMaker:
    """Makes an engine of one worker for each device."""
    return lambda work: DevicePools(work, devices)


class DevicePools:
    """A pool of one worker for each device; they share the cores and the memory of the machine.

    The last try of a part is on the CPU, and says on which device a job died at it.
    """

    def __init__(self, work: CountingWork, devices: Sequence[str]) -> None:
        """Raises JobError where no jobs can be run in the work's folder."""
        self.workers, self._devices = len(devices), devices
        self._pools: list[LocalPool] = []
        self._here, self._died_on = set[Shard](), dict[Shard, str]()
        with ExitStack() as unless_all:
            for place, device in enumerate(devices):
                own = replace(work, root=work.root / f"device-{place}")
                self._pools.append(LocalPool(own, self.workers, device))
                unless_all.callback(self._pools[-1].close)
            self._ends = unless_all.pop_all()

    def submit(self, chunk: Chunk, is_last: bool = False) -> None:
        """Have a device that is free begin with a chunk. Raises JobError."""
        died_on = self._died_on.get(chunk[0]) if is_last else None
        next(pool for pool in self._pools if pool.is_idle).begin(chunk, None if died_on == "cpu" else died_on)

    def events(self) -> Iterator[Delivered | ChunkEnded]:
        """What the jobs have left since, and which of them ended."""
        for pool, device in zip(self._pools, self._devices, strict=True):
            for event in pool.events(POLL_SECONDS / self.workers):
                if isinstance(event, Delivered):
                    self._here.add(event.shard)
                elif event.error is not None and (left := [each for each in event.chunk if each not in self._here]):
                    self._died_on[left[0]] = device  # nothing is left where another has taken over
                yield event

    def rows_under_way(self) -> int:
        """What the running jobs say that they have counted, of parts that they have not left yet."""
        return sum(pool.rows_under_way() for pool in self._pools)

    def close(self) -> None:
        """End the jobs of all devices."""
        self._ends.close()
