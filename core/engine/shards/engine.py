"""Who counts parts and who keeps them, each as small as it can be: a pool of this machine, a cluster, a database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from core.engine.shards.shard import Shard
from core.errors import PlumblineError

# Parts that one job counts one after the other, so that a model is opened once for them.
Chunk: TypeAlias = tuple[Shard, ...]


@dataclass(frozen=True)
class Delivered:
    """What a part gave, as bytes that nobody has checked yet."""

    shard: Shard
    content: bytes


@dataclass(frozen=True)
class ChunkEnded:
    """A chunk is worked on no more; `error` is what ended it before its last part was delivered, None else."""

    chunk: Chunk
    error: PlumblineError | None = None


class Engine(Protocol):
    """Counts chunks, `workers` at a time; called from one thread."""

    @property
    def workers(self) -> int:
        """How many chunks are counted at a time; it may change."""

    def submit(self, chunk: Chunk, is_last: bool = False) -> None:
        """Begin with a chunk; `is_last`: its first part has no try after this one, so that no GPU should spoil it.

        Raises PlumblineError where that cannot be.
        """

    def events(self) -> Iterable[Delivered | ChunkEnded]:
        """What has happened since: nothing, after a moment, where nothing has."""

    def rows_under_way(self) -> int:
        """How many rows were counted of parts that are not delivered yet."""

    def close(self) -> None:
        """End all work, and wait until it has ended."""


@dataclass(frozen=True)
class CountingWork:
    """What an engine is given: a folder of its own, a job's request without its shards, and its inputs by name.

    `time_limit` is in seconds, for one job.
    """

    root: Path
    request: Mapping[str, Any]
    inputs: Mapping[str, Path]
    time_limit: float


EngineMaker: TypeAlias = Callable[[CountingWork], Engine]


class Partials(Protocol):
    """Keeps what parts gave, once each, under the counting's digest: any thread may call it."""

    def kept(self, counting: str) -> Iterator[tuple[int, bytes]]:
        """What is kept of a counting, by the places of its parts, rising."""

    def put_once(self, counting: str, index: int, content: bytes) -> bool:
        """Keep what a part gave; whether it was not kept already, and then stays as it is."""

    def forget(self, counting: str) -> None:
        """Keep no part of a counting any more."""


@dataclass
class PartialsInMemory:
    """Keeps them for as long as this process lives."""

    _contents: dict[str, dict[int, bytes]] = field(default_factory=dict)

    def kept(self, counting: str) -> Iterator[tuple[int, bytes]]:
        """As `Partials.kept`."""
        yield from sorted(self._contents.get(counting, {}).items())

    def put_once(self, counting: str, index: int, content: bytes) -> bool:
        """As `Partials.put_once`."""
        return self._contents.setdefault(counting, {}).setdefault(index, content) is content

    def forget(self, counting: str) -> None:
        """As `Partials.forget`."""
        self._contents.pop(counting, None)
