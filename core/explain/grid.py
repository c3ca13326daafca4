"""An image as a grid of cells: what is weighed in it, each cell by where it stands."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

SIDE = 8
_NAME = re.compile(r"image row (\d+), column (\d+)")


def cell_names(rows: int, columns: int) -> tuple[str, ...]:
    """What the cells are called, row by row from the top left."""
    return tuple(f"image row {row}, column {column}" for row in range(1, rows + 1) for column in range(1, columns + 1))


def grid_shape(features: tuple[str, ...]) -> tuple[int, int] | None:
    """Rows and columns of the grid whose cells these are; None where they are no such cells."""
    places = [_NAME.fullmatch(name) for name in features]
    if not features or not all(places):
        return None
    last = places[-1]
    assert last is not None
    rows, columns = int(last[1]), int(last[2])
    return (rows, columns) if features == cell_names(rows, columns) else None


def cell_of_pixels(height: int, width: int) -> npt.NDArray[np.int64]:
    """The cell of each pixel, from 0: int64 of shape (height, width). At most SIDE cells a side, as equal as can be."""
    down, across = (np.arange(side) * min(SIDE, side) // side for side in (height, width))
    return np.asarray(down[:, None] * min(SIDE, width) + across[None, :], dtype=np.int64)
