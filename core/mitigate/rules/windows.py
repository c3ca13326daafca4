"""Windows over one rate: which levels of every group lie within the accepted gap of a lowest rate, exactly.

Any choice of one level a group that meets the goal lies in the window that starts at its lowest rate; so the best
choice is found by trying every rate that occurs as the lowest, and taking the best level of each group inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.counts.counts import Floats, Ints
from core.metrics.gaps import Kind
from core.mitigate.rules.levels import Candidates, Ladder

_SMALL_FRACTION = 2**31
_BLOCK = 32
_FIRST_BLOCKS = 4
_NEAR = 2.0**-48
_MOST_KEPT = 1 << 23


@dataclass(frozen=True, eq=False)
class Windows:
    """One window for each distinct rate that a bound group can have, rising.

    Attributes
    ----------
    found
        The groups at every level.
    kind, at_most
        How far above its lowest rate a window reaches.
    low_k, low_n
        The lowest rate of each window: int64 of shape (windows,).
    place
        The window that each level's rate is the lowest of: int64 of shape (groups, levels), -1 below the levels that
        may be chosen and the number of windows above them.
    """

    found: Candidates
    kind: Kind
    at_most: Fraction
    low_k: Ints
    low_n: Ints
    place: Ints

    def __len__(self) -> int:
        """Number of windows."""
        return len(self.low_k)

    @cached_property
    def rates(self) -> Floats:
        """The lowest rate of each window, to the nearest float: shape (windows,)."""
        return np.asarray(self.low_k / self.low_n, dtype=np.float64)

    def beyond(self, which: Ints) -> Ints:
        """For some of the windows the first whose lowest rate each does not reach: int64 of shape (which,).

        Floats tell all but those that lie next to the window's end; these are compared by whole numbers.
        """
        rates = self.rates.take(which)
        with np.errstate(divide="ignore", invalid="ignore"):  # a ratio of 0 is accepted: every rate is reached
            ends = rates + float(self.at_most) if self.kind == "difference" else rates / float(1 - self.at_most)
        beyond = self.rates.searchsorted(ends * (1 - _NEAR))
        near = np.flatnonzero(self.rates.take(beyond, mode="clip") <= ends * (1 + _NEAR))
        while len(near := near[beyond[near] < len(self)]):
            low, next_one = which[near], beyond[near]
            k, n = self.low_k[next_one], self.low_n[next_one]
            near = near[k <= highest(self.low_k[low], self.low_n[low], n, self.kind, self.at_most)]
            beyond[near] += 1
        return np.asarray(beyond, dtype=np.int64)

    def start(self, which: Ints) -> Ints:
        """The first level of every group in some of the windows: int64 of shape (which, groups)."""
        return np.where(self.found.bound, self._levels_before(which), self.found.start)

    def stop(self, which: Ints) -> Ints:
        """One beyond the last level of every group in some of the windows: int64 of shape (which, groups)."""
        return np.where(self.found.bound, self._levels_before(self.beyond(which)), self.found.stop)

    def meets(self, levels: Ints) -> npt.NDArray[np.bool_]:
        """Whether each row of levels that may be chosen, shape (rows, groups), keeps within the accepted gap."""
        places = self._places(levels)
        return np.asarray(places.max(axis=1) < self.beyond(places.min(axis=1)))

    def narrowed(self, ends: Ints, start: Ints, stop: Ints) -> Ints:
        """What choices within [start, stop) leave of ranges of windows: nothing where the first is above the last.

        The lowest rate of such a choice is at most each group's highest, and its window reaches each group's lowest,
        which floats tell with room to spare. `ends` are first and last window, shape (ranges, 2), as the answer; the
        levels are of shape (ranges, groups).
        """
        lowest, highest = self._places(start), self._places(stop - 1)
        rates, at_most = self.rates.take(lowest.max(axis=1)), float(self.at_most)
        least = rates - at_most if self.kind == "difference" else rates * (1 - at_most)
        reaching = self.rates.searchsorted(least - _NEAR)
        return np.stack([np.maximum(ends[:, 0], reaching), np.minimum(ends[:, 1], highest.min(axis=1))], axis=1)

    def _places(self, levels: Ints) -> Ints:
        """The windows of the bound groups' levels, shape (rows, groups): int64 of shape (rows, bound groups)."""
        starts = np.arange(len(self.place)) * self.place.shape[1]
        return np.asarray(self.place.ravel().take((levels + starts).compress(self.found.bound, axis=1)))

    def _levels_before(self, which: Ints) -> Ints:
        """How many levels of every group come before some of the windows: int64 of shape (which, groups)."""
        if self._table is not None:
            return self._table.take(which, axis=1).T.astype(np.int64)
        levels = [places.searchsorted(which) for places in self.place]
        return np.stack(levels, axis=1)

    @cached_property
    def _table(self) -> npt.NDArray[np.int32] | None:
        """The same for every window and the end, shape (groups, windows + 1); None where that is too much to keep."""
        windows, (groups, levels) = len(self) + 1, self.place.shape
        if windows * groups > _MOST_KEPT:
            return None
        until = np.diff(self.place, axis=1, prepend=-1, append=len(self))  # so many windows before each next level
        every = np.tile(np.arange(levels + 1, dtype=np.int32), groups)
        return every.repeat(until.ravel()).reshape(groups, windows)


def windows(found: Candidates, ladder: Ladder, kind: Kind, at_most: Fraction) -> Windows:
    """The window of every distinct rate that a bound group's levels have."""
    usable = found.usable
    places = ladder.places[usable]
    order = places.argsort(kind="stable")
    rising = places[order]
    is_new = np.concatenate([[True], rising[1:] != rising[:-1]])
    window = np.empty_like(order)
    window[order] = np.cumsum(is_new) - 1
    first = np.flatnonzero(usable)[order[is_new]]
    place = np.where(np.arange(found.levels) >= found.stop[:, None], len(first), -1)
    place[usable] = window
    return Windows(found, kind, at_most, ladder.k.ravel()[first], ladder.n[first // found.levels], place)


def highest(low_k: Ints, low_n: Ints, n: int | Ints, kind: Kind, at_most: Fraction) -> Ints:
    """The largest k with k / n within `at_most` of low_k / low_n, by whole numbers throughout.

    A difference allows k/n <= low + at_most, a ratio k/n <= low / (1 - at_most). Where the denominators are so large
    that products could pass 2^63, Python's own integers take over.
    """
    if at_most.denominator >= _SMALL_FRACTION:
        low_k, low_n, n = (np.asarray(a).astype(object) for a in (low_k, low_n, n))
    whole, part = low_k * n // low_n, low_k * n % low_n
    p, q = at_most.numerator, at_most.denominator
    if p == q:
        return np.broadcast_to(np.asarray(n, dtype=np.int64), whole.shape)
    if kind == "difference":
        more, rest = p * n // q, p * n % q
        top = whole + more + (part * q + rest * low_n) // (low_n * q)
    else:
        more, rest = whole * q // (q - p), whole * q % (q - p)
        top = more + (rest * low_n + part * q) // (low_n * (q - p))
    return np.minimum(top, n).astype(np.int64)


class RangeBest:
    """The best level of each group within any range of levels, from a table of powers of two."""

    def __init__(self, found: Candidates) -> None:
        """Keep the best key of each run of 1, 2, 4, ... levels of every group."""
        groups, levels = found.cost.shape
        runs = np.empty((levels.bit_length(), groups, levels), dtype=np.int64)
        runs[0] = found.keys
        for power in range(1, len(runs)):
            reach = levels - (1 << (power - 1))
            np.minimum(runs[power - 1, :, :reach], runs[power - 1, :, -reach:], out=runs[power, :, :reach])
        self._best = runs.ravel()
        self._power = np.frexp(np.arange(levels + 1))[1].astype(np.int64) - 1
        self._row = np.arange(groups) * levels
        self._size = groups * levels
        self._is_split = (1 << found.split_bits) - 1
        self._level = np.argsort(found.split[0])

    def levels(self, start: Ints, stop: Ints) -> Ints:
        """The best level in each [start, stop), none of them empty: int64 arrays of shape (ranges, groups)."""
        power = self._power.take(stop - start)
        run = power * self._size + self._row
        best = np.minimum(self._best.take(run + start), self._best.take(run + stop - (1 << power)))
        return np.asarray(self._level.take(best & self._is_split), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class BestLevels:
    """One level for each group, what it costs in `Candidates`' units, and a proven lower bound of that cost."""

    levels: Ints
    cost: int
    changed: int
    least_cost: int


def totals(found: Candidates, levels: Ints) -> tuple[Ints, Ints]:
    """Cost and changed decisions of each row of levels, shape (rows, groups): two int64 arrays of shape (rows,)."""
    every = np.arange(len(found.groups))
    return found.cost[every, levels].sum(axis=1), found.changed[every, levels].sum(axis=1)


def best_of(found: Candidates, levels: Ints) -> BestLevels:
    """The cheapest row of levels; of equals the one that changes fewest decisions, then the lower thresholds."""
    cost, changed = totals(found, levels)
    cheapest = np.flatnonzero(cost == cost.min())
    fewest = cheapest[changed[cheapest] == changed[cheapest].min()]
    splits = found.split[np.arange(len(found.groups)), levels[fewest]]
    row = fewest[np.lexsort(splits.T[::-1])[0]]
    return BestLevels(levels[row], int(cost[row]), int(changed[row]), int(cost[row]))


def best_in_windows(found: Candidates, every: Windows) -> BestLevels:
    """The exact optimum for a goal of one rate; some window must hold a level of every group.

    No window of a block holds a cheaper choice than all of the block's levels together, so blocks are looked into from
    the cheapest such bound on, until the next bound is above the best choice found.
    """
    range_best, first = RangeBest(found), np.arange(0, len(every), _BLOCK)
    start, stop = every.start(first), every.stop(np.minimum(first + _BLOCK, len(every)) - 1)
    holds = (start < stop).all(axis=1)
    bounds = np.stack(totals(found, range_best.levels(start[holds], stop[holds])), axis=1)
    order = np.lexsort(bounds.T[::-1])
    first, bounds, looked, best = first[holds][order], bounds[order], 0, np.empty((0, len(found.groups)), np.int64)
    while looked < len(first) and not (len(best) and _is_better(found, best, bounds[looked])):
        until = 2 * looked + _FIRST_BLOCKS
        which = (first[looked:until, None] + np.arange(_BLOCK)).ravel()
        which, looked = which[which < len(every)], until
        start, stop = every.start(which), every.stop(which)
        holds = (start < stop).all(axis=1)
        levels = np.vstack([range_best.levels(start[holds], stop[holds]), best])
        best = best_of(found, levels).levels[None] if len(levels) else best
    return best_of(found, best)


def _is_better(found: Candidates, best: Ints, bound: Ints) -> bool:
    """Whether the one row of levels is better than a bound of cost and changed decisions."""
    (cost,), (changed,) = totals(found, best)
    return (int(cost), int(changed)) < tuple(bound.tolist())


def smallest_gap(found: Candidates, ladder: Ladder, kind: Kind) -> Fraction:
    """The smallest gap of one rate that any choice of levels reaches.

    In the window of each lowest rate every group takes its lowest level inside: raising one only widens the gap.
    """
    every = windows(found, ladder, kind, Fraction(0))
    start = every.start(np.arange(len(every)))
    inside = start < found.stop
    start = np.minimum(start, found.stop - 1)
    tops = np.where(found.bound, ladder.rates[np.arange(len(found.groups)), start], 0.0)
    top, low = tops.max(axis=1), every.low_k / every.low_n
    gaps = top - low if kind == "difference" else 1 - np.divide(low, top, out=np.ones_like(low), where=top > 0)
    gaps[~inside.all(axis=1)] = np.inf
    near = start[gaps <= gaps.min() + 1e-12]
    return min(spread(found, ladder, levels, kind) for levels in near)


def spread(found: Candidates, ladder: Ladder, levels: Ints, kind: Kind = "difference") -> Fraction:
    """How far apart one level for each group, shape (groups,), leaves the bound groups' rates."""
    rates = [Fraction(int(ladder.k[g, level]), int(ladder.n[g])) for g, level in enumerate(levels) if found.bound[g]]
    low, high = min(rates), max(rates)
    if kind == "difference":
        return high - low
    return 1 - low / high if high else Fraction(0)
