"""An engine whose workers are a Dask cluster's: it submits chunks as tasks, and hears their parts as events.

No answer of a task is ever fetched: Dask would unpickle it. Events are plain values (msgpack), and the bytes of a part
are checked by the driver as those of any other engine.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from core.engine.shards.engine import Chunk, ChunkEnded, CountingWork, Delivered
from core.engine.shards.partial import MOST_BYTES
from core.engine.shards.shard import Shard
from core.engine.versions import versions
from core.errors import BY_NAME, JobError, ModelError, PlumblineError
from core.jobs.digest import sha256
from core.models.library_errors import first_line

POLL_SECONDS, LOOKS_EVERY, LOST_SECONDS, CLOSING_SECONDS = 0.1, 1.0, 10.0, 15.0
# How long a cluster may be without any worker.
WORKERS_SECONDS = 300.0
_NO_ANSWER = "A worker stopped before it had counted all rows. Run again."
_LONGEST_WORDS = 4000
# How often workers are told of a run, where one dies each time.
_TELLS = 3
# How much of a file is sent at once, so that nobody holds more of it in memory.
_PIECE_BYTES = 8 << 20


@dataclass
class _Sent:
    """A chunk that a worker has, or waits for one, and what was heard of it."""

    chunk: Chunk
    future: Any
    delivered: set[Shard] = field(default_factory=set)
    rows: int = 0
    error: PlumblineError | None = None


class ClusterEngine:
    """A run on the workers of a cluster, from its first chunk to its end."""

    def __init__(
        self,
        work: CountingWork,
        client: Any,
        side_by_side: int | None,
        closing: tuple[Callable[[], object], ...],
        sees_files: bool,
    ) -> None:
        """A run on a client's cluster. `closing` is called at the end.

        Where its workers do not see the files of this machine (`sees_files`), they are sent.
        """
        from core.engine.shards.cluster.worker import CountingPlugin

        self._work, self._client, self._closing = work, client, closing
        self._run = f"plumbline-{uuid.uuid4().hex}"
        self._sees_files = sees_files
        self._digests = {name: sha256(path) for name, path in work.inputs.items()}
        self._meeting: Iterator[None] = iter(())
        self._heard: SimpleQueue[Any] = SimpleQueue()
        self._sent: dict[int, _Sent] = {}
        self._numbers, self._ready = 0, dict[str, int]()
        self._seen_running = self._seen_workers = time.monotonic()
        self._looked = -LOOKS_EVERY
        try:
            client.subscribe_topic(self._run, lambda event: self._heard.put(event[1]))
            self._tell_workers(CountingPlugin(self._run, dict(work.request), work.time_limit, side_by_side))
        except BaseException:
            self.close()
            raise

    @property
    def workers(self) -> int:
        """How many chunks the workers that have the files count at a time."""
        return sum(self._ready.values())

    def submit(self, chunk: Chunk, is_last: bool = False) -> None:
        """Send a chunk to whichever worker is free."""
        from core.engine.shards.cluster.worker import count_chunk

        number, self._numbers = self._numbers, self._numbers + 1
        key = f"{self._run}-{number}"
        future = self._client.submit(count_chunk, self._run, number, chunk, is_last, key=key, pure=False)
        self._sent[number] = _Sent(chunk, future)

    def events(self) -> Iterator[Delivered | ChunkEnded]:
        """What the workers have said since, and which chunks they are done with.

        Raises JobError that names a worker that cannot count, or where the scheduler has gone.
        """
        self._refuse_lost()
        try:
            is_meeting = next(self._meeting, self) is None
        except OSError:  # a connection was lost: whom it concerns is met again, or the scheduler has gone
            is_meeting = False
        if not is_meeting and time.monotonic() > self._looked + LOOKS_EVERY:
            self._meeting = self._meet_workers()
        ended = [number for number, sent in self._sent.items() if sent.future.status != "pending"]
        with suppress(Empty):  # what ended has said all of it before
            heard = self._heard.get(timeout=0 if ended or is_meeting else POLL_SECONDS)
            while True:
                yield from self._understood(heard)
                heard = self._heard.get_nowait()
        for number in ended:
            sent = self._sent.pop(number)
            sent.future.release()
            is_whole = len(sent.delivered) == len(sent.chunk)
            yield ChunkEnded(sent.chunk, None if is_whole else sent.error or JobError(_NO_ANSWER))

    def rows_under_way(self) -> int:
        """What the workers say that they have counted, of parts that they have not delivered yet."""
        return sum(sent.rows for sent in self._sent.values())

    def close(self) -> None:
        """End the jobs on every worker, and whatever was started for this run."""
        futures = [sent.future for sent in self._sent.values()]
        self._sent.clear()
        for end in (
            lambda: self._client.cancel(futures, force=True),
            lambda: self._client.sync(
                self._client._unregister_worker_plugin, name=self._run, callback_timeout=CLOSING_SECONDS
            ),
            *self._closing,
        ):
            with suppress(Exception):  # a scheduler that has gone cannot be told: its workers end by themselves
                end()

    def _tell_workers(self, plugin: Any) -> None:
        """Give the run a place in every worker, also in those that come later. Raises JobError where that cannot be.

        A worker that dies just then makes the scheduler hang up on us: the others are told again.
        """
        for _ in range(_TELLS):
            try:
                self._client.register_plugin(plugin)
                return
            except OSError as error:  # Dask's closed connections and its time-outs are such
                problem = error
        raise JobError(f"The workers of the cluster cannot be reached ({first_line(problem)}). Check them, run again.")

    def _refuse_lost(self) -> None:
        """Raise JobError where the scheduler has gone."""
        now = time.monotonic()
        if self._client.status == "running":
            self._seen_running = now
        elif now > self._seen_running + LOST_SECONDS or self._client.status in ("closed", "closing"):
            raise JobError("The scheduler of the cluster has gone. Start it again, and run again.")

    def _meet_workers(self) -> Iterator[None]:
        """Give the files to workers that have come, a piece at each step."""
        from core.engine.shards.cluster.worker import greet, take_files, take_piece

        self._looked = time.monotonic()
        if self._client.status != "running":
            return
        threads: Mapping[str, int] = self._client.nthreads()
        self._ready = {worker: threads[worker] for worker in self._ready if worker in threads}
        new = [worker for worker in threads if worker not in self._ready]
        come = self._asked(greet, new, self._run, versions()["plumbline"])
        for name, path in self._work.inputs.items():
            if come and not self._sees_files:
                with open(path, "rb") as file:
                    while data := file.read(_PIECE_BYTES):
                        come = self._asked(take_piece, come, self._run, name, file.tell() - len(data), data)
                        yield
        paths = {name: str(path.resolve()) if self._sees_files else None for name, path in self._work.inputs.items()}
        files = {name: (paths[name], digest) for name, digest in self._digests.items()}
        for worker in self._asked(take_files, come, self._run, files):
            self._ready[worker] = threads[worker]
        if self._ready:
            self._seen_workers = time.monotonic()
        elif self._looked > self._seen_workers + WORKERS_SECONDS:
            raise JobError("The cluster has no workers. Start some, and run again.")

    def _asked(self, ask: Callable[..., str | None], workers: list[str], *arguments: Any) -> list[str]:
        """Those workers that answered that all is well. Raises JobError that names one that said what is not."""
        if not workers:
            return []
        answers = self._client.run(ask, *arguments, workers=workers, on_error="return")
        for worker, said in answers.items():
            if isinstance(said, ImportError):
                said = "has no Plumbline, or an older one. Install one version everywhere"
            if not (said is None or isinstance(said, OSError)):  # that one has gone again
                raise JobError(f"The worker at {worker}: {str(said)[:_LONGEST_WORDS]}.")
        return [worker for worker, said in answers.items() if said is None]

    def _understood(self, said: Any) -> Iterator[Delivered]:
        """What a worker said of a chunk, where it makes sense; of one that has ended nothing is wanted any more."""
        if not isinstance(said, dict) or not isinstance(said.get("chunk"), int):
            return
        sent = self._sent.get(said["chunk"])
        if sent is None:
            return
        content, rows = said.get("content"), said.get("rows")
        if isinstance(content, bytes) and len(content) <= MOST_BYTES:
            for shard in sent.chunk:
                if shard.index == said.get("shard"):
                    sent.delivered.add(shard)
                    sent.rows = 0
                    yield Delivered(shard, content)
        elif isinstance(rows, int):
            left = sum(shard.rows for shard in sent.chunk if shard not in sent.delivered)
            sent.rows = max(0, min(rows, left))
        elif "message" in said:
            sent.error = _error(said)


def _error(said: Mapping[str, Any]) -> PlumblineError:
    """What ended a chunk; what ended the job, and not the table or the model, names its worker."""
    kind = BY_NAME.get(str(said.get("kind")), JobError)
    message = " ".join(str(said["message"])[:_LONGEST_WORDS].split())
    if kind is JobError:
        message = f"The worker at {str(said.get('worker'))[:200]}: {message}"
    named = {"snippet": str(said.get("snippet", ""))} if kind is ModelError else {}
    return kind(message, in_plan=str(said.get("in_plan", ""))[:_LONGEST_WORDS], **named)
