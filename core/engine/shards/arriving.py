"""A count to which other jobs may help: it goes through the table in order, and takes what they have counted by then.

They begin at the other end, so that all meet: nobody waits, and where nobody helps it counts every row itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.progress import Progress
from core.engine.counted import Counted
from core.engine.counting import Pass
from core.engine.shards.content import counted_from
from core.engine.shards.shard import Shard, shards
from core.engine.shards.total import Summed


@dataclass(frozen=True)
class ArrivingParts:
    """The folder in which the contents of parts may appear while a job counts, and how many rows each part has."""

    folder: Path
    each: int

    def count(self, one: Pass, progress: Progress) -> tuple[Counted, dict[str, Any]]:
        """The sum over all rows, and how the sources were run.

        Raises DataError or ModelError at a row that cannot be counted, or where nobody is left.
        """
        rows = one.dataset.profile.rows
        parts, summed = shards(rows, self.each), Summed(one.nobody)
        for part in parts:
            if self._is_taken(part, one, summed):
                continue
            for batch in one.dataset.batches(one.columns, rows=part.span):
                summed.add(one.count(batch))
                coming = sum(each.rows for each in self._arrived(parts[part.index + 1 :]))
                progress(summed.rows.lines + coming, rows, "rows scored")
        summed.ran(one.source.facts())
        return summed.whole(one), summed.facts

    def _is_taken(self, part: Shard, one: Pass, summed: Summed) -> bool:
        """Whether another job has counted a part, and what it gave could be added."""
        try:
            added, ran = counted_from((self.folder / part.file).read_bytes(), one.nobody, one.dataset)
            if added.lines != part.rows:
                return False
            summed.add(added)
        except Exception:  # it is not there, or damaged in whatever way: then it is counted here
            return False
        summed.ran(ran, ran.pop("known"))
        return True

    def _arrived(self, parts: tuple[Shard, ...]) -> Iterator[Shard]:
        return (part for part in parts if (self.folder / part.file).exists())
