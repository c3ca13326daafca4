"""What a model was fed: which column stands at which place, and what stood in it first."""

from __future__ import annotations

from core.data.dataset import Batch
from core.models.inputs.binding import Binding

MOST_CHARACTERS = 100


class Feeding:
    """Remembers the first cells of a run."""

    def __init__(self, binding: Binding) -> None:
        """Watch the columns of this binding, in the order of the model's inputs."""
        self._columns = binding.columns_used
        self._first: list[str] | None = None

    def see(self, batch: Batch) -> None:
        """Take in a batch that was scored; only the first counts."""
        if self._first is None and len(batch):
            one = next(batch.pieces(1))
            self._first = [str(one.text(column)[0])[:MOST_CHARACTERS] for column in self._columns]

    def to_json(self) -> list[dict[str, int | str | None]]:
        """Each place from 1, its column and the first cell that was fed, as plain JSON values."""
        first: list[str | None] = [None] * len(self._columns) if self._first is None else [*self._first]
        return [
            {"position": place, "column": column, "first": cell}
            for place, (column, cell) in enumerate(zip(self._columns, first, strict=True), 1)
        ]
