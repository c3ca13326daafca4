"""What a model was fed: which column stands at which place, and what stood in it first."""

from __future__ import annotations

from dataclasses import dataclass

from core.data.dataset import Batch

MOST_CHARACTERS = 100


@dataclass(frozen=True)
class FirstFed:
    """The first row of some that a model was fed.

    `columns` are in the order of the model's inputs, `cells` what stood in them; `row` is its index in the table.
    """

    columns: tuple[str, ...]
    row: int
    cells: tuple[str, ...]

    @classmethod
    def of(cls, columns: tuple[str, ...], batch: Batch) -> FirstFed:
        """The first row of a batch, which has one."""
        cells = tuple(str(batch.columns[column][0].as_py())[:MOST_CHARACTERS] for column in columns)
        return cls(columns, batch.start, cells)

    def __add__(self, other: FirstFed) -> FirstFed:
        """The earlier of two rows of one table."""
        return min(self, other, key=lambda fed: fed.row)
