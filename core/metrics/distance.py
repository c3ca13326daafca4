"""How far a gap is from equality, and how that distance changed (statistics.md 4)."""

from __future__ import annotations

import math

from core.counts.counts import Ints
from core.metrics.gaps import GAPS, Kind
from core.metrics.group_metrics import METRICS
from core.metrics.intervals import Interval, mover_mean
from core.metrics.joint import difference_sum, log_ratio_sum
from core.metrics.verdicts import Gap

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


def crossed_change(before: Gap, after: Gap, people: Sides | None, z: float) -> Interval | None:
    """The interval of the change of distance of a gap that crossed equality; None where it has none.

    Where the sign flips, |after| - |before| is after + before, up to sign, so the interval is that of the sum: paired
    from `people`, as for the change itself; where they are None, MOVER over both gaps' own intervals. Ratios are taken
    by their logarithms.
    """
    measure = GAPS[before.measure]
    metrics = [METRICS[name] for name in measure.metrics]
    assert before.value is not None and after.value is not None
    is_above = after.value > measure.equality
    if people is None:
        total = _unpaired_sum(measure.kind, before, after)
    elif measure.kind == "ratio":
        summed = log_ratio_sum(metrics[0], *people, z)
        total = None if summed is None else summed[1]
    else:
        total = difference_sum(metrics, *people, z)[1]
    if total is None:
        return None
    return total if is_above else (-total[1], -total[0])


def _unpaired_sum(kind: Kind, before: Gap, after: Gap) -> Interval | None:
    """The interval of after + before as if of different people, in logarithms for a ratio."""
    sides = []
    for gap in (before, after):
        if gap.value is None or gap.low is None or gap.high is None:
            return None
        ends = (gap.value, gap.low, gap.high)
        if kind == "ratio":
            if min(ends) <= 0:
                return None
            ends = (math.log(gap.value), math.log(gap.low), math.log(gap.high))
        sides.append((ends[0], (ends[1], ends[2])))
    low, high = mover_mean(sides)
    return 2 * low, 2 * high
