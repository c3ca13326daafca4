"""Intervals, tests and the correction for many comparisons (statistics.md 3).

Rates are given as counts `k` of `n`, scalars; an end that is not bounded is infinite; what cannot be computed is NaN.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

FEW = 10
SMALLEST_P = 1e-300
_FISHER_UP_TO = 10_000

Interval = tuple[float, float]
Number = int | float


def z_value(confidence: float) -> float:
    """The two-sided normal quantile, 1.96 for 0.95."""
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def wilson(k: Number, n: Number, z: float) -> Interval:
    """Wilson's score interval of a rate (Wilson 1927)."""
    p, unit = k / n, z * z / n
    centre, half = p + unit / 2, z * math.sqrt(p * (1 - p) / n + unit / (4 * n))
    low = 0.0 if k == 0 else (centre - half) / (1 + unit)
    high = 1.0 if k == n else (centre + half) / (1 + unit)
    return max(0.0, low), min(1.0, high)


def newcombe(k1: Number, n1: Number, k2: Number, n2: Number, z: float) -> Interval:
    """Newcombe's hybrid score interval of k1/n1 - k2/n2 (Newcombe 1998, method 10)."""
    first, second = k1 / n1, k2 / n2
    (l1, u1), (l2, u2) = wilson(k1, n1, z), wilson(k2, n2, z)
    return first - second - math.hypot(first - l1, u2 - second), first - second + math.hypot(u1 - first, second - l2)


def mover_mean(parts: Sequence[tuple[float, Interval]]) -> Interval:
    """Interval of the mean of independent estimates from each one's value and interval (Zou and Donner 2008)."""
    value = sum(v for v, _ in parts) / len(parts)
    below = math.hypot(*(v - low for v, (low, _) in parts)) / len(parts)
    above = math.hypot(*(high - v for v, (_, high) in parts)) / len(parts)
    return value - below, value + above


def absolute(value: float, interval: Interval) -> tuple[float, Interval]:
    """The absolute value of an estimate and the interval folded at zero."""
    low, high = interval
    if low <= 0 <= high:
        return abs(value), (0.0, max(-low, high))
    return abs(value), (min(abs(low), abs(high)), max(abs(low), abs(high)))


def ratio(k1: Number, n1: Number, k2: Number, n2: Number, z: float) -> Interval:
    """Interval of (k1/n1) / (k2/n2), k2 > 0: Katz's log interval where all four cells are at least 5, else MOVER-R."""
    if min(k1, n1 - k1, k2, n2 - k2) >= 5:
        centre, spread = math.log((k1 * n2) / (k2 * n1)), math.sqrt(1 / k1 - 1 / n1 + 1 / k2 - 1 / n2)
        return math.exp(centre - z * spread), math.exp(centre + z * spread)
    return _mover_ratio(k1 / n1, wilson(k1, n1, z), k2 / n2, wilson(k2, n2, z))


def _mover_ratio(p1: float, first: Interval, p2: float, second: Interval) -> Interval:
    """MOVER-R (Donner and Zou 2012), the lower end multiplied out so that no denominator vanishes."""
    (l1, u1), (l2, u2) = first, second
    product = p1 * p2
    low_root = math.sqrt(max(0.0, product**2 - l1 * u2 * (2 * p1 - l1) * (2 * p2 - u2)))
    high_root = math.sqrt(max(0.0, product**2 - u1 * l2 * (2 * p1 - u1) * (2 * p2 - l2)))
    low = l1 * (2 * p1 - l1) / (product + low_root) if product + low_root > 0 else 0.0
    high = (product + high_root) / (l2 * (2 * p2 - l2)) if l2 > 0 else math.inf
    return low, high


def equality_p(k1: int, n1: int, k2: int, n2: int) -> float:
    """Two-sided p of equal rates: Fisher's exact test for small tables, else the pooled z test."""
    total, successes = n1 + n2, k1 + k2
    smallest = min(n1, n2) * min(successes, total - successes) / total
    if total <= _FISHER_UP_TO or smallest < 5:
        return max(fisher_p(k1, n1, k2, n2), SMALLEST_P)
    return normal_p(pooled_z(k1, n1, k2, n2))


def fisher_p(k1: int, n1: int, k2: int, n2: int) -> float:
    """Fisher's exact two-sided p: the chance of a table no likelier than this one, its margins given.

    scipy.stats.fisher_exact gives the same at 16 times the cost, which a slider that moves hundreds of gaps cannot
    wait for; likelihoods within a factor of 1 + 1e-7 count as equal, as in R.
    """
    from scipy.special import gammaln

    successes = k1 + k2
    first = np.arange(max(0, successes - n2), min(n1, successes) + 1, dtype=np.float64)
    second = successes - first
    ways = -(gammaln(first + 1) + gammaln(n1 - first + 1) + gammaln(second + 1) + gammaln(n2 - second + 1))
    likelihood = np.exp(ways - ways.max())
    observed = likelihood[int(k1 - first[0])]
    return min(1.0, float(likelihood[likelihood <= observed * (1 + 1e-7)].sum() / likelihood.sum()))


def pooled_z(k1: Number, n1: Number, k2: Number, n2: Number) -> float:
    """The two-proportion z statistic with pooled variance; 0 where everybody or nobody is selected."""
    pooled = (k1 + k2) / (n1 + n2)
    variance = pooled * (1 - pooled) * (1 / n1 + 1 / n2)
    return (k1 / n1 - k2 / n2) / math.sqrt(variance) if variance > 0 else 0.0


def normal_p(z: float) -> float:
    """Two-sided p of a standard normal statistic."""
    return max(math.erfc(abs(z) / math.sqrt(2)), SMALLEST_P)


def p_from_interval(value: float, interval: Interval, z: float) -> float:
    """Two-sided p of "the value is 0" from the half-width of its interval."""
    half = (interval[1] - interval[0]) / 2
    return normal_p(value / (half / z)) if half > 0 else (1.0 if value == 0 else SMALLEST_P)


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values, in the order given (Holm 1979)."""
    adjusted, running = [1.0] * len(p_values), 0.0
    for rank, i in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = running
    return adjusted


@dataclass(frozen=True)
class Moments:
    """The mean of n values and the variance of that mean."""

    n: int
    mean: float
    variance: float

    @classmethod
    def of(cls, n: int, total: float, total_of_squares: float) -> Moments:
        """From a number of values, their sum and the sum of their squares."""
        if n == 0:
            return cls(0, math.nan, math.nan)
        spread = max(0.0, total_of_squares - total * total / n)
        return cls(n, total / n, spread / (n - 1) / n if n > 1 else math.nan)

    def interval(self, confidence: float) -> Interval:
        """Student's interval of the mean."""
        from scipy.special import stdtrit

        half = float(stdtrit(self.n - 1, 0.5 + confidence / 2)) * math.sqrt(self.variance) if self.n > 1 else math.nan
        return self.mean - half, self.mean + half


def auc(positives: npt.NDArray[np.int64], negatives: npt.NDArray[np.int64]) -> tuple[float, float, float]:
    """Area under the ROC curve of a binned score, DeLong's variance, and the largest error that binning can cause.

    Parameters
    ----------
    positives, negatives
        Number of favourable and unfavourable labels per bin, int64 of shape (bins,), better scores last.

    Returns
    -------
    The area (ties count half), its variance (DeLong et al. 1988; NaN under two of either kind), and half the share of
    favourable-unfavourable pairs that share a bin.
    """
    m, n = int(positives.sum()), int(negatives.sum())
    if m == 0 or n == 0:
        return math.nan, math.nan, math.nan
    beaten = (np.cumsum(negatives) - negatives / 2) / n
    beating = (np.cumsum(positives[::-1])[::-1] - positives / 2) / m
    area = float(positives @ beaten) / m
    tied = float(positives.astype(np.float64) @ negatives.astype(np.float64)) / 2 / m / n
    if m < 2 or n < 2:
        return area, math.nan, tied
    first = float(positives @ (beaten - area) ** 2) / (m - 1)
    second = float(negatives @ (beating - area) ** 2) / (n - 1)
    return area, first / m + second / n, tied
