"""A number for each row that follows from its cells, and from how many rows like it stand before it.

Equal rows are interchangeable, so the order of rows does not matter; but they are as many people as there are rows.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

from core.counts.weights import Hashes
from core.data.dataset import Batch, Dataset

_KEY_BYTES = 8
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_LOTS = np.uint64(0x6C6F7473)
_FRACTION_BITS = np.uint64(11)


def row_hashes(dataset: Dataset, columns: tuple[str, ...], seed: int) -> Hashes:
    """A hash of every row of a table, no two alike: uint64 of shape (rows,); see `fingerprints` and `numbered`."""
    return numbered(contents(dataset, columns, seed))


def contents(dataset: Dataset, columns: tuple[str, ...], seed: int) -> Hashes:
    """A hash of every row's cells, the same for equal rows: uint64 of shape (rows,)."""
    found = [fingerprints(batch, columns, seed) for batch in dataset.batches(columns)]
    return np.concatenate(found) if found else np.zeros(0, dtype=np.uint64)


def numbered(hashes: Hashes) -> Hashes:
    """Equal hashes told apart by their count of appearance; the first of each stays as it is.

    In another order of the rows the same numbers come out, only other ones of the equal rows have them.
    """
    order = np.argsort(hashes, kind="stable")
    repeats = np.flatnonzero(hashes[order][1:] == hashes[order][:-1]) + 1
    if not len(repeats):
        return hashes
    starts = np.ones(len(hashes), dtype=np.bool_)
    starts[repeats] = False
    places = np.arange(len(hashes))
    appearance = np.empty(len(hashes), dtype=np.uint64)
    appearance[order] = places - np.maximum.accumulate(np.where(starts, places, 0))
    return np.where(appearance == 0, hashes, _stirred(hashes ^ _stirred(appearance)))


def fingerprints(batch: Batch, columns: tuple[str, ...], seed: int) -> Hashes:
    """A keyed hash of each row's trimmed cells: uint64 of shape (n,), evenly spread.

    Parameters
    ----------
    batch, columns
        The rows, and the columns that count, in this order.
    seed
        Under another seed the numbers have nothing to do with these.
    """
    from pandas.util import hash_array

    key = hashlib.blake2b(str(seed).encode(), digest_size=_KEY_BYTES).hexdigest()
    mixed = np.zeros(len(batch), dtype=np.uint64)
    for column in columns:
        codes, texts = _texts(batch, column)
        mixed = _stirred(mixed ^ hash_array(texts, hash_key=key, categorize=False)[codes])
    return mixed


def draws(hashes: Hashes) -> npt.NDArray[np.float64]:
    """A number in [0, 1) from each row's hash, for a rule that draws lots; it says nothing of the row's part."""
    return np.asarray((_stirred(hashes ^ _LOTS) >> _FRACTION_BITS) * 2.0**-53, dtype=np.float64)


def _texts(batch: Batch, column: str) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.object_]]:
    """The column as codes, shape (n,), and the trimmed texts that they stand for."""
    places: dict[str, int] = {}
    codes = batch.codes(column, lambda text: places.setdefault(text.strip(), len(places)))
    return codes, np.asarray(list(places), dtype=object)


def _stirred(hashes: Hashes) -> Hashes:
    """Every bit spread over all of them: the finisher of MurmurHash3, with the golden ratio in place of one factor."""
    hashes = (hashes ^ (hashes >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    hashes = (hashes ^ (hashes >> np.uint64(33))) * _MULTIPLIER
    return np.asarray(hashes ^ (hashes >> np.uint64(33)))
