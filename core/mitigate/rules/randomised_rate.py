"""One rate made equal by lots between thresholds: a gap within what is accepted, at the least cost.

Lots between two of its thresholds give a group every rate between theirs, at the cost between theirs: all that it can
have lies above the lower hull of its thresholds, a convex line. The cheapest rates of all groups whose gap is accepted
are a linear programme; once the lowest rate is given, each group takes the cheapest that the gap allows, and the sum is
convex in the lowest rate. All of it in whole numbers and fractions: the optimum, exactly.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from core.errors import PlanError
from core.metrics.gaps import Kind
from core.mitigate.proposals import by_rule
from core.mitigate.rules.levels import Candidates
from core.mitigate.rules.randomised_odds import by_lots, cross, top
from core.mitigate.rules.solution import Question, Solution
from core.mitigate.search_input import Proposal, Work

MECHANISM = "threshold_mix"

# One unit of cost outweighs any number of changed decisions by far; so of equally cheap rates those win that change
# fewest, and no more than 2^-64 of a unit is given up for it.
_COST = 2**128


@dataclass(frozen=True)
class Envelope:
    """What one group's rates cost at least, by lots between thresholds: a convex line from rate 0 to rate 1.

    Attributes
    ----------
    levels
        The thresholds at its corners, rising.
    rates, prices
        What each corner selects, and what it costs, changed decisions included, in whole numbers.
    """

    levels: tuple[int, ...]
    rates: tuple[Fraction, ...]
    prices: tuple[int, ...]

    @classmethod
    def of(cls, selected: Sequence[int], prices: Sequence[int]) -> Envelope:
        """From the people counted by the rate and the price at every level; `selected` rises from 0 to all of them."""
        points = list(zip(selected, prices, strict=True))
        corners: list[int] = []
        for level, point in enumerate(points):
            if corners and points[corners[-1]][0] == point[0]:
                if points[corners[-1]][1] <= point[1]:
                    continue
                corners.pop()
            while len(corners) > 1 and cross(points[corners[-2]], points[corners[-1]], point) <= 0:
                corners.pop()
            corners.append(level)
        rates = tuple(Fraction(selected[level], selected[-1]) for level in corners)
        return cls(tuple(corners), rates, tuple(prices[level] for level in corners))

    @cached_property
    def best(self) -> Fraction:
        """The cheapest rate; of equals the lowest."""
        return self.rates[self.prices.index(min(self.prices))]

    def within(self, low: Fraction, high: Fraction) -> Fraction:
        """The cheapest rate from `low` to `high`."""
        return min(max(self.best, low), high)

    def price(self, rate: Fraction) -> Fraction:
        """What a rate costs at least."""
        return sum((share * self.prices[corner] for corner, share in self._corners(rate)), Fraction(0))

    def lots(self, rate: Fraction) -> dict[int, Fraction]:
        """The chance of each level that together give the rate: one level at a corner, else the two beside it."""
        return {self.levels[corner]: share for corner, share in self._corners(rate)}

    def _corners(self, rate: Fraction) -> list[tuple[int, Fraction]]:
        left = bisect_right(self.rates, rate) - 1
        if self.rates[left] == rate:
            return [(left, Fraction(1))]
        share = (rate - self.rates[left]) / (self.rates[left + 1] - self.rates[left])
        return [(left, 1 - share), (left + 1, share)]


def rate_mix(question: Question) -> Solution:
    """Lots between each group's thresholds: the cheapest whose gap in the goal's one rate is accepted.

    Groups with too few people behind the rate keep the present rule. Raises PlanError where the goal has two rates, or
    there are no two other groups.
    """
    goal = question.goal
    if len(goal.rates) > 1:
        raise PlanError(f"{MECHANISM} makes one rate equal, and {goal.name} asks for two: use equalized_odds_mix.")
    found = question.candidates
    envelopes = {int(g): _envelope(found, int(g)) for g in np.flatnonzero(found.bound)}
    rates = cheapest_rates(list(envelopes.values()), goal.kind, question.limit)
    lots = {g: envelope.lots(rate) for (g, envelope), rate in zip(envelopes.items(), rates, strict=True)}
    return by_lots(MECHANISM, question, found, lots)


def propose(work: Work) -> list[Proposal]:
    """The mix for a job's question, with everybody's lots drawn. Raises as `rate_mix` does."""
    return by_rule(work, rate_mix(work.question))


def cheapest_rates(envelopes: Sequence[Envelope], kind: Kind, at_most: Fraction) -> list[Fraction]:
    """Each group's rate in the cheapest choice whose gap is at most `at_most`; of equals the lowest.

    The sum of all groups' costs turns only where the lowest rate, or the highest that it allows, meets a corner.
    """
    allowed, allowing = _reach(kind, at_most)
    corners = {rate for envelope in envelopes for rate in envelope.rates}
    lows = sorted(corners | {low for low in map(allowing, corners) if low > 0})

    def saving(low: Fraction) -> Fraction:
        return -sum((each.price(each.within(low, allowed(low))) for each in envelopes), Fraction(0))

    low = lows[top(lows, saving)]
    return [each.within(low, allowed(low)) for each in envelopes]


def _reach(kind: Kind, at_most: Fraction) -> tuple[Callable[[Fraction], Fraction], Callable[[Fraction], Fraction]]:
    """The highest rate that a lowest one allows, and the lowest that allows a highest one."""
    if kind == "difference":
        return lambda low: min(low + at_most, Fraction(1)), lambda high: high - at_most
    return lambda low: min(low / (1 - at_most), Fraction(1)), lambda high: high * (1 - at_most)


def _envelope(found: Candidates, g: int) -> Envelope:
    (ladder,) = found.ladders
    both = zip(found.cost[g].tolist(), found.changed[g].tolist(), strict=True)
    prices = [_COST * cost + changed for cost, changed in both]
    return Envelope.of(ladder.k[g].tolist(), prices)
