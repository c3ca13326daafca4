"""Sums of fractions that no order of adding changes: several processes find to the last bit what one finds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.counts.counts import Floats

# A number is cut into multiples of each unit. A multiple of the second is at most 2^33 of it, as is one of the third,
# so that float64 adds up those of 2^20 people without rounding; those of the first below 2^43. One unit alone will not
# do: the square of a slope per dollar is far below 2^-30, that of a steep one far above 1.
UNITS = (2.0**-10, 2.0**-44, 2.0**-78)
PARTS = len(UNITS)
MOST_PEOPLE = 1_000_000


def parted(values: Floats) -> Floats:
    """The multiples of each unit that add up to some numbers, but for what is below 2^-79: shape (3, *values.shape)."""
    parts, rest = np.empty((PARTS, *values.shape)), values
    for part, unit in zip(parts, UNITS, strict=True):
        np.multiply(np.rint(rest / unit), unit, out=part)
        rest = rest - part  # exact: no more than half a unit is left
    return parts


def added_up(values: Sequence[Floats], place: npt.NDArray[np.int64], places: int) -> Floats:
    """The sums of rows that have the same place, in parts.

    Parameters
    ----------
    values
        k tables of n rows, shape (n, features) each.
    place
        The place of each row, shape (n,), below `places`.

    Returns float64 of shape (3, k, places, features).
    """
    parts = parted(np.stack(values))
    total = np.zeros((PARTS, len(values), places, parts.shape[-1]))
    for row in np.ndindex(total.shape[:2]):
        np.add.at(total[row], place, parts[row])
    return total


def whole(parts: Floats) -> Floats:
    """The numbers that parts add up to, rounded once: shape parts.shape[1:]."""
    return np.asarray(parts[0] + (parts[1] + parts[2]))
