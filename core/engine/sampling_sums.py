"""What is gathered beside the counts where rows weigh differently or repeat a person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.counts.counts import Axis, Counts, Groups, Ints
from core.counts.rules import Rule
from core.data.dataset import Batch
from core.data.sampled_rows import Rows
from core.metrics.sampling.clusters import kind_of
from core.metrics.sampling.person_rows import PersonRows
from core.metrics.sampling.sampled import PLAIN, By, Sampled
from core.metrics.sampling.weighted import WeightedCounts


@dataclass(frozen=True, eq=False)
class Beside:
    """The weights of some rows, or the rows of people who repeat; `+` joins those of other rows in any order.

    Both are None where every row is one person like any other. `tables` are the plan's tables of groups.
    """

    tables: tuple[By, ...] = ()
    weighted: WeightedCounts | None = None
    persons: PersonRows | None = None

    def __add__(self, other: Beside) -> Beside:
        """The rows of both, read by one plan."""
        if self.weighted is not None and other.weighted is not None:
            return Beside(self.tables, weighted=self.weighted + other.weighted)
        if self.persons is not None and other.persons is not None:
            return Beside(self.tables, persons=self.persons + other.persons)
        return self

    def sampled(self, counts: Counts) -> Sampled:
        """What follows beside the `counts` of the same rows."""
        if self.persons is not None:
            return Sampled(clusters=self.persons.clusters(counts, self.tables))
        return PLAIN if self.weighted is None else Sampled(weighted=self.weighted)


@dataclass(frozen=True, eq=False)
class Gathering:
    """How it is gathered: what the plan says of rows, and who of which group and score is selected."""

    rows: Rows
    groups: Groups
    axis: Axis
    rule: Rule
    tables: tuple[By, ...]

    @property
    def nobody(self) -> Beside:
        """Nothing gathered yet."""
        if self.rows.person is not None:
            return Beside(self.tables, persons=PersonRows.none())
        if self.rows.weight is None:
            return Beside()
        return Beside(self.tables, weighted=WeightedCounts.empty(self.groups, self.axis, self.rows.unit))

    def of(
        self,
        batch: Batch,
        cell: npt.NDArray[np.int32],
        labels: npt.NDArray[np.int32],
        scores: npt.NDArray[np.number] | None,
        selected: npt.NDArray[np.integer] | None,
    ) -> Beside:
        """What stands beside the counts of a batch, as `core.counts.counts.tally` counts it."""
        if self.rows.person is None and self.rows.weight is None:
            return Beside()
        bins: Ints = np.zeros(len(cell), dtype=np.int64) if scores is None else self.axis.bin(scores).astype(np.int64)
        if selected is not None:
            bins = bins + selected.astype(np.int64) * (self.axis.bins // 2)
        weights = self.rows.weights(batch)
        if self.rows.person is None:
            places = (cell, labels, bins)
            return Beside(
                self.tables,
                weighted=WeightedCounts.of(self.groups, self.axis, self.rows.unit, places, weights),
            )
        chosen = np.broadcast_to(self.rule.selected, (len(self.groups), self.axis.bins))[cell, bins] == 1
        kind = kind_of(labels, chosen).astype(np.uint8)
        return Beside(self.tables, persons=PersonRows(((self.rows.persons(batch), cell, kind, weights),)))
