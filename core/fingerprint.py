"""A number for each row that follows from its cells alone: equal rows are equal, wherever they stand in the table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.data import Batch

_KEY_LENGTH = 16
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)

Hashes = npt.NDArray[np.uint64]


def fingerprints(batch: Batch, columns: tuple[str, ...], seed: int, use: str = "") -> Hashes:
    """A keyed hash of each row's trimmed cells: uint64 of shape (n,), evenly spread.

    Parameters
    ----------
    batch, columns
        The rows, and the columns that count. Their order matters.
    seed, use
        Another seed, or another use, gives numbers that have nothing to do with these.
    """
    from pandas.util import hash_array

    key = f"{seed:x}{use}".ljust(_KEY_LENGTH, "-")[-_KEY_LENGTH:]
    mixed = np.zeros(len(batch), dtype=np.uint64)
    for place, column in enumerate(columns):
        codes, texts = batch.coded(column)
        values = np.asarray([text.strip() for text in texts], dtype=object)
        mixed = _stirred(mixed ^ hash_array(values, hash_key=key, categorize=False)[codes] ^ np.uint64(place))
    return mixed


def _stirred(hashes: Hashes) -> Hashes:
    """One round that spreads every bit over all of them (Fibonacci hashing of the number folded on itself)."""
    hashes = (hashes ^ (hashes >> np.uint64(31))) * _MULTIPLIER
    return np.asarray(hashes ^ (hashes >> np.uint64(29)))
