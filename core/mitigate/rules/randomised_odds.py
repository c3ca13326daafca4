"""Equalized odds by lots between thresholds (Hardt, Price and Srebro 2016): no gap at all, at the least cost.

What lots between its thresholds can give a group is the area under the upper hull of its ROC curve. Groups are equal
at a point that lies in all of these areas; the cost is linear in the point, so the cheapest is a corner of what they
share. All of it in whole numbers and fractions: the optimum of the linear programme, exactly.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from typing import TypeVar

import numpy as np

from core.counts.counts import Axis, Floats, Ints
from core.counts.rules import Confusion, Rule, confusion
from core.metrics.words import group_words, percent
from core.mitigate.goals import GOALS, Prices
from core.mitigate.proposals import by_rule
from core.mitigate.rules.levels import Candidates, cell_places, level_rule
from core.mitigate.rules.solution import Question, Solution, left_out
from core.mitigate.search_input import Proposal, Work

MECHANISM = "equalized_odds_mix"
SAME_SCORE = "Two people with the same score can get different answers: between the thresholds, lots decide."

_DRAWN_BITS = 53

Point = tuple[Fraction, Fraction]
Number = TypeVar("Number", int, Fraction)


@dataclass(frozen=True)
class Hull:
    """The upper hull of one group's ROC curve, from (0, 0) to (1, 1): its corners' levels and points, rising."""

    levels: tuple[int, ...]
    points: tuple[Point, ...]

    @classmethod
    def of(cls, granted: Ints, selected: Ints) -> Hull:
        """From the wrongly granted and the rightly selected at every level, int64 of shape (levels,), both rising."""
        people = list(zip(granted.tolist(), selected.tolist(), strict=True))
        corners = [0]
        for level in range(1, len(people)):
            if people[level] == people[corners[-1]]:
                continue
            while len(corners) > 1 and cross(people[corners[-2]], people[corners[-1]], people[level]) >= 0:
                corners.pop()
            corners.append(level)
        other, good = people[-1]
        return cls(
            tuple(corners), tuple((Fraction(people[c][0], other), Fraction(people[c][1], good)) for c in corners)
        )

    def height(self, x: Fraction) -> Fraction:
        """The highest true positive rate at a false positive rate."""
        if x == self.points[0][0]:
            return max(y for at, y in self.points if at == x)
        right = next(i for i, (at, _) in enumerate(self.points) if at >= x)
        (x0, y0), (x1, y1) = self.points[right - 1 : right + 1]
        return y0 + (y1 - y0) * (x - x0) / (x1 - x0)

    def weights(self, point: Point) -> dict[int, Fraction]:
        """The chance of each corner's level that together give a point under the hull and above its diagonal.

        From the nearest corner below from which the point is seen within the hull, a line through the point ends
        between two corners: these three.
        """
        end = self.points[-1]
        seen = [i for i, p in enumerate(self.points) if p[0] <= point[0] and p[1] <= point[1]]
        start = next(i for i in reversed(seen) if self.points[i] == point or cross(self.points[i], end, point) >= 0)
        a = self.points[start]
        if a == point:
            return {self.levels[start]: Fraction(1)}
        far = next(j for j in range(start + 1, len(self.points)) if cross(a, point, self.points[j]) <= 0)
        b, c = self.points[far - 1], self.points[far]
        if cross(a, point, c) == 0:
            share = _share(a, c, point)
            return {self.levels[start]: 1 - share, self.levels[far]: share}
        area = cross(a, b, c)
        shares = (cross(point, b, c) / area, cross(a, point, c) / area, cross(a, b, point) / area)
        return dict(zip((self.levels[start], self.levels[far - 1], self.levels[far]), shares, strict=True))


def mix(question: Question) -> Solution:
    """Lots between each group's thresholds so that true and false positive rates are the same in every group.

    The goal is always equalized odds without a gap; the question's cost is what is least. Groups without people of
    both outcomes keep the present rule. Raises PlanError where there are no two other groups.
    """
    question = replace(question, goal=GOALS["equalized_odds"], at_most=0.0)
    counts = question.counts
    found = question.candidates
    bound = np.flatnonzero(found.bound)
    hulls = {int(g): _hull(found, int(g)) for g in bound}
    prices = question.cost.prices(*(int(counts.n[:, label].sum()) for label in (1, 0)))
    good, other = (int(ladder.n[bound].sum()) for ladder in found.ladders)
    point = cheapest_point(list(hulls.values()), prices, good, other)
    return by_lots(MECHANISM, question, found, {g: hull.weights(point) for g, hull in hulls.items()})


def propose(work: Work) -> list[Proposal]:
    """The mix for a job's question, with everybody's lots drawn. Raises as `mix` does."""
    return by_rule(work, mix(work.question))


def by_lots(mechanism: str, question: Question, found: Candidates, weights: dict[int, dict[int, Fraction]]) -> Solution:
    """The cheapest solution with these lots over levels; a group's chances add up to 1."""
    rule = lots_rule(question, found, weights)
    reached = question.outcome(rule)
    return Solution(
        mechanism,
        question,
        rule,
        reached,
        needs_attribute=True,
        least_cost=reached.cost,
        unbound=found.unbound,
        notes=(
            *((SAME_SCORE,) if rule.draws_lots else ()),
            *who_loses(question, rule),
            *left_out(found.unbound, True, question),
        ),
    )


def cheapest_point(hulls: list[Hull], prices: Prices, good: int, other: int) -> Point:
    """The cheapest false and true positive rate under every hull; of equals the lowest rates.

    Along the lowest of the hulls the saving is concave, so from any corner it is uphill all the way to the best one,
    and nothing better lies further than where two hulls cross beside it.
    """

    def saving(x: Fraction) -> Fraction:
        return prices.denied * good * min(hull.height(x) for hull in hulls) - prices.granted * other * x

    corners = sorted({x for hull in hulls for x, _ in hull.points})
    best = top(corners, saving)
    beside = corners[max(0, best - 1) : best + 2]
    crossings = [x for pair in zip(beside, beside[1:], strict=False) for x in _crossings(hulls, *pair)]
    x = max([corners[best], *crossings], key=lambda at: (saving(at), -at))
    return x, min(hull.height(x) for hull in hulls)


def draw(ids: Iterable[str], seed: int) -> Floats:
    """One number in [0, 1) a person, from a hash of the person's id keyed by the seed: the same person, the same draw.

    A person is selected when the draw is below the rule's chance. Shape (ids,).
    """
    key = str(seed).encode()
    hashes = (hashlib.blake2b(str(each).encode(), digest_size=8, key=key).digest() for each in ids)
    numbers = np.frombuffer(b"".join(hashes), dtype=">u8").astype(np.uint64) >> np.uint64(64 - _DRAWN_BITS)
    return numbers.astype(np.float64) / 2.0**_DRAWN_BITS


def _hull(found: Candidates, g: int) -> Hull:
    selected, granted = (ladder.k[g] for ladder in found.ladders)
    return Hull.of(granted, selected)


def cross(a: tuple[Number, Number], b: tuple[Number, Number], c: tuple[Number, Number]) -> Number:
    """Above 0 where c lies to the left of the way from a to b, 0 on its line."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _share(a: Point, c: Point, point: Point) -> Fraction:
    """How far along the way from a to c a point of that line lies."""
    axis = 0 if a[0] != c[0] else 1
    return (point[axis] - a[axis]) / (c[axis] - a[axis])


def top(corners: list[Fraction], saving: Callable[[Fraction], Fraction]) -> int:
    """The first of the corners beyond which a concave saving no longer rises."""
    low, high = 0, len(corners) - 1
    while low < high:
        middle = (low + high) // 2
        if saving(corners[middle + 1]) > saving(corners[middle]):
            low = middle + 1
        else:
            high = middle
    return low


def _crossings(hulls: list[Hull], left: Fraction, right: Fraction) -> Iterator[Fraction]:
    """Where two hulls cross between neighbouring corners, between which every hull is a line."""
    heights = [(hull.height(left), hull.height(right)) for hull in hulls]
    for (l1, r1), (l2, r2) in combinations(heights, 2):
        if (l1 - l2) * (r1 - r2) < 0:
            yield left + (right - left) * (l1 - l2) / ((l1 - l2) - (r1 - r2))


def lots_rule(question: Question, found: Candidates, weights: dict[int, dict[int, Fraction]]) -> Rule:
    """Each cell's chance in each bin: its group's lots over levels, or the present rule where it has none."""
    counts = question.counts
    chance = np.array(np.broadcast_to(question.present.selected, (len(counts.groups), counts.axis.bins)))
    where = cell_places(counts.groups, found.groups)
    for g, lots in weights.items():
        chance[where == g] = _chances(counts.axis, lots)
    return Rule(chance)


def _chances(axis: Axis, lots: dict[int, Fraction]) -> Floats:
    """The chance in each bin, added up exactly from the lot of each level."""
    rules = level_rule(axis, np.asarray(list(lots), dtype=np.int64)).astype(np.int64)
    unit = math.lcm(*(share.denominator for share in lots.values()))
    parts = [int(share * unit) for share in lots.values()]
    totals = [sum(part for part, rule in zip(parts, rules, strict=True) if rule[b]) for b in range(axis.bins)]
    return np.asarray([total / unit for total in totals])


def who_loses(question: Question, rule: Rule) -> Iterator[str]:
    """One sentence for each group of which fewer of those with the good outcome are selected than before."""
    groups, _ = question.counts.places(question.by)
    before, after = (_true_positive_rates(confusion(question.counts, r, question.by)) for r in (question.present, rule))
    for g in np.flatnonzero(after < before - 0.5 * 10.0**-3):
        who = group_words(groups.names(int(g)), question.terms)
        yield (
            f"Of the {who} with the good outcome, fewer are {question.terms.selected}: {percent(after[g])} instead of"
            f" {percent(before[g])}."
        )


def _true_positive_rates(people: Confusion) -> Floats:
    good = np.asarray(people.tp + people.fn, dtype=np.float64)
    return np.divide(people.tp, good, out=np.zeros_like(good), where=good > 0)
