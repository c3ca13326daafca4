"""A rate among people who weigh differently or repeat, as the size of sample that would be as sure of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from core.metrics.intervals import normal_p

Share = tuple[int, int]


@dataclass(frozen=True)
class Effective:
    """A rate with `k` of `n` people behind it, as sure as a plain sample of so many would be; unpacks into k and n.

    Attributes
    ----------
    rate
        The weighted share, exactly.
    n
        The effective number of people: rate (1 - rate) over the rate's linearised variance (Kish 1965).
    people
        How many people it is about, unweighted; of rows that repeat, the different people.
    """

    rate: Fraction
    n: float
    people: int

    @property
    def k(self) -> float:
        """The part of `n` that the rate counts."""
        return float(self.rate) * self.n

    def __iter__(self) -> Iterator[float]:
        """K and n, as plain counts are given."""
        return iter((self.k, self.n))


AnyShare = Share | Effective


def exact_rate(share: AnyShare) -> Fraction:
    """A share as an exact number; its n is not 0."""
    return share.rate if isinstance(share, Effective) else Fraction(*share)


def people_in(share: AnyShare) -> int:
    """How many people a share is about."""
    return share.people if isinstance(share, Effective) else share[1]


def wald_p(first: Effective, second: Effective) -> float:
    """Two-sided p of equal rates from both variances; from the pooled rate's where one of the rates is 0 or 1."""
    one, other = float(first.rate), float(second.rate)
    variance = one * (1 - one) / first.n + other * (1 - other) / second.n
    if {first.rate, second.rate} & {0, 1}:
        pooled = (first.k + second.k) / (first.n + second.n)
        variance = pooled * (1 - pooled) * (1 / first.n + 1 / second.n)
    return normal_p((one - other) / math.sqrt(variance)) if variance > 0 else 1.0
