"""A gap that moved, told of the group that is worse off, whichever of the two is the reference."""

from __future__ import annotations

from dataclasses import replace

from core.metrics.comparison import GapChange
from core.metrics.gaps import GAPS


def of_worse_off(change: GapChange, then: bool = False) -> GapChange:
    """The change with the group first that has the worse rate before, or after it where `then`.

    Where both have the same rate at that time, the other time decides. Of a ratio with a 0 the inverse has no value, so
    it stays as it is.
    """
    times = (change.after, change.before) if then else (change.before, change.after)
    equality = GAPS[change.measure].equality
    decides = next((value for value in times if value is not None and value != equality), None)
    if decides is None or (decides < equality) is (GAPS[change.measure].worse == "lower"):
        return change
    return turned(change)


def turned(change: GapChange) -> GapChange:
    """The change with its two groups in each other's place; a ratio with a 0 as it is."""
    return _turned_ratio(change) if GAPS[change.measure].kind == "ratio" else _turned_difference(change)


def _turned_difference(change: GapChange) -> GapChange:
    return replace(
        change,
        group=change.reference,
        reference=change.group,
        before=_negative(change.before),
        after=_negative(change.after),
        change=_negative(change.change),
        low=_negative(change.high),
        high=_negative(change.low),
        after_range=(_negative(change.after_range[1]), _negative(change.after_range[0])),
    )


def _turned_ratio(change: GapChange) -> GapChange:
    """The inverse ratio, 1/after - 1/before = -change / (before x after); its range by the same factor.

    To first order that is the interval of the inverse's own change near no change, and the two never disagree about
    whether there is one.
    """
    if 0 in (change.before, change.after):
        return change
    both = None if change.before is None or change.after is None else change.before * change.after
    low, high = (None if both is None or end is None else -end / both for end in (change.high, change.low))
    return replace(
        change,
        group=change.reference,
        reference=change.group,
        before=_inverse(change.before),
        after=_inverse(change.after),
        change=None if both is None or change.change is None else -change.change / both,
        low=low,
        high=high,
        after_range=_turned_range(*change.after_range),
    )


def _negative(value: float | None) -> float | None:
    return None if value is None else 0.0 - value


def _inverse(value: float | None) -> float | None:
    return None if value is None else 1 / value


def _turned_range(low: float | None, high: float | None) -> tuple[float | None, float | None]:
    """The range of the inverse: an end without bound is None, and its inverse is 0."""
    if low is None and high is None:
        return None, None
    return (1 / high if high else 0.0), (1 / low if low else None)
