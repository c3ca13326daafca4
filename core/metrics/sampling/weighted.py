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

    @classmethod
    def of(
        cls, groups: Groups, axis: Axis, unit: float, places: tuple[npt.NDArray[np.integer], ...], weights: Ints
    ) -> WeightedCounts:
        """Rows at these (cell, label, bin), each of shape (n,), with their weights in millionths of `unit`.

        Raises DataError where their sums grow beyond what integers hold.
        """
        found, squares = cls.empty(groups, axis, unit), np.rint(weights.astype(np.float64) ** 2 / MILLION)
        _refuse_beyond(float(squares.sum()))
        np.add.at(found.w, places, weights)
        np.add.at(found.w2, places, squares.astype(np.int64))
        return found

    def __add__(self, other: WeightedCounts) -> WeightedCounts:
        """The people of both.

        Raises MergeError where the units or the shapes differ, DataError where sums grow beyond what integers hold.
        """
        if self.unit != other.unit or self.w.shape != other.w.shape:
            raise MergeError("Two tables of weights in different units cannot be added: audit both in one go.")
        _refuse_beyond(float(self.w2.sum(dtype=np.float64)) + float(other.w2.sum(dtype=np.float64)))
        return replace(self, w=self.w + other.w, w2=self.w2 + other.w2)

    def weighed(self, counts: Counts, rule: Rule, by: tuple[str, ...]) -> KindSums:
        """The people of a table of groups under a rule that draws no lots."""
        totals, squares, rows = (
            np.asarray(kinds(confusion(counts, rule, by, n)), dtype=np.int64) for n in (self.w, self.w2, counts.n)
        )
        return KindSums(totals, squares[:, :, None] * np.eye(KINDS, dtype=np.int64), rows)


def _refuse_beyond(total: float) -> None:
    if total > _LARGEST:
        raise DataError("The weights are too many and too large to be added up. Audit a part of the rows.")
