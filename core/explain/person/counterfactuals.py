"""What would turn a decision: the smallest changes of a person's own columns, tried one by one, then in pairs.

Values come from other people of the table, so nothing is tried that nobody has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from core.counts.counts import Floats
from core.explain.person import Counterfactual

MOST_NUMBERS, MOST_TEXTS = 60, 30
PAIRED_VALUES = 15
MOST_CHANGES = 5
# A number is as far away as the share of people between; another text counts like half of all people.
OTHER_TEXT = 0.5

Turned = Callable[[npt.NDArray[np.int64]], tuple[Floats, npt.NDArray[np.bool_]]]


@dataclass(frozen=True, eq=False)
class Options:
    """Other values for one column: rows of the pool that hold them, and how far each is from the person's own."""

    place: int
    rows: npt.NDArray[np.int64]
    costs: Floats

    @classmethod
    def of_numbers(cls, place: int, values: Floats, own: int) -> Options:
        """At most `MOST_NUMBERS` values of a column of numbers, evenly among the people; nearest first."""
        known = np.flatnonzero(np.isfinite(values))
        if not len(known):
            return cls(place, known, np.zeros(0))
        ordered = np.sort(values[known])
        distinct, first = np.unique(values[known], return_index=True)
        if len(distinct) > MOST_NUMBERS:
            wanted = ordered[np.linspace(0, len(ordered) - 1, MOST_NUMBERS).round().astype(np.int64)]
            among = np.isin(distinct, wanted)
            distinct, first = distinct[among], first[among]
        mine = values[own]
        if np.isfinite(mine):
            between = np.searchsorted(ordered, distinct, "left") - np.searchsorted(ordered, mine, "left")
            costs = np.abs(between) / len(ordered)
        else:
            costs = np.full(len(distinct), OTHER_TEXT)
        other = distinct != mine
        return cls(place, known[first[other]], costs[other])._nearest()

    @classmethod
    def of_texts(cls, place: int, values: npt.NDArray[np.object_], own: int) -> Options:
        """The most frequent texts of a column, other than the person's own."""
        distinct, first, n = np.unique(values.astype(str), return_index=True, return_counts=True)
        chosen = [i for i in np.argsort(-n, kind="stable") if distinct[i] != values[own]][:MOST_TEXTS]
        rows = np.asarray([first[i] for i in chosen], dtype=np.int64)
        return cls(place, rows, np.full(len(rows), OTHER_TEXT))

    def _nearest(self) -> Options:
        order = np.argsort(self.costs, kind="stable")
        return Options(self.place, self.rows[order], self.costs[order])


def smallest_changes(
    options: list[Options], own: int, columns: tuple[str, ...], texts: npt.NDArray[np.object_], turned: Turned
) -> tuple[Counterfactual, ...]:
    """The cheapest changes that turn the decision, at most one for each column or pair of columns.

    Parameters
    ----------
    options
        Other values for each column that may change.
    own
        The person's row in the pool.
    columns, texts
        Names of all columns, and the pool's cells, shape (pool, columns).
    turned
        From which row of the pool each column is taken, shape (m, columns), to scores and whether the decision turned.
    """
    singles = [[each] for each in options]
    found = _tried(singles, own, columns, texts, turned)
    if not found:
        short = [Options(o.place, o.rows[:PAIRED_VALUES], o.costs[:PAIRED_VALUES]) for o in map(_spread_out, options)]
        found = _tried([list(pair) for pair in combinations(short, 2)], own, columns, texts, turned)
    return tuple(change for _, change in sorted(found, key=lambda each: each[0])[:MOST_CHANGES])


def _spread_out(options: Options) -> Options:
    """Fewer values, evenly from the nearest to the farthest."""
    if len(options.rows) <= PAIRED_VALUES:
        return options
    kept = np.linspace(0, len(options.rows) - 1, PAIRED_VALUES).round().astype(np.int64)
    return Options(options.place, options.rows[kept], options.costs[kept])


def _tried(
    sets: list[list[Options]], own: int, columns: tuple[str, ...], texts: npt.NDArray[np.object_], turned: Turned
) -> list[tuple[float, Counterfactual]]:
    """The cheapest change of each set of columns that turns the decision, with its cost."""
    found = []
    for among in sets:
        index, costs = _mixtures(among, own, len(columns))
        if not len(index):
            continue
        scores, flips = turned(index)
        for i in _cheapest(costs, flips):
            places = [each.place for each in among]
            change = Counterfactual(
                tuple(columns[p] for p in places),
                tuple(str(texts[own, p]) for p in places),
                tuple(str(texts[index[i, p], p]) for p in places),
                float(scores[i]),
            )
            found.append((float(costs[i]), change))
    return found


def _mixtures(among: list[Options], own: int, width: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """Every combination of other values of some columns, and what each costs."""
    grids = np.meshgrid(*(np.arange(len(each.rows)) for each in among), indexing="ij")
    chosen = [grid.reshape(-1) for grid in grids]
    index = np.full((len(chosen[0]), width), own, dtype=np.int64)
    costs = np.zeros(len(chosen[0]))
    for each, picks in zip(among, chosen, strict=True):
        index[:, each.place] = each.rows[picks]
        costs += each.costs[picks]
    return index, costs


def _cheapest(costs: Floats, flips: npt.NDArray[np.bool_]) -> Iterator[int]:
    turning = np.flatnonzero(flips)
    if len(turning):
        yield int(turning[np.argmin(costs[turning])])
