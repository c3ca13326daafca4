"""The split of a table as one more axis of its groups: one count of everybody, and the counts of each split."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.counts.counts import LABELS, SUMS, Counts, Groups


def split_groups(groups: Groups, splits: tuple[str, ...]) -> Groups:
    """A cell for each split and group, the cells of the first split first."""
    cells = tuple((split, *cell) for split in range(len(splits)) for cell in groups.cells)
    return Groups(("split", *groups.attributes), (splits, *groups.values), cells)


def split_cells(
    groups: Groups, split: npt.NDArray[np.integer], cells: npt.NDArray[np.integer]
) -> npt.NDArray[np.int64]:
    """The cell of `split_groups` for each one's split and group, shape (n,)."""
    return split.astype(np.int64) * len(groups) + cells


def by_split(counts: Counts, groups: Groups) -> tuple[Counts, ...]:
    """The counts of each split, from those by `split_groups`."""
    n = counts.n.reshape(-1, len(groups), LABELS, counts.axis.bins)
    sums = counts.sums.reshape(SUMS, -1, len(groups), LABELS)
    return tuple(Counts(groups, counts.axis, people, sums[:, split]) for split, people in enumerate(n))
