"""How far a gap is from equality, and when that distance is as it was (statistics.md 4)."""

from __future__ import annotations

import math

from core.counts.counts import Ints
from core.metrics.gaps import Kind
from core.metrics.intervals import Interval

# A change whose whole range is narrower than this either way is none that matters: one point, the gap that a fix is
# asked for unless the plan says otherwise (statistics.md 5), and of a ratio a fiftieth of itself, so that its inverse
# is judged alike.
NO_CHANGE: dict[Kind, float] = {"difference": 0.01, "ratio": 0.02}
NO_CHANGE_WORDS: dict[Kind, str] = {"difference": "1 point", "ratio": "a fiftieth"}
# The people of a gap's group and of its reference, each int64 of shape (3 labels, 2 before, 2 after).
Sides = tuple[Ints, Ints]


def distance(kind: Kind, value: float) -> float:
    """How far a measure's value is from equality: |difference| or |log ratio|."""
    if kind == "difference":
        return abs(value)
    return abs(math.log(value)) if value > 0 else math.inf


def least_distance(kind: Kind, interval: Interval) -> float:
    """The smallest distance of any value in an interval: 0 where it holds equality."""
    low, high = interval
    equal = 1.0 if kind == "ratio" else 0.0
    return 0.0 if low <= equal <= high else min(distance(kind, low), distance(kind, high))


def has_crossed(kind: Kind, before: float, after: float) -> bool:
    """Whether a gap fell on one side of equality before, and falls on the other now."""
    equal = 1.0 if kind == "ratio" else 0.0
    return (before - equal) * (after - equal) < 0


def is_as_before(kind: Kind, values: tuple[float, float], interval: Interval) -> bool:
    """Whether a change's whole range holds none and nothing that matters: no change, as an equivalence test tells it.

    An interval of confidence 1 - alpha inside the margin is two one-sided tests at alpha / 2 (Schuirmann 1987). A small
    change whose range leaves out 0 is a change. `values` are those before and after.
    """
    low, high = interval
    margin = no_change(kind, values)
    return -margin < low <= 0 <= high < margin


def no_change(kind: Kind, values: tuple[float, float]) -> float:
    """The smallest change that matters, from one value to another.

    Of a ratio a part of the mean of the two, taken by their logarithms: so neither turning the ratio over nor
    swapping before and after judges otherwise.
    """
    return NO_CHANGE[kind] * (math.sqrt(values[0] * values[1]) if kind == "ratio" else 1.0)
