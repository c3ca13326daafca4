"""The table of integers that every measure, interval and verdict is computed from (design.md 1).

A row of the file adds one to a cell of `Counts.n` and its score to a few exact sums; nothing else of it is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from core.counts.axis import Axis as Axis
from core.errors import DataError, MergeError

UNFAVOURABLE, FAVOURABLE, UNKNOWN = 0, 1, 2
LABELS = 3
SUMS = 2
SUM_UNIT = 2.0**30
MOST_DISTINCT = 1_001
_BLOCK = 1 << 16

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Number = TypeVar("Number", bound=np.number)


class GroupName(dict[str, str]):
    """The value of each attribute that makes a group, and all values of each: what tells it from its neighbours.

    Equal to the plain dict and written as it, so that documents hold nothing else. `dataclasses.asdict` makes one anew
    from its items alone.
    """

    def __init__(
        self,
        values: Mapping[str, str] | Iterable[tuple[str, str]],
        among: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        super().__init__(values)
        self.among = among or {}


@dataclass(frozen=True)
class Groups:
    """The sensitive attributes and the combinations of their values that have a cell.

    `attributes` are column names, `values[a]` the names of attribute a's values in the order they are shown, and
    `cells[g, a]` the position of cell g's value: int32 of shape (groups, attributes).
    """

    attributes: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    cells: tuple[tuple[int, ...], ...]

    @classmethod
    def product(cls, attributes: tuple[str, ...], values: tuple[tuple[str, ...], ...]) -> Groups:
        """A cell for every combination."""
        return cls(attributes, values, tuple(np.ndindex(*map(len, values))))

    def __len__(self) -> int:
        """Number of cells."""
        return len(self.cells)

    @cached_property
    def cell_array(self) -> npt.NDArray[np.int32]:
        """The cells as int32 of shape (groups, attributes)."""
        return np.asarray(self.cells, dtype=np.int32).reshape(len(self.cells), len(self.attributes))

    @cached_property
    def lookup(self) -> npt.NDArray[np.int32]:
        """From the mixed-radix number of a combination to its cell; -1 where it has none."""
        sizes = tuple(map(len, self.values))
        table = np.full(int(np.prod(sizes)), -1, dtype=np.int32)
        table[np.ravel_multi_index(tuple(self.cell_array.T), sizes)] = np.arange(len(self.cells), dtype=np.int32)
        return table

    def number(self, codes: list[npt.NDArray[np.int32]]) -> npt.NDArray[np.int32]:
        """The cell of each row from its value codes, one array of shape (n,) an attribute."""
        combined = codes[0].astype(np.int32, copy=True)
        for values, code in zip(self.values[1:], codes[1:], strict=True):
            combined *= np.int32(len(values))
            combined += code
        return np.asarray(self.lookup[combined], dtype=np.int32)

    def names(self, cell: int) -> dict[str, str]:
        """The value of each attribute in this cell, as a `GroupName`."""
        values = {a: self.values[i][self.cells[cell][i]] for i, a in enumerate(self.attributes)}
        return GroupName(values, dict(zip(self.attributes, self.values, strict=True)))


@dataclass(frozen=True, eq=False)
class Counts:
    """How many people each group, label and score bin holds.

    Attributes
    ----------
    n
        int64 of shape (groups, 3, bins): people; labels in the order unfavourable, favourable, unknown.
    sums
        int64 of shape (2, groups, 3): score and score squared per group and label, in units of 2^-30 (of
        `axis.scale`, or its square). Zero where the axis holds decisions.
    """

    groups: Groups
    axis: Axis
    n: Ints
    sums: Ints

    @classmethod
    def empty(cls, groups: Groups, axis: Axis) -> Counts:
        """Nobody counted yet."""
        size = len(groups)
        return cls(
            groups, axis, np.zeros((size, LABELS, axis.bins), np.int64), np.zeros((SUMS, size, LABELS), np.int64)
        )

    def __add__(self, other: Counts) -> Counts:
        """The people of both. Raises MergeError where groups or axis differ."""
        for name, ours, theirs in (("groups", self.groups, other.groups), ("score axis", self.axis, other.axis)):
            if ours != theirs:
                raise MergeError(
                    f"Two tables of counts with a different {name} cannot be added: audit both with the same plan."
                )
        return replace(self, n=self.n + other.n, sums=self.sums + other.sums)

    @property
    def people(self) -> int:
        """How many people were counted."""
        return int(self.n.sum())

    @property
    def labelled(self) -> int:
        """How many of them have a known label."""
        return int(self.n[:, :UNKNOWN].sum())

    def places(self, attributes: tuple[str, ...]) -> tuple[Groups, npt.NDArray[np.int64]]:
        """The groups that some of the attributes make, and each cell's place among them (-1: a cell without people)."""
        positions = [self.groups.attributes.index(attribute) for attribute in attributes]
        projected = [tuple(cell[p] for p in positions) for cell in self.groups.cells]
        peopled = self.n.sum(axis=(1, 2)) > 0
        cells = sorted({cell for cell, some in zip(projected, peopled, strict=True) if some})
        place = {cell: i for i, cell in enumerate(cells)}
        where = [place[cell] if some else -1 for cell, some in zip(projected, peopled, strict=True)]
        values = tuple(self.groups.values[p] for p in positions)
        return Groups(attributes, values, tuple(cells)), np.asarray(where, dtype=np.int64)

    def by(self, attributes: tuple[str, ...]) -> Counts:
        """The same people grouped by some of the attributes only; combinations without people have no cell."""
        groups, where = self.places(attributes)
        sums = summed(np.moveaxis(self.sums, 1, 0), where, len(groups))
        return Counts(groups, self.axis, summed(self.n, where, len(groups)), np.moveaxis(sums, 0, 1))

    def squared_error(self, group: int) -> float:
        """Sum over a group's labelled people of (probability of the good outcome - 1 if it came, else 0) squared.

        Follows from the sums: (s - 1)^2 = s^2 - 2 s + 1.
        """
        hit = UNFAVOURABLE if self.axis.lower_is_better else FAVOURABLE
        total = int(self.sums[1, group, :UNKNOWN].sum()) - 2 * int(self.sums[0, group, hit])
        return max(0.0, total / SUM_UNIT + int(self.n[group, hit].sum()))

    def scores(self) -> Ints:
        """People by score alone, a decision column left aside: int64 of shape (groups, 3, edges)."""
        by_decision = self.n.reshape(*self.n.shape[:2], -1, len(self.axis.edges))
        return np.asarray(by_decision.sum(axis=2), dtype=np.int64)


def summed(values: npt.NDArray[Number], where: Ints, groups: int) -> npt.NDArray[Number]:
    """Rows of numbers, one a cell, summed into the groups that `where` gives them; rows at -1 are left out.

    Shape (cells, ...) to (groups, ...).
    """
    total = np.zeros((groups, *values.shape[1:]), dtype=values.dtype)
    for cell, group in enumerate(where.tolist()):  # a tenth of the time of numpy's unbuffered addition
        if group >= 0:
            total[group] += values[cell]
    return total


def tally(
    groups: Groups,
    axis: Axis,
    cells: npt.NDArray[np.integer],
    labels: npt.NDArray[np.integer],
    scores: npt.NDArray[np.number] | None,
    selected: npt.NDArray[np.integer] | None = None,
    times: Ints | None = None,
) -> Counts:
    """Count rows.

    Parameters
    ----------
    groups, axis
        What the cells and bins are.
    cells
        Cell of each row, shape (n,), in 0 .. len(groups) - 1.
    labels
        0 unfavourable, 1 favourable, 2 unknown; shape (n,).
    scores
        Finite scores, shape (n,); None where the axis holds decisions.
    selected
        0 or 1, shape (n,): the decisions, where the axis is `decided` or holds decisions.
    times
        How many people each row stands for, shape (n,); None where each stands for one.
    """
    counts = Counts.empty(groups, axis)
    n, sums = counts.n.reshape(-1), counts.sums.reshape(SUMS, -1)
    small = np.min_scalar_type(counts.n.size)
    for start in range(0, len(cells), _BLOCK):
        part = slice(start, start + _BLOCK)
        place = np.multiply(cells[part], LABELS, dtype=small, casting="unsafe")
        place += labels[part].astype(small, copy=False)
        if scores is not None:
            _add_sums(sums, place.astype(np.intp), scores[part], axis.scale, None if times is None else times[part])
        place *= small.type(axis.bins)
        if scores is not None:
            place += axis.bin(scores[part], small)
        if selected is not None:
            place += selected[part].astype(small, copy=False) * small.type(axis.bins // 2)
        np.add.at(n, place.astype(np.intp), 1 if times is None else times[part])
    return counts


def _add_sums(
    sums: Ints, place: npt.NDArray[np.intp], scores: npt.NDArray[np.number], scale: float, times: Ints | None
) -> None:
    """Add the scores and their squares, each rounded to 2^-30, to the sums of shape (2, groups x labels).

    `scale` is a power of two, so the scores may be multiplied by the unit before they are squared.
    """
    rows = _exact_rows(scores, scale)
    value = np.multiply(scores, SUM_UNIT / scale, dtype=np.float64)
    both = np.empty(len(value), dtype=np.complex128)  # one pass of additions for two sums
    np.rint(value, out=both.real)
    value *= value
    value *= 1 / SUM_UNIT
    np.rint(value, out=both.imag)
    if times is not None:
        for total, each in zip(sums, (both.real, both.imag), strict=True):
            np.add.at(total, place, each.astype(np.int64) * times)
        return
    for start in range(0, len(value), rows):
        part = slice(start, start + rows)
        added = np.zeros(sums.shape[1], dtype=np.complex128)
        np.add.at(added, place[part], both[part])
        sums += np.stack([added.real, added.imag]).astype(np.int64)


def _exact_rows(scores: npt.NDArray[np.number], scale: float) -> int:
    """How many rows may be summed at once: `bincount` sums floats, which hold integers below 2^53 exactly."""
    largest = max(1.0, float(scores.max(initial=0)) / scale, -float(scores.min(initial=0)) / scale)
    if largest > 2.0**10:
        raise DataError(
            f"A score of {largest * scale:g} is over 1,000 times larger than the scores that an earlier look at this"
            f" column found (up to {scale:g}). Check the score column, or settle the decision anew.",
            in_plan="no edges under [decision]",
        )
    return int(2.0**53 / SUM_UNIT / largest**2)


def of_selection(groups: Groups, n: Ints) -> Counts:
    """Counts of decisions from a table of people: int64 of shape (groups, 3 labels, refused or selected)."""
    return replace(Counts.empty(groups, Axis.decisions()), n=np.asarray(n, dtype=np.int64))
