"""The weights of people by group, label and score, beside their counts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.counts.counts import LABELS, Axis, Counts, Groups
from core.counts.rules import Rule, confusion
from core.counts.weights import MILLION
from core.errors import DataError, MergeError
from core.metrics.sampling.kind_sums import KINDS, KindSums, kinds

Ints = npt.NDArray[np.int64]
_LARGEST = 2.0**62


@dataclass(frozen=True, eq=False)
class WeightedCounts:
    """How much the people of each group, label and score bin weigh.

    `w` and `w2` are the sums of weights and of their squares, int64 of shape (groups, 3, bins), in millionths; `unit`
    is what a weight of a million millionths is in the table's own numbers, a power of ten.
    """

    unit: float
    w: Ints
    w2: Ints

    @classmethod
    def empty(cls, groups: Groups, axis: Axis, unit: float) -> WeightedCounts:
        """Nobody weighed yet."""
        shape = (len(groups), LABELS, axis.bins)
        return cls(unit, np.zeros(shape, np.int64), np.zeros(shape, np.int64))

    def __add__(self, other: WeightedCounts) -> WeightedCounts:
        """The people of both. Raises MergeError where the units or the shapes differ."""
        if self.unit != other.unit or self.w.shape != other.w.shape:
            raise MergeError("Two tables of weights in different units cannot be added: audit both in one go.")
        return replace(self, w=self.w + other.w, w2=self.w2 + other.w2)

    def add(self, places: tuple[npt.NDArray[np.integer], ...], weights: Ints) -> None:
        """Add rows at these (cell, label, bin), each of shape (n,), with their weights in millionths.

        Raises DataError where the sums grow beyond what integers hold.
        """
        squares = np.rint(weights.astype(np.float64) ** 2 / MILLION)
        if float(self.w2.sum(dtype=np.float64)) + float(squares.sum()) > _LARGEST:
            raise DataError("The weights are too many and too large to be added up. Audit a part of the rows.")
        np.add.at(self.w, places, weights)
        np.add.at(self.w2, places, squares.astype(np.int64))

    def weighed(self, counts: Counts, rule: Rule, by: tuple[str, ...]) -> KindSums:
        """The people of a table of groups under a rule that draws no lots."""
        totals, squares, rows = (
            np.asarray(kinds(confusion(counts, rule, by, n)), dtype=np.int64) for n in (self.w, self.w2, counts.n)
        )
        return KindSums(totals, squares[:, :, None] * np.eye(KINDS, dtype=np.int64), rows)
