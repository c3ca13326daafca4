"""Columns of True and False, which a model that computes takes as 1 and 0."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.data.dataset import Batch
from core.data.profile import Column
from core.plan.values import Key, key

_NUMBERS = {"false": 0.0, "true": 1.0}
# Spellings of two words, with and without spaces around them.
_MOST_SPELLINGS = 20


def are_truths(column: Column, missing: frozenset[Key]) -> bool:
    """Whether every filled cell of a column is true or false, whatever its capitals."""
    if column.kind != "text" or column.distinct is None or column.distinct > _MOST_SPELLINGS:
        return False
    filled = {text.strip().casefold() for text, _ in column.values if key(text) not in missing}
    return bool(filled) and filled <= set(_NUMBERS)


def numeric_cells(batch: Batch, column: str) -> npt.NDArray[np.float64]:
    """The cells as numbers, NaN where missing, true as 1 and false as 0: float64 of shape (n,).

    Raises DataError at any other cell, as `Batch.numbers` does.
    """
    if not are_truths(batch.profile.column(column), batch.missing):
        return batch.numbers(column)
    order = list(_NUMBERS)
    places = batch.codes(column, lambda text: _place(text, order))
    return np.array([*_NUMBERS.values(), np.nan])[places]


def _place(text: str, order: list[str]) -> int:
    word = text.strip().casefold()
    return order.index(word) if word in order else len(order)
