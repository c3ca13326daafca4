"""Two rates at once, by branch and bound: thresholds for equalized odds, to the optimum or with what is left to gain.

A box is a range of lowest rates for the first rate and one for the second. What its windows could hold is known from
its ends, so its cheapest choice bounds every choice inside; boxes that cannot beat the best choice found are dropped.
What one rate leaves of a group's levels bounds the other rate too, so boxes also shrink before they are cut in two.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from core.counts.counts import Floats, Ints
from core.mitigate.rules.levels import Candidates, Ladder
from core.mitigate.rules.windows import BestLevels, RangeBest, Windows, best_of, spread, totals, windows

BATCH = 4_096
ROUND = 64
MOST_BOXES = 600_000
NEAR = 1e-12

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Boxes:
    """Ranges of windows, both ends included.

    Attributes
    ----------
    ends
        int64 of shape (boxes, 4): first and last window of the first rate, first and last of the second.
    bounds
        Lower bounds of what each box holds, shape (boxes, bounds): the first decides, the next where it is equal.
    """

    ends: Ints
    bounds: npt.NDArray[np.number]

    def take(self, which: Ints | Bools) -> Boxes:
        """Some of the boxes."""
        return Boxes(self.ends[which], self.bounds[which])

    def with_more(self, more: Boxes) -> Boxes:
        """These boxes and more."""
        return Boxes(np.concatenate([self.ends, more.ends]), np.concatenate([self.bounds, more.bounds]))

    def most_promising(self) -> tuple[Boxes, Boxes]:
        """The boxes of the lowest bounds, at most `BATCH` of them, and the others."""
        chosen = np.ones(len(self.ends), dtype=np.bool_)
        if len(chosen) > BATCH:
            chosen[np.argpartition(self.bounds[:, 0], BATCH)[BATCH:]] = False
        return self.take(chosen), self.take(~chosen)


def whole(first: Windows, second: Windows) -> Ints:
    """The ends of the one box that holds every window."""
    return np.asarray([[0, len(first) - 1, 0, len(second) - 1]], dtype=np.int64)


def halves(ends: Ints) -> Ints:
    """Each box cut in two across its longer side. No box of a single window may be among them."""
    row = np.arange(len(ends))
    side = 2 * (ends[:, 3] - ends[:, 2] > ends[:, 1] - ends[:, 0]).astype(np.int64)
    middle = (ends[row, side] + ends[row, side + 1]) // 2
    lower, upper = ends.copy(), ends.copy()
    lower[row, side + 1], upper[row, side] = middle, middle + 1
    return np.concatenate([lower, upper])


def pieces(ends: Ints) -> Ints:
    """The boxes cut in two, or where they are few into so many that a round is worth its while."""
    parts = math.ceil(math.sqrt(ROUND / max(1, len(ends))))
    if parts == 1:
        return halves(ends)
    first, last = ends[:, 0::2, None], ends[:, 1::2, None] + 1
    cuts = first + (last - first) * np.arange(parts + 1) // parts
    x, y = np.divmod(np.arange(parts * parts), parts)
    each = np.stack([cuts[:, 0, x], cuts[:, 0, x + 1] - 1, cuts[:, 1, y], cuts[:, 1, y + 1] - 1], axis=2).reshape(-1, 4)
    return each[(each[:, 0] <= each[:, 1]) & (each[:, 2] <= each[:, 3])]


def cheapest(found: Candidates, at_most: Fraction, most_boxes: int = MOST_BOXES) -> BestLevels:
    """The cheapest choice whose two rates both stay within `at_most`, by differences; some choice must.

    The exact optimum, unless `most_boxes` boxes do not suffice; then `least_cost` may lie below the cost found.
    """
    first, second = (windows(found, ladder, "difference", at_most) for ladder in found.ladders)
    range_best, best, looked = RangeBest(found), np.zeros((0, len(found.groups)), np.int64), 0
    unseen = Boxes(whole(first, second), np.zeros((1, 2), np.int64))
    while len(unseen.ends) and (looked < most_boxes or not len(best)):
        chosen, waiting = unseen.most_promising()
        ends = pieces(chosen.ends) if looked else chosen.ends
        looked += len(ends)
        start = np.maximum(first.start(ends[:, 0]), second.start(ends[:, 2]))
        stop = np.minimum(first.stop(ends[:, 1]), second.stop(ends[:, 3]))
        holds = (start < stop).all(axis=1)
        ends, start, stop = ends[holds], start[holds], stop[holds]
        levels = range_best.levels(start, stop)
        reached = first.meets(levels) & second.meets(levels)
        if reached.any():
            best = best_of(found, np.vstack([levels[reached], best])).levels[None]
        ends = np.hstack([first.narrowed(ends[:, :2], start, stop), second.narrowed(ends[:, 2:], start, stop)])
        remains = ~reached & (ends[:, 0] <= ends[:, 1]) & (ends[:, 2] <= ends[:, 3])
        left = Boxes(ends, np.stack(totals(found, levels), axis=1)).take(remains)
        unseen = _may_beat(found, waiting.with_more(left), best)
    solved = best_of(found, best)
    return replace(solved, least_cost=min([solved.cost, *unseen.bounds[:, 0].tolist()]))


def _may_beat(found: Candidates, boxes: Boxes, best: Ints) -> Boxes:
    """The boxes that may hold a choice better than the best row, or an equal one of lower thresholds."""
    if not len(best):
        return boxes
    (limit,), (most_changed,) = totals(found, best)
    cost, changed = boxes.bounds.T
    return boxes.take((cost < limit) | ((cost == limit) & (changed <= most_changed)))


def smallest_odds_gap(found: Candidates) -> Fraction:
    """The smallest gap, the larger of both rates', that any choice of levels reaches.

    From a lowest rate of either kind on, every group takes its lowest level: raising one only widens the gaps.
    """
    first, second = (windows(found, ladder, "difference", Fraction(0)) for ladder in found.ladders)
    lows = [every.rates for every in (first, second)]
    smallest, exact_gaps = np.inf, [Fraction(1)]
    ends, waiting = whole(first, second), Boxes(whole(first, second)[:0], np.zeros((0, 1)))
    while len(ends):
        start = np.maximum(first.start(ends[:, 0]), second.start(ends[:, 2]))
        holds = (start < found.stop).all(axis=1)
        ends, start = ends[holds], start[holds]
        tops = [_tops(found, ladder, start) for ladder in found.ladders]
        reached = np.maximum(tops[0] - lows[0][ends[:, 0]], tops[1] - lows[1][ends[:, 2]])
        bounds = np.maximum(tops[0] - lows[0][ends[:, 1]], tops[1] - lows[1][ends[:, 3]])
        smallest = min(smallest, reached.min(initial=np.inf))
        for levels in np.unique(start[reached <= smallest + NEAR], axis=0):
            exact_gaps.append(max(spread(found, ladder, levels) for ladder in found.ladders))
        single = (ends[:, 0] == ends[:, 1]) & (ends[:, 2] == ends[:, 3])
        boxes = waiting.with_more(Boxes(ends[~single], bounds[~single, None]))
        chosen, waiting = boxes.take(boxes.bounds[:, 0] <= smallest + NEAR).most_promising()
        ends = pieces(chosen.ends)
    return min(exact_gaps)


def _tops(found: Candidates, ladder: Ladder, levels: Ints) -> Floats:
    """The highest of the bound groups' rates in each row of levels."""
    rates = ladder.rates[np.arange(len(found.groups)), levels]
    return np.asarray(np.where(found.bound, rates, 0.0).max(axis=1))
