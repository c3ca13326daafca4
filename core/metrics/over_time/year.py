"""A range for the mean gap over all audits so far that holds however often somebody looks.

A normal-mixture confidence sequence (Robbins 1970; Howard, Ramdas, McAuliffe and Sekhon 2021): in 95 % of all series it
holds in all audits together. It says where the level is, and is slow as an alarm.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.metrics.intervals import Interval
from core.metrics.over_time.readings import Reading

_MONTHS = 12


def mixture_scale(variance: float, alpha: float) -> float:
    """The mixture's rho that makes the bound narrowest where the variance of the sum is so large."""
    level = 2 * math.log(1 / alpha)
    return variance / (level + math.log(1 + level))


def mixture_bound(variance: float, scale: float, alpha: float) -> float:
    """How far the sum may lie from its mean, at all times together, when its variance is so large."""
    total = variance + scale
    return math.sqrt(total * (2 * math.log(1 / alpha) + math.log(total / scale)))


def year_range(readings: Sequence[Reading], alpha: float = 0.05) -> Interval | None:
    """The range of the mean of all gaps so far, on the averaged scale; None where there is none.

    It is narrowest after twelve audits as large as the first. Months may differ as they like: each counts as it was.
    """
    if not readings:
        return None
    n, variance = len(readings), sum(each.se**2 for each in readings)
    half = mixture_bound(variance, mixture_scale(_MONTHS * readings[0].se ** 2, alpha), alpha) / n
    return sum(each.low for each in readings) / n - half, sum(each.high for each in readings) / n + half
