"""By how much a gap grew: |difference| or |log ratio| after less before, with its interval (statistics.md 4 and 7)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from core.metrics.distance import Sides
from core.metrics.gaps import GAPS, Kind, Measure
from core.metrics.group_metrics import METRICS
from core.metrics.intervals import Interval, mover_mean
from core.metrics.joint import (
    AFTER,
    BEFORE,
    Change,
    difference_change,
    difference_sum,
    is_countable,
    log_ratio_change,
    log_ratio_sum,
    rate_parts,
)
from core.metrics.sampling.effective import AnyShare
from core.metrics.verdicts import Gap

Shares = tuple[Sequence[AnyShare], Sequence[AnyShare]]


def growth(before: Gap, after: Gap, people: Sides | None, z: float) -> Change | None:
    """By how much a gap is farther from equality after than before, with its interval; of a ratio in logarithms.

    Where both lie on one side of equality the distance grows as the value does. Where the gap crossed, |after| -
    |before| is after + before, up to sign, so the interval is that of the sum. Paired from `people`; where they are
    None, MOVER over both gaps' own intervals. None where it has none.
    """
    measure = GAPS[before.measure]
    if people is not None:
        return paired_growth(measure, people, z)
    return unpaired_growth(measure, shares_of(before), shares_of(after), z)


def shares_of(gap: Gap) -> Shares:
    """The (k, n) behind a gap, of its group and of its reference."""
    return gap.group_shares, gap.reference_shares


def unpaired_growth(measure: Measure, before: Shares, after: Shares, z: float) -> Change | None:
    """The growth as if of different people; None where a rate is 0 that a ratio needs."""
    old, new = (_ranged(measure, shares, z) for shares in (before, after))
    if old is None or new is None:
        return None
    sign = 1 if old[0] * new[0] < 0 else -1
    low, high = mover_mean([new, old if sign > 0 else (-old[0], (-old[1][1], -old[1][0]))])
    return _outward(old[0], new[0], (2 * low, 2 * high))


def paired_growth(measure: Measure, people: Sides, z: float) -> Change | None:
    """The growth of a gap between people who were decided about twice; None where a rate has nobody, or is 0."""
    metrics = [METRICS[name] for name in measure.metrics]
    if not all(is_countable(metrics, side) for side in people):
        return None
    old, new = (_apart(measure, people, which) for which in (BEFORE, AFTER))
    if old is None or new is None:
        return None
    crossed = old * new < 0
    if measure.kind == "ratio":
        changed = (log_ratio_sum if crossed else log_ratio_change)(metrics[0], *people, z)
    else:
        changed = (difference_sum if crossed else difference_change)(metrics, *people, z)
    return None if changed is None else _outward(old, new, changed[1])


def _outward(before: float, after: float, moved: Interval) -> Change:
    """A change of value as one of distance: turned over where the gap lies below equality."""
    is_above = after > 0 or (after == 0 and before > 0)
    return abs(after) - abs(before), moved if is_above else (-moved[1], -moved[0])


def _ranged(measure: Measure, shares: Shares, z: float) -> Change | None:
    """A gap's value with its interval, so that 0 is equality; None where it is not bounded."""
    is_ratio = measure.kind == "ratio"
    if any(n == 0 or (is_ratio and k == 0) for side in shares for k, n in side):
        return None
    found = measure.compare(list(zip(*shares, strict=True)), z)
    return _scaled(measure.kind, float(found.value), (found.low, found.high))


def _scaled(kind: Kind, value: float, interval: Interval) -> Change | None:
    low, high = interval
    if kind == "difference":
        return value, interval
    if low <= 0 or math.isinf(high):
        return None
    return math.log(value), (math.log(low), math.log(high))


def _apart(measure: Measure, people: Sides, which: int) -> float | None:
    """A gap's value before or after, so that 0 is equality; None where a rate of a ratio is 0."""
    metrics = [METRICS[name] for name in measure.metrics]
    group, reference = ([Fraction(*rate_parts(metric, side, which)) for metric in metrics] for side in people)
    if measure.kind == "ratio":
        if not group[0] or not reference[0]:
            return None
        return math.log(group[0] / reference[0])
    return float(sum((a - b for a, b in zip(group, reference, strict=True)), Fraction(0)) / len(metrics))
