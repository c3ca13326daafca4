"""Engines for tests, which count parts in this process: in any order, twice, or with jobs that die as they are told."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.engine.shards import job
from core.engine.shards.engine import Chunk, ChunkEnded, CountingWork, Delivered, EngineMaker
from core.engine.shards.shard import Shard
from core.errors import JobError
from tests.worlds.people import quiet

# Told of each part before it is delivered: whether it is.
Fate = Callable[[Shard], bool]


@dataclass
class Seen:
    """What an engine was asked, and the bytes of each part that it counted."""

    chunks: list[Chunk] = field(default_factory=list)
    contents: dict[Shard, bytes] = field(default_factory=dict)

    @property
    def asked(self) -> list[int]:
        return [shard.index for chunk in self.chunks for shard in chunk]


class EngineHere:
    """Delivers the parts of all chunks that it holds in an order that is drawn, and some of them again."""

    def __init__(self, work: CountingWork, workers: int, draw: random.Random, seen: Seen, fate: Fate) -> None:
        self.workers = workers
        self._work, self._draw, self._seen, self._fate = work, draw, seen, fate
        self._waiting: list[tuple[Chunk, list[Shard]]] = []

    def submit(self, chunk: Chunk, is_last: bool = False) -> None:
        self._seen.chunks.append(chunk)
        folder = self._work.root / f"counted-{len(self._seen.chunks)}"
        for part in ("in", "out"):
            (folder / part).mkdir(parents=True)
        for name, path in self._work.inputs.items():
            (folder / "in" / name).symlink_to(path)
        job.run(folder, {**self._work.request, "shards": [shard.asked for shard in chunk]}, quiet)
        for shard in chunk:
            self._seen.contents[shard] = (folder / "out" / shard.file).read_bytes()
        self._waiting.append((chunk, list(chunk)))

    def events(self) -> Iterator[Delivered | ChunkEnded]:
        chunk, left = self._draw.choice(self._waiting)
        if not left:
            self._waiting.remove((chunk, left))
            yield ChunkEnded(chunk)
            return
        shard = left.pop(self._draw.randrange(len(left)))
        if not self._fate(shard):
            self._waiting.remove((chunk, left))
            yield ChunkEnded(chunk, JobError("The run crashed."))
            return
        for _ in range(self._draw.choice((1, 2))):
            yield Delivered(shard, self._seen.contents[shard])

    def rows_under_way(self) -> int:
        return 0

    def close(self) -> None:
        pass


def here(workers: int, seed: int = 0, seen: Seen | None = None, fate: Fate = lambda shard: True) -> EngineMaker:
    """Makes such an engine."""
    told = Seen() if seen is None else seen
    return lambda work: EngineHere(work, workers, random.Random(seed), told, fate)


def write_table(folder: Path, content: str) -> Path:
    path = folder / "t.csv"
    path.write_text(content)
    return path
