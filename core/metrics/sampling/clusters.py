"""People with several rows: what their rows come to, person by person, summed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.counts.counts import FAVOURABLE, UNFAVOURABLE
from core.counts.weights import MILLION, Hashes
from core.errors import MergeError, PlanError
from core.metrics.sampling.kind_sums import KINDS, PATTERNS, KindSums

MOST_GROUPS = 500
Ints = npt.NDArray[np.int64]
# A row's kind, as in `kind_sums.kinds`, by label and decision (refused, selected).
_KIND = np.array([[3, 1], [2, 0], [5, 4]], dtype=np.int64)
assert (UNFAVOURABLE, FAVOURABLE) == (0, 1)


@dataclass(frozen=True, eq=False)
class ClusterSums:
    """The people of one table of groups at the plan's rule; the arrays are those of `KindSums`.

    Adding is exact where no person stands in both tables.
    """

    totals: Ints
    squares: Ints
    rows: Ints
    patterns: Ints
    shared: Ints

    def __add__(self, other: ClusterSums) -> ClusterSums:
        """The people of both. Raises MergeError where the groups differ."""
        if self.totals.shape != other.totals.shape:
            raise MergeError("Two tables of repeated people with different groups cannot be added.")
        added = {name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__}
        return replace(self, **added)

    @classmethod
    def of(
        cls,
        groups: int,
        group: npt.NDArray[np.integer],
        persons: Hashes,
        kind: npt.NDArray[np.integer],
        weights: Ints,
    ) -> ClusterSums:
        """Sum rows person by person, each person's rows in each group together.

        Parameters
        ----------
        groups
            How many groups there are.
        group, persons, kind, weights
            Shape (n,): each row's group, person, kind of `kind_of` and weight in millionths.
        """
        if groups > MOST_GROUPS:
            raise PlanError(
                f"The sensitive columns make {groups:,} groups, too many to follow people with several rows through."
                " Choose fewer sensitive columns, or groups by one column at a time.",
                in_plan="intersections = 1 under [groups]",
            )
        order = np.lexsort((group, persons))
        whose, where = persons[order], group[order]
        starts = np.ones(len(order), dtype=np.bool_)
        starts[1:] = (whose[1:] != whose[:-1]) | (where[1:] != where[:-1])
        cluster = np.cumsum(starts) - 1
        each = np.zeros((int(starts.sum()), KINDS), dtype=np.int64)
        np.add.at(each, (cluster, kind[order]), weights[order])
        place, person = where[starts], whose[starts]
        seen = np.zeros(each.shape, dtype=np.bool_)
        seen[cluster, kind[order]] = True
        totals, rows = np.zeros((groups, KINDS), np.int64), np.zeros((groups, KINDS), np.int64)
        np.add.at(totals, place, each)
        np.add.at(rows, (where, kind[order]), 1)
        squares = np.zeros((groups, KINDS, KINDS), np.int64)
        for i in range(KINDS):
            for j in range(KINDS):
                products = np.rint(each[:, i].astype(np.float64) * each[:, j] / MILLION)
                np.add.at(squares[:, i, j], place, products.astype(np.int64))
        patterns = np.zeros((groups, PATTERNS), np.int64)
        np.add.at(patterns, (place, seen @ (1 << np.arange(KINDS))), 1)
        return cls(totals, squares, rows, patterns, _shared(groups, place, person))

    def weighed(self) -> KindSums:
        """The same people, as rates are computed from them."""
        return KindSums(self.totals, self.squares, self.rows, self.patterns, self.shared)


def kind_of(labels: npt.NDArray[np.integer], selected: npt.NDArray[np.bool_]) -> Ints:
    """The kind of each row, shape (n,), from its label and decision."""
    return np.asarray(_KIND[labels, selected.astype(np.int64)])


def _shared(groups: int, place: npt.NDArray[np.integer], person: Hashes) -> Ints:
    """How many people stand in both of two groups, int64 of shape (groups, groups); `person` is sorted."""
    shared, apart = np.zeros((groups, groups), np.int64), 0
    while apart < len(place):
        same = person[apart:] == person[: len(person) - apart]
        if not same.any():
            break
        one, other = place[apart:][same], place[: len(place) - apart][same]
        np.add.at(shared, (one, other), 1)
        if apart:
            np.add.at(shared, (other, one), 1)
        apart += 1
    return shared
