"""What runs inside a worker of a cluster: it has sockets, so it opens no upload, and a sandboxed job counts."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from distributed import WorkerPlugin, get_worker

from core.engine.shards.engine import Chunk, CountingWork, Delivered
from core.engine.shards.local_pool import LocalPool
from core.engine.versions import versions
from core.errors import DataError, JobError, ModelError, PlumblineError
from core.jobs.digest import sha256
from core.jobs.scratch import scratch

# How long a worker that has come later waits for the files, and one that leaves for its jobs' end.
FILES_SECONDS, ENDING_SECONDS = 600.0, 10.0
_TELLS_EVERY = 0.5

# What a worker says of a chunk: plain values, which the other side checks.
Say = Callable[[dict[str, Any]], None]


class CountingPlugin(WorkerPlugin):  # type: ignore[misc]  # it carries no types
    """A run's place in a worker: its files, and the chunks that are counted there, which end with the run.

    Dask calls `transition` and `teardown`: when a chunk is cancelled, the driver or the scheduler has gone, or the run
    has ended.
    """

    def __init__(self, run: str, request: Mapping[str, Any], time_limit: float, side_by_side: int | None) -> None:
        """For the jobs of a run; `side_by_side` jobs share this machine, None for as many as the worker has threads."""
        self.name, self._request, self._time_limit, self._side_by_side = run, request, time_limit, side_by_side
        self.lacks: str | None = None

    def setup(self, worker: Any) -> None:
        """Make a folder that this user alone may read."""
        self._stack = ExitStack()
        self._files: dict[str, Path] = {}
        self._ready = threading.Event()
        self._stops: dict[str, threading.Event] = {}
        self._side_by_side = self._side_by_side or worker.state.nthreads
        try:
            self._root = self._stack.enter_context(scratch())
        except PlumblineError as error:  # raised here, it would name no worker
            self.lacks = error.message.rstrip(".")

    async def teardown(self, worker: Any) -> None:
        """End the jobs, and leave nothing behind."""
        for stop in tuple(self._stops.values()):
            stop.set()
        until = time.monotonic() + ENDING_SECONDS
        while self._stops and time.monotonic() < until:
            await asyncio.sleep(0.05)
        self._stack.close()

    def transition(self, key: str, start: str, finish: str, **more: Any) -> None:
        """Hear that a chunk is no longer wanted."""
        if start in ("executing", "long-running") and key in self._stops:
            self._stops[key].set()

    def take_piece(self, name: str, at: int, data: bytes) -> None:
        """Take the bytes of a file from one place on. Raises OSError where the disk is full."""
        path = self._root / name
        with open(path, "r+b" if path.exists() else "wb") as file:
            file.seek(at)
            file.write(data)

    def take(self, files: Mapping[str, tuple[str | None, str]]) -> str | None:
        """Take the files by their SHA-256, from their paths on this machine, or as their pieces came.

        What is wrong with them, if anything is.
        """
        for name, (path, digest) in files.items():
            file = self._root / name if path is None else Path(path)
            try:
                if sha256(file) != digest:
                    return f"{name} is another file there"
            except OSError as error:
                return f"{name} cannot be read there ({error.strerror})"
            self._files[name] = file
        self._ready.set()
        return None

    def count(self, key: str, chunk: Chunk, is_last: bool, say: Say) -> None:
        """Count a chunk and say what each of its parts gave; whatever goes wrong is said too."""
        stop = self._stops[key] = threading.Event()
        try:
            with _place() as root:
                self._count(root, chunk, is_last, say, stop)
        except PlumblineError as error:
            say(_said_of(error))
        except OSError as error:
            say(_said_of(JobError(f"its disk cannot be written ({error.strerror}). Free some space, and run again.")))
        finally:
            del self._stops[key]

    def _count(self, root: Path, chunk: Chunk, is_last: bool, say: Say, stop: threading.Event) -> None:
        self._wait_for_files(stop)
        pool = LocalPool(CountingWork(root, self._request, self._files, self._time_limit), self._side_by_side or 1)
        try:
            pool.submit(chunk, is_last)
            told = time.monotonic()
            while not stop.is_set():
                for event in pool.events():
                    if isinstance(event, Delivered):
                        say({"shard": event.shard.index, "content": event.content})
                    else:
                        if event.error is not None:
                            say(_said_of(event.error))
                        return
                if time.monotonic() > told + _TELLS_EVERY:
                    told = time.monotonic()
                    say({"rows": pool.rows_under_way()})
        finally:
            pool.close()

    def _wait_for_files(self, stop: threading.Event) -> None:
        until = time.monotonic() + FILES_SECONDS
        while not self._ready.wait(0.1) and not stop.is_set():
            if time.monotonic() > until:
                raise JobError("The table and the model did not arrive. Check the network and run again.")


def count_chunk(run: str, number: int, chunk: Chunk, is_last: bool) -> None:
    """The task: count a chunk, whose parts go back as events of the run, and never as what the task gives."""
    worker = get_worker()
    key = worker.get_current_task()

    def say(message: dict[str, Any]) -> None:
        worker.log_event(run, {"chunk": number, "worker": worker.address, **message})

    worker.plugins[run].count(key, chunk, is_last, say)


@contextmanager
def _place() -> Iterator[Path]:
    """A folder for a chunk. Raises JobError where there is none: it is the worker's fault, and not the table's."""
    with ExitStack() as stack:
        try:
            root = stack.enter_context(scratch())
        except DataError as error:
            raise JobError(error.message) from None
        yield root


def greet(run: str, version: str, dask_worker: Any) -> str | None:
    """Why a worker cannot count for this version of Plumbline; None where it can."""
    if (here := versions()["plumbline"]) != version:
        return f"has Plumbline {here}, and this is {version}. Install one version everywhere"
    lacks: str | None = dask_worker.plugins[run].lacks
    return lacks


def take_piece(run: str, name: str, at: int, data: bytes, dask_worker: Any) -> str | None:
    """Have a worker take a piece of one of a run's files; what is wrong there, if anything is."""
    try:
        dask_worker.plugins[run].take_piece(name, at, data)
    except OSError as error:
        return f"{name} could not be kept there ({error.strerror}). Free some space, and run again"
    return None


def take_files(run: str, files: Mapping[str, tuple[str | None, str]], dask_worker: Any) -> str | None:
    """Have a worker take a run's files; what is wrong there, if anything is."""
    taken: str | None = dask_worker.plugins[run].take(files)
    return taken


def _said_of(error: PlumblineError) -> dict[str, Any]:
    snippet = {"snippet": error.snippet} if isinstance(error, ModelError) else {}
    return {"kind": type(error).__name__, "message": error.message, "in_plan": error.in_plan, **snippet}
