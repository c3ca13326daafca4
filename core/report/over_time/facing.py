"""A watched gap told of whoever is worse off, whichever group it is compared with: sentence and curve face one way."""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean

from core.metrics.gaps import GAPS
from core.metrics.intervals import Interval
from core.record.series import GapOverTime, PointOverTime

Ends = tuple[float | None, float | None]


def facing(gap: GapOverTime) -> GapOverTime:
    """The gap with the group first that has the worse rate in the baseline; before there is one, on average.

    Where both have the same rate then, what it is since an alarm decides. A ratio with a 0 among its audits stays as
    it is, as the inverse has no value.
    """
    measure, values = GAPS[gap.measure], [point.value for point in gap.points if point.value is not None]
    if measure.kind == "ratio" and 0 in values:
        return gap
    times = (gap.baseline, gap.level, fmean(values) if values else None)
    decides = next((value for value in times if value is not None and value != measure.equality), None)
    if decides is None or (decides < measure.equality) is (measure.worse == "lower"):
        return gap
    return replace(
        gap,
        group=gap.reference,
        reference=gap.group,
        points=tuple(_turned_point(point, gap.measure) for point in gap.points),
        baseline=_turned(gap.baseline, gap.measure),
        level=_turned(gap.level, gap.measure),
        year=_turned_range(gap.year, gap.measure),
    )


def _turned_point(point: PointOverTime, measure: str) -> PointOverTime:
    low, high = _turned_ends((point.low, point.high), measure)
    return replace(
        point,
        value=_turned(point.value, measure),
        low=low,
        high=high,
        bounds=_turned_range(point.bounds, measure),
        band=_turned_range(point.band, measure),
    )


def _turned(value: float | None, measure: str) -> float | None:
    if value is None:
        return None
    return 1 / value if GAPS[measure].kind == "ratio" else 0.0 - value


def _turned_range(ends: Interval | None, measure: str) -> Interval | None:
    """A range that is bounded, as bands and means of logarithms are."""
    if ends is None:
        return None
    low, high = ends
    return (1 / high, 1 / low) if GAPS[measure].kind == "ratio" else (0.0 - high, 0.0 - low)


def _turned_ends(ends: Ends, measure: str) -> Ends:
    """The plausible range: of a ratio an end without bound is None, and its inverse is 0."""
    low, high = ends
    if GAPS[measure].kind == "difference" or (low is None and high is None):
        return _turned(high, measure), _turned(low, measure)
    return (1 / high if high else 0.0), (1 / low if low else None)
