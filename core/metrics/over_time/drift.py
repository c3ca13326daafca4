"""How far a share or a mean has moved since the baseline, with its range and a test."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.metrics.intervals import Moments, equality_p, newcombe, normal_p, z_value


@dataclass(frozen=True)
class Drifted:
    """A number in the baseline and now, the range of its change, and the p of no change."""

    before: float
    after: float
    low: float
    high: float
    p_value: float


def drifted_share(before: tuple[int, int], after: tuple[int, int], confidence: float) -> Drifted | None:
    """A share of people, each as (k, n): Newcombe's range, Fisher's or the pooled z test; None where nobody is."""
    (k1, n1), (k2, n2) = before, after
    if not n1 or not n2:
        return None
    low, high = newcombe(k2, n2, k1, n1, z_value(confidence))
    return Drifted(k1 / n1, k2 / n2, low, high, equality_p(k1, n1, k2, n2))


def drifted_mean(before: Moments, after: Moments, confidence: float) -> Drifted | None:
    """A mean of scores: the normal range and test of two means that vary differently; None under two of either."""
    variance = before.variance + after.variance
    if math.isnan(variance):
        return None
    change, half = after.mean - before.mean, z_value(confidence) * math.sqrt(variance)
    p = normal_p(change / math.sqrt(variance)) if variance else float(change == 0)
    return Drifted(before.mean, after.mean, change - half, change + half, p)
