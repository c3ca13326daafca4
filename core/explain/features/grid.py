"""An image as a grid of cells: what is weighed in it, each cell by where it stands."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

SIDE = 8
# How many cells a side a map of one image tells apart at most, where the method gives each pixel a value.
FINEST = 64
_NAME = re.compile(r"([a-z ]+) of the image \((row (\d+)) of \d+, (column (\d+)) of \d+\)")
_DOWN, _ACROSS = ("upper", "middle", "lower"), ("left", "middle", "right")


def cell_names(rows: int, columns: int) -> tuple[str, ...]:
    """What the cells are called, row by row from the top left: where each lies in words, then by its numbers."""
    return tuple(
        f"{_where(row, rows, column, columns)} of the image (row {row} of {rows}, column {column} of {columns})"
        for row in range(1, rows + 1)
        for column in range(1, columns + 1)
    )


def _where(row: int, rows: int, column: int, columns: int) -> str:
    """The third of the image that the middle of a cell lies in, down and across."""
    down, across = _DOWN[3 * (2 * row - 1) // (2 * rows)], _ACROSS[3 * (2 * column - 1) // (2 * columns)]
    return down if down == across else f"{down} {across}"


def placed(name: str) -> tuple[str, str]:
    """A cell's name in two short lines: where it lies, and its numbers. Another name whole, and ""."""
    found = _NAME.fullmatch(name)
    return (name, "") if found is None else (found[1], f"{found[2]}, {found[4]}")


def grid_shape(features: tuple[str, ...]) -> tuple[int, int] | None:
    """Rows and columns of the grid whose cells these are; None where they are no such cells."""
    places = [_NAME.fullmatch(name) for name in features]
    if not features or not all(places):
        return None
    last = places[-1]
    assert last is not None
    rows, columns = int(last[3]), int(last[5])
    return (rows, columns) if features == cell_names(rows, columns) else None


def cell_of_pixels(height: int, width: int, most: int = SIDE) -> npt.NDArray[np.int64]:
    """The cell of each pixel, from 0: int64 of shape (height, width). At most `most` a side, as equal as can be."""
    down, across = (np.arange(side) * min(most, side) // side for side in (height, width))
    return np.asarray(down[:, None] * min(most, width) + across[None, :], dtype=np.int64)
