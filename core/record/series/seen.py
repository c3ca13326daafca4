"""Each watched gap in each audit of a series, held against its band."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.metrics.gaps import GAPS
from core.metrics.over_time.bands import FIRST_SIX, WINDOWS, Floats, Looks, extra_by_audit, extra_variance, look
from core.metrics.over_time.readings import Reading, as_shown
from core.metrics.over_time.year import year_range
from core.metrics.policies import band
from core.metrics.reference import References
from core.metrics.verdicts import Judgement
from core.plan.plan import Plan
from core.record import AuditRecord
from core.record.series.gaps import GapOverTime, PointOverTime
from core.record.series.read import GapSeen, read_gap
from core.record.series.watched import Key


def gaps_over_time(
    keys: Sequence[Key],
    records: Sequence[AuditRecord],
    judgements: Sequence[Judgement],
    periods: Sequence[str],
    references: References,
    baseline: int,
    plan: Plan,
) -> tuple[GapOverTime, ...]:
    """The gaps of these keys; records, judgements and periods are those of the audits, in order of time."""
    if not keys:
        return ()
    seen = [read_gap(key, records, judgements, references[key[0]], baseline) for key in keys]
    spread = _extra(seen, baseline)
    return tuple(
        _gap(key, each, variance, _points(each, records, periods), baseline, len(keys), plan)
        for key, each, variance in zip(keys, seen, spread, strict=True)
    )


def _extra(seen: Sequence[Sequence[GapSeen]], baseline: int) -> Floats:
    """The extra variance of each gap, shape (gaps,); what lies between bounds tells nothing of it."""
    known = [[None if each.is_bounded else each.reading for each in row] for row in seen]
    middle, se = (
        np.array([[np.nan if each is None else getattr(each, name) for each in row] for row in known])
        for name in ("low", "se")
    )
    return extra_variance(middle.reshape(len(seen), -1), se.reshape(len(seen), -1), baseline)


def _points(seen: Sequence[GapSeen], records: Sequence[AuditRecord], periods: Sequence[str]) -> list[PointOverTime]:
    """The audits before they are held against anything."""
    return [_point(*each) for each in zip(periods, records, seen, strict=True)]


def _point(period: str, record: AuditRecord, seen: GapSeen) -> PointOverTime:
    gap, bounds = seen.gap, None
    if gap is not None and seen.reading is not None and seen.is_bounded:
        bounds = as_shown(gap.measure, seen.reading.low), as_shown(gap.measure, seen.reading.high)
    value, low, high = (None, None, None) if gap is None else (gap.value, gap.low, gap.high)
    return PointOverTime(period, record.digest, value, low, high, bounds, seen.known, None, (), seen.reason)


def _gap(
    key: Key,
    seen: Sequence[GapSeen],
    variance: float,
    points: list[PointOverTime],
    baseline: int,
    watched: int,
    plan: Plan,
) -> GapOverTime:
    by, measure, group = key
    places = [place for place, each in enumerate(seen) if each.reading is not None]
    readings = [each.reading for each in seen if each.reading is not None]
    looks = None
    if len(readings) >= baseline:
        low, high, se = (np.array([getattr(each, name) for each in readings]) for name in ("low", "high", "se"))
        by_audit = extra_by_audit(np.asarray(variance), len(seen), baseline)[places]
        looks = look(low, high, se, baseline, watched, by_audit)
        for at, place in list(enumerate(places))[baseline:]:
            points[place] = _looked(points[place], measure, looks, at)
    since = _since(points, places)
    year = year_range(readings)
    first = next((each.gap for each in seen if each.gap is not None), None)
    return GapOverTime(
        by,
        measure,
        dict(zip(by, group, strict=True)) if first is None else first.group,
        {} if first is None else first.reference,
        band(GAPS[measure], plan),
        tuple(points),
        None if looks is None else as_shown(measure, float(looks.baseline.mean())),
        math.sqrt(variance) if len(seen) >= max(FIRST_SIX, baseline) else None,
        None if since is None else points[places[since]].period,
        None if since is None or looks is None else as_shown(measure, _level(readings[since:], looks)),
        None if year is None else (as_shown(measure, year[0]), as_shown(measure, year[1])),
    )


def _looked(point: PointOverTime, measure: str, looks: Looks, at: int) -> PointOverTime:
    """The point with its band, and over how many last audits the mean lies outside its own."""
    outside = tuple(window for window, is_out in zip(WINDOWS, looks.outside[at], strict=True) if is_out)
    low, high = looks.baseline[0] - looks.half[at], looks.baseline[1] + looks.half[at]
    return replace(point, band=(as_shown(measure, float(low)), as_shown(measure, float(high))), outside=outside)


def _since(points: Sequence[PointOverTime], places: Sequence[int]) -> int | None:
    """Where among the audits with a reading the present alarm began; None where the last audit raises none."""
    if not places or places[-1] != len(points) - 1 or not points[-1].is_alarm:
        return None
    at = len(places) - 1
    while at and points[places[at - 1]].is_alarm:
        at -= 1
    return at - min(points[places[at]].outside) + 1


def _level(readings: Sequence[Reading], looks: Looks) -> float:
    """The mean of these; between bounds the end that is nearer to the baseline, so that nothing is made larger."""
    low, high = (sum(each) / len(readings) for each in zip(*((one.low, one.high) for one in readings), strict=True))
    middle = float(looks.baseline.mean())
    return low if low > middle else high if high < middle else middle
