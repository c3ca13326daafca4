"""The one who hands parts out and takes in what they gave, each once: what fails goes out again, a few times."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

from core.data.profile import Profile
from core.data.progress import Tell
from core.engine.shards.counting_key import CountingKey
from core.engine.shards.engine import Chunk, ChunkEnded, Delivered, Engine, Partials
from core.engine.shards.partial import Partial
from core.engine.shards.shard import Shard
from core.errors import JobError, PlumblineError
from core.jobs.exits import time_words

# How often a part is tried, and how many parts may fail before all work ends.
MOST_TRIES, MOST_FAILED = 3, 3

# A job that needs less than this to its end is left alone: another one's start takes nearly as long.
TAKEN_OVER_SECONDS = 3.0


@dataclass(frozen=True, eq=False)
class _UnderWay:
    """A chunk that a worker has, and since when, by the monotonic clock."""

    chunk: Chunk
    since: float


@dataclass
class Driver:
    """Counts what is missing of a table's parts.

    Attributes
    ----------
    shards, key, profile
        The parts, what they are counted for, and the table.
    partials
        Where what they give is kept.
    seconds
        How long it may take.
    tell
        What hears how many rows are counted.
    stopped
        Set by whoever wants no more.
    """

    shards: Sequence[Shard]
    key: CountingKey
    profile: Profile
    partials: Partials
    seconds: float
    tell: Tell | None = None
    stopped: threading.Event = field(default_factory=threading.Event)
    _missing: list[Shard] = field(default_factory=list)
    _alone: list[Shard] = field(default_factory=list)
    _here: set[Shard] = field(default_factory=set)
    _under_way: list[_UnderWay] = field(default_factory=list)
    _tries: Counter[Shard] = field(default_factory=Counter)
    _failed: dict[Shard, PlumblineError] = field(default_factory=dict)
    _said: int = -1

    def kept(self) -> int:
        """How many parts were kept by an earlier run of the same counting; after it only the others are missing."""
        try:
            for index, written in self.partials.kept(self.key.digest):
                self._here.add(Partial.checked(written, self.shards[index], self.key).shard)
        except (JobError, IndexError):  # what is kept was changed: nothing of it is believed
            self.partials.forget(self.key.digest)
            self._here.clear()
        self._missing = [shard for shard in self.shards if shard not in self._here]
        return len(self._here)

    def count(self, engine: Engine) -> None:
        """Have the missing parts counted and kept. Raises PlumblineError where that cannot be."""
        until = time.monotonic() + self.seconds
        while len(self._here) + len(self._failed) < len(self.shards) and not self.stopped.is_set():
            while len(self._under_way) < engine.workers and (chunk := self._next(engine.workers)):
                engine.submit(chunk, self._tries[chunk[0]] == MOST_TRIES - 1)
                self._under_way.append(_UnderWay(chunk, time.monotonic()))
            for event in engine.events():
                if isinstance(event, Delivered):
                    self._take_in(event)
                else:
                    self._ended(event)
            self._say(engine)
            if time.monotonic() > until:
                raise JobError(time_words(self.seconds))
        if self._failed:
            raise self._failure()

    def _next(self, workers: int) -> Chunk:
        """What a free worker gets: its share of what nobody has, else half of what the slowest still has to do."""
        if self._alone:
            return (self._alone.pop(),)
        if not self._missing:
            return self._taken_over()
        share = ceil(len(self._missing) / (workers - len(self._under_way)))
        chunk, self._missing = tuple(self._missing[:share]), self._missing[share:]
        return chunk

    def _taken_over(self) -> Chunk:
        """The later half of the parts that one worker alone has, where it needs long for them; else nothing.

        That worker may come to them all the same: whichever of two copies arrives first is kept. A part at which a job
        died is no other's to take over: it would only die sooner.
        """
        had = Counter(shard for each in self._under_way for shard in each.chunk)
        now, longest, taken = time.monotonic(), TAKEN_OVER_SECONDS, Chunk()
        for each in self._under_way:
            own = (shard for shard in each.chunk if had[shard] == 1 and not self._tries[shard])
            left = [shard for shard in own if shard not in self._here]
            done = sum(shard in self._here for shard in each.chunk)
            seconds = (now - each.since) * len(left) / max(1, done)
            if len(left) > 1 and seconds > longest:
                longest, taken = seconds, tuple(left[len(left) // 2 :])
        return taken

    def _take_in(self, event: Delivered) -> None:
        """Keep what a part gave. Raises JobError where it is not what was asked for."""
        partial = Partial.checked(event.content, event.shard, self.key)
        self.partials.put_once(self.key.digest, event.shard.index, partial.to_bytes())
        self._here.add(event.shard)
        self._failed.pop(event.shard, None)

    def _ended(self, event: ChunkEnded) -> None:
        """Let the parts that an ended chunk did not deliver go out again.

        A part at which one job died after the other is given up, and the others are counted. What a table, a model or a
        plan are refused for would come again: it ends the whole. Raises PlumblineError.
        """
        self._under_way.remove(next(each for each in self._under_way if each.chunk == event.chunk))
        if event.error is None:
            return
        if type(event.error) is not JobError:
            raise event.error
        left = [shard for shard in event.chunk if shard not in self._here]
        if not left:  # another worker has taken over what it had not come to
            return
        self._tries[left[0]] += 1
        had = {shard for each in self._under_way for shard in each.chunk}
        again = [shard for shard in left if shard not in had]
        if self._tries[left[0]] >= MOST_TRIES:
            self._failed[left[0]] = event.error
            if len(self._failed) == MOST_FAILED:  # no few rows are the cause
                raise self._failure()
        elif left[0] in again:
            self._alone.append(left[0])
        self._missing = sorted([*self._missing, *(set(again) - {left[0]})], key=lambda shard: shard.index)

    def _say(self, engine: Engine) -> None:
        if self.tell is not None:
            done = min(sum(shard.rows for shard in self._here) + engine.rows_under_way(), self.profile.rows)
            if done > self._said:
                self.tell(done, self.profile.rows, "rows scored")
            self._said = max(done, self._said)

    def _failure(self) -> JobError:
        """What to say where parts were given up."""
        shard, error = min(self._failed.items(), key=lambda failed: failed[0].index)
        first, last = (self.profile.file_row(at) for at in (shard.first, shard.span[-1]))
        more = f" So did {len(self._failed) - 1} more parts." if len(self._failed) > 1 else ""
        return JobError(
            f"{self.profile.name}, rows {first:,} to {last:,}: counting failed {MOST_TRIES} times.{more}"
            f" {len(self._here)} of {len(self.shards)} parts are counted. {error.message}"
        )
