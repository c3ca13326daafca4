"""How many more people it would take to tell whether there is a gap (statistics.md 3)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist

from core.metrics.findings.group_pairs import GroupPair
from core.metrics.intervals import z_value
from core.metrics.sampling.effective import AnyShare, exact_rate
from core.metrics.verdicts import Gap

POWER = 0.8
# Within this share of the limit's own distance from equality, and from this many times as many on: not realistic.
_NEAR = 0.1
_MOST = 100
_NORMAL = NormalDist()


@dataclass(frozen=True)
class _Standing:
    """A gap's distance from equality, its limit's, and its standard error: in shares, or of a ratio in logarithms."""

    apart: float
    limit: float
    error: float
    comparisons: int

    @property
    def is_near(self) -> bool:
        return abs(self.apart - self.limit) <= _NEAR * self.limit

    def to_find_a_gap(self, confidence: float) -> float:
        """Times as many people, at which it is outside, and equality refused, with 80 % probability."""
        z = z_value(1 - (1 - confidence) / max(1, self.comparisons))
        surely = _NORMAL.inv_cdf(POWER)
        return (self.error / min((self.apart - self.limit) / surely, self.apart / (z + surely))) ** 2

    def to_rule_one_out(self, confidence: float) -> float:
        """Times as many people, at which the whole range is inside the limit with 80 % probability; by bisection."""
        z, low, high = z_value(confidence), 0.0, self.limit
        for _ in range(60):
            error = (low + high) / 2
            ends = ((self.limit - self.apart) / error - z, (self.limit + self.apart) / error - z)
            low, high = (error, high) if sum(map(_NORMAL.cdf, ends)) - 1 >= POWER else (low, error)
        return (self.error / low) ** 2 if low else math.inf


def times_as_many(pair: GroupPair, confidence: float) -> float | None:
    """How many times as many people of both groups would give a verdict with 80 % probability.

    If the present rates are the true ones, by the normal approximation. A gap has to be found by one limit, and no gap
    by every one. Infinite within 10 % of the limit, and where it would take more than a hundred times as many; None
    where nobody, or everybody, of a group is counted by the rate, or the approximation takes the people for enough.
    """
    shares = [*pair.lead.group_shares, *pair.lead.reference_shares]
    if pair.verdict != "unclear" or any(exact_rate(share) in (0, 1) for share in shares):
        return None
    judging = [(gap.verdict, _standing(gap)) for gap in pair.judging]
    outside = [one for _, one in judging if one.apart > one.limit]
    if outside:
        times = min((one.to_find_a_gap(confidence) for one in outside if not one.is_near), default=math.inf)
    else:
        open_ = [one for verdict, one in judging if verdict != "no_gap"]
        times = max(math.inf if one.is_near else one.to_rule_one_out(confidence) for one in open_)
    return None if times <= 1 else times if times <= _MOST else math.inf


def more_people_words(pair: GroupPair, confidence: float, people: str) -> str:
    """The sentence about it, with a space before it; empty where there is nothing to say. `people`: what rows are."""
    times = times_as_many(pair, confidence)
    if times is None:
        return ""
    if math.isinf(times):
        return f" The difference lies so near the limit that no realistic number of {people} would settle it."
    said = f"{times:.1f}" if times < 9.95 else f"{times:.0f}"
    return (
        f" If the rates stay as they are, about {said} times as many {people} would probably settle it:"
        f" {_round(times * pair.fewest):,} in the smaller group."
    )


def _round(people: float) -> int:
    """Up to two digits that count."""
    unit = int(10 ** max(0, math.floor(math.log10(people)) - 1))
    return math.ceil(people / unit) * unit


def _standing(gap: Gap) -> _Standing:
    sides = (gap.group_shares, gap.reference_shares)
    if gap.band.is_ratio:
        (group,), (reference,) = sides
        apart = abs(math.log(exact_rate(group) / exact_rate(reference)))
        error = math.sqrt(_log_variance(group) + _log_variance(reference))
        limit = -math.log(gap.band.limit) if gap.band.limit else math.inf
        return _Standing(apart, limit, error, gap.comparisons)
    apart = float(abs(sum((exact_rate(a) - exact_rate(b) for a, b in zip(*sides, strict=True)), Fraction(0))))
    error = math.sqrt(sum(_variance(share) for side in sides for share in side))
    rates = len(gap.group_shares)
    return _Standing(apart / rates, gap.band.limit, error / rates, gap.comparisons)


def _variance(share: AnyShare) -> float:
    rate, (_, n) = float(exact_rate(share)), share
    return rate * (1 - rate) / n


def _log_variance(share: AnyShare) -> float:
    rate, (_, n) = float(exact_rate(share)), share
    return (1 - rate) / (rate * n)
