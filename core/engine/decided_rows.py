"""Who was counted in a pass and how each was decided about, row by row: by it two passes over one table are paired."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from core.counts.counts import Groups, Ints
from core.errors import DataError
from core.metrics.joint import JointCounts, joint_tally


@dataclass(eq=False)
class DecidedRows:
    """The rows that a pass counts, as it comes to them; nothing of it leaves the job.

    Each list has an array a batch, of shape (n,): `rows` the places in the table, `cells` and `labels` of each one's
    group and outcome, `selected` 0 or 1, `times` how many people a row stands for, 1 each where nothing says so.
    """

    rows: list[Ints] = field(default_factory=list)
    cells: list[npt.NDArray[np.int32]] = field(default_factory=list)
    labels: list[npt.NDArray[np.int8]] = field(default_factory=list)
    selected: list[npt.NDArray[np.bool_]] = field(default_factory=list)
    times: list[Ints] = field(default_factory=list)

    def add(
        self,
        rows: Ints,
        cells: npt.NDArray[np.integer],
        labels: npt.NDArray[np.integer],
        selected: npt.NDArray[np.bool_],
        times: Ints | None,
    ) -> None:
        """Take in the counted rows of a batch."""
        self.rows.append(rows)
        self.cells.append(cells.astype(np.int32, copy=False))
        self.labels.append(labels.astype(np.int8, copy=False))
        self.selected.append(selected)
        self.times.append(np.ones(len(rows), dtype=np.int64) if times is None else times)

    def joint(self, groups: Groups, after: DecidedRows) -> JointCounts:
        """How many people of each cell and outcome both passes select, this one before and that one after.

        Raises DataError where they did not count the same rows.
        """
        rows = np.concatenate(self.rows)
        if not np.array_equal(rows, np.concatenate(after.rows)):
            raise DataError(
                "The two decisions are not about the same rows: one of them cannot use some images. Compare the two"
                " records with plumbline compare instead."
            )
        before, later = (np.concatenate(each).astype(np.int64) for each in (self.selected, after.selected))
        cells, labels, times = np.concatenate(self.cells), np.concatenate(self.labels), np.concatenate(self.times)
        return joint_tally(groups, cells, labels, before, later, times)
