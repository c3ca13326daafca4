"""What one audit says of a watched gap, as numbers that can be averaged over audits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.metrics.gaps import GAPS
from core.metrics.sampling.effective import AnyShare

# Of bounds the k and n need not be whole.
Part = AnyShare | tuple[float, float]
Parts = Sequence[tuple[Part, Part]]


@dataclass(frozen=True)
class Reading:
    """One audit's gap on the scale that is averaged: a difference as it is, a ratio by its logarithm.

    `low` and `high` are the same number, unless outcomes are missing: then the gap lies between them, whatever those
    are. `se` is the standard error of either.
    """

    low: float
    high: float
    se: float


def reading(measure: str, group: Sequence[Part], reference: Sequence[Part]) -> Reading:
    """What the (k, n) of two groups say, or their effective ones; no n may be 0.

    Standard errors add a half (ratios) or two people (differences, Agresti and Caffo 2000) to each side, so that a rate
    of 0 has one; a ratio's own logarithm does so too (Gart 1966).
    """
    parts = list(zip(group, reference, strict=True))
    value, variance = (_ratio if GAPS[measure].kind == "ratio" else _difference)(parts)
    return Reading(value, value, math.sqrt(variance))


def as_shown(measure: str, number: float) -> float:
    """A number of the averaged scale as the measure's own."""
    return math.exp(number) if GAPS[measure].kind == "ratio" else number


def _difference(parts: Parts) -> tuple[float, float]:
    """The mean of the differences, and its variance; of several the groups' outcomes are different people."""
    values = [k1 / n1 - k2 / n2 for (k1, n1), (k2, n2) in parts]
    variance = sum(_rate_variance(*share) for pair in parts for share in pair)
    return sum(values) / len(parts), variance / len(parts) ** 2


def _rate_variance(k: float, n: float) -> float:
    p = (k + 1) / (n + 2)
    return p * (1 - p) / (n + 2)


def _ratio(parts: Parts) -> tuple[float, float]:
    (((k1, n1), (k2, n2)),) = parts
    value = math.log((k1 + 0.5) / (n1 + 0.5)) - math.log((k2 + 0.5) / (n2 + 0.5))
    return value, sum(1 / (k + 0.5) - 1 / (n + 0.5) for k, n in ((k1, n1), (k2, n2)))
