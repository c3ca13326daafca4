"""Which of the people one of several jobs explains, side by side with the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.data.dataset import Batch

# People that go together: methods that draw share their draws within such a chunk.
CHUNK_ROWS = 256


@dataclass(frozen=True)
class ExplainedShare:
    """Each `of`-th chunk of the people; all of them by default. The first job (`place` 0) makes the checks besides.

    A batch is cut into chunks from its first person on, as one job cuts it: methods that draw share their draws within
    a chunk, and a model's last bits may hang on how many rows it is given.
    """

    place: int = 0
    of: int = 1

    @classmethod
    def asked(cls, request: Mapping[str, Any]) -> ExplainedShare:
        """The share that a job's request names; everybody where it names none."""
        return cls(**request["share"]) if request.get("share") else cls()

    @property
    def is_everybody(self) -> bool:
        """Whether one job explains all."""
        return self.of == 1

    def chunks(self, batch: Batch, where: slice, before: int) -> Iterator[tuple[Batch, slice]]:
        """The own chunks of a batch that stands at `where` among the people, and where each of them stands.

        `before` is how many chunks earlier batches had. What is left over goes to the last jobs, which make no checks.
        """
        start = where.start
        for number, chunk in enumerate(batch.pieces(CHUNK_ROWS), before):
            if number % self.of == self.of - 1 - self.place:
                yield chunk, slice(start, start + len(chunk))
            start += len(chunk)

    def steps(self, done: int, total: int) -> tuple[int, int]:
        """About how far this job is where it stands at `done` of all `total` steps: together they make all of them."""
        own = total * (self.place + 1) // self.of - total * self.place // self.of
        return own * done // max(1, total), own


def chunks_in(people: int) -> int:
    """How many chunks so many people of one batch make."""
    return -(-people // CHUNK_ROWS)


EVERYBODY = ExplainedShare()
