"""The columns of a table as levels, for the people whose outcome is known."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.data.dataset import Batch
from core.data.leaks.predictive_power import Bools, Foretells, Ints, foretells, numbers, texts
from core.data.profile import Profile


def foretold(
    batches: Iterable[tuple[Batch, Bools]], columns: tuple[str, ...], profile: Profile, good: Bools, folds: Ints
) -> dict[str, Foretells]:
    """How well each column foretells the outcome.

    Parameters
    ----------
    batches
        The table's rows, batch by batch, each with which of its rows are asked: bool of its length.
    columns
        Which columns.
    good, folds
        Whether each asked person has the good outcome, and their part, 0 to 4: shape (n,).
    """
    cells: dict[str, list[np.ndarray]] = {name: [] for name in columns}
    empty: dict[str, list[np.ndarray]] = {name: [] for name in columns}
    for batch, asked in batches:
        kept = batch.take(asked)
        for name in columns:
            is_number = profile.column(name).kind == "number"
            cells[name].append(kept.floats(name) if is_number else kept.text(name))
            empty[name].append(kept.is_missing(name))
    found = {}
    for name in columns:
        read, gone = np.concatenate(cells[name]), np.concatenate(empty[name])
        is_number = profile.column(name).kind == "number"
        levels = numbers(np.where(gone, np.nan, read).astype(np.float64)) if is_number else texts(read, gone)
        found[name] = foretells(levels, good, folds)
    return found
