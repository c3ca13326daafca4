"""How strongly each column tells the sensitive ones: a model can treat groups differently without ever seeing them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from core.data.dataset import Batch
from core.data.profile import Column

# A medium and a small association (Cohen 1988).
PROXY_AT, SOMEWHAT_AT = 0.3, 0.1
CUTS = 10


def telling(codes: npt.NDArray[np.integer], groups: npt.NDArray[np.integer]) -> float:
    """Cramér's V with Bergsma's correction (Bergsma 2013): from 0, says nothing, to 1, tells the group exactly.

    Parameters
    ----------
    codes, groups
        Each person's value and group, as small integers from 0, shape (n,).
    """
    _, rows = np.unique(codes, return_inverse=True)
    _, columns = np.unique(groups, return_inverse=True)
    r, k, n = int(rows.max()) + 1, int(columns.max()) + 1, len(rows)
    if r < 2 or k < 2 or n < 2:
        return 0.0
    table = np.bincount(rows * k + columns, minlength=r * k).reshape(r, k).astype(np.float64)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / n
    squared = float(((table - expected) ** 2 / expected).sum()) / n
    corrected = max(0.0, squared - (k - 1) * (r - 1) / (n - 1))
    narrower = min(k - (k - 1) ** 2 / (n - 1), r - (r - 1) ** 2 / (n - 1))
    return float(min(1.0, np.sqrt(corrected / (narrower - 1)))) if narrower > 1 else 0.0


def values_of(column: Column) -> Callable[[Batch], npt.NDArray[np.float64]]:
    """What tells of a column, as numbers: its own where it holds numbers, else a code for each text."""
    if column.kind == "number":
        return lambda batch: batch.floats(column.name)
    places: dict[str, int] = {}
    return lambda batch: batch.codes(column.name, lambda text: places.setdefault(text.strip(), len(places))).astype(
        np.float64
    )


def coded(values: npt.NDArray[np.float64], is_number: bool) -> npt.NDArray[np.int64]:
    """Codes from 0: numbers of more than `CUTS` values by their tenths, missing ones apart; texts as they are."""
    if not is_number or len(np.unique(values)) <= CUTS:
        return np.asarray(np.unique(values, return_inverse=True)[1], dtype=np.int64)
    cuts = np.unique(np.nanquantile(values, np.linspace(0, 1, CUTS + 1)[1:-1]))
    return np.where(np.isnan(values), len(cuts) + 1, np.searchsorted(cuts, values, side="right")).astype(np.int64)
