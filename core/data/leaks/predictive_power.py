"""How well a column alone, and all of them together, foretell the outcome: cross-validated, on counts.

A column's cells become levels, numbers by their twentieths. In each of five parts of the people a level foretells the
share of good outcomes that it has in the four others, so what is learned by heart foretells nothing. Together, the
levels' log-odds are added up (naive Bayes). Areas under the ROC curve are Mann and Whitney's, ties counted half.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FOLDS = 5
BANDS = 20
_EDGE = 1e-4

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class ColumnLevels:
    """One column of some people: their level, int64, and whether the cell is filled, both of shape (n,)."""

    levels: Ints
    filled: Bools


@dataclass(frozen=True, eq=False)
class Foretells:
    """How well one column foretells the outcome.

    Attributes
    ----------
    auc
        The cross-validated area under the ROC curve.
    odds
        What it adds to each person's log-odds, from the four parts that the person is not in: shape (n,).
    good_filled, good_empty
        The share of good outcomes where the cell is filled, and where it is empty; None where nobody is.
    empty
        The share of empty cells.
    """

    auc: float
    odds: Floats
    good_filled: float | None
    good_empty: float | None
    empty: float


def numbers(cells: Floats) -> ColumnLevels:
    """A column of numbers, NaN where empty, as levels: its bands of equally many, and one for the empty."""
    filled = ~np.isnan(cells)
    if not filled.any():
        return ColumnLevels(np.zeros(len(cells), dtype=np.int64), filled)
    ends = np.unique(np.quantile(cells[filled], np.linspace(0, 1, BANDS + 1)[1:-1]))
    levels = np.searchsorted(ends, np.where(filled, cells, 0.0), side="right") + 1
    return ColumnLevels(np.where(filled, levels, 0).astype(np.int64), filled)


def texts(cells: npt.NDArray[np.object_], empty: Bools) -> ColumnLevels:
    """A column of texts as levels: one a text, and one for the empty."""
    _, levels = np.unique(np.where(empty, "", cells).astype(str), return_inverse=True)
    return ColumnLevels(np.where(empty, 0, levels.ravel() + 1).astype(np.int64), ~empty)


def foretells(cells: ColumnLevels, good: Bools, folds: Ints) -> Foretells:
    """How well a column foretells who has the good outcome; `good` and `folds` (0 to 4) are of shape (n,)."""
    base = float(good.mean())
    n = np.zeros((int(cells.levels.max(initial=0)) + 1, 2, FOLDS), dtype=np.int64)
    np.add.at(n, (cells.levels, good.astype(np.int64), folds), 1)
    rest = n.sum(axis=2, keepdims=True) - n
    # One more person of the usual kind, so that a level of nobody foretells what is usual.
    share = (rest[:, 1] + base) / (rest.sum(axis=1) + 1)
    areas = [area(share[:, fold], n[:, 0, fold], n[:, 1, fold]) for fold in range(FOLDS)]
    known = [found for found in areas if found is not None]
    odds = _log_odds(share) - _log_odds(np.asarray(base))
    filled = cells.filled
    return Foretells(
        float(np.mean(known)) if known else 0.5,
        odds[cells.levels, folds],
        float(good[filled].mean()) if filled.any() else None,
        float(good[~filled].mean()) if not filled.all() else None,
        float(1 - filled.mean()),
    )


def together(columns: Mapping[str, Foretells], good: Bools) -> float:
    """The area under the ROC curve of all columns' log-odds added up; 0.5 of none."""
    if not columns:
        return 0.5
    odds = np.round(np.sum([column.odds for column in columns.values()], axis=0), 9)
    found = area(odds, (~good).astype(np.int64), good.astype(np.int64))
    return 0.5 if found is None else found


def area(score: Floats, other: Ints, good: Ints) -> float | None:
    """The area under the ROC curve of scores that so many people of either outcome have; None where one has nobody."""
    _, place = np.unique(score, return_inverse=True)
    a, b = (np.bincount(place.ravel(), weights=people) for people in (other, good))
    if not a.sum() or not b.sum():
        return None
    return float((b * (np.cumsum(a) - a / 2)).sum() / (a.sum() * b.sum()))


def _log_odds(share: Floats) -> Floats:
    kept = np.clip(share, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(kept / (1 - kept)))
