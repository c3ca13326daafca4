"""Each watched gap in each audit of a series, held against its band."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.metrics.gaps import GAPS
from core.metrics.intervals import Interval
from core.metrics.over_time.bands import FIRST_SIX, WINDOWS, Floats, extra_by_audit, extra_variance, look
from core.metrics.over_time.readings import Reading, as_shown, reading
from core.metrics.over_time.year import year_range
from core.metrics.policies import band
from core.metrics.verdicts import Gap, Judgement
from core.plan.plan import Plan
from core.record import AuditRecord
from core.record.series.gaps import GapOverTime, PointOverTime
from core.record.series.watched import Key

_NOBODY = "nobody of the group, or of those it is compared with, is in this audit"


def gaps_over_time(
    keys: Sequence[Key],
    records: Sequence[AuditRecord],
    judgements: Sequence[Judgement],
    periods: Sequence[str],
    baseline: int,
    plan: Plan,
) -> tuple[GapOverTime, ...]:
    """The gaps of these keys; records, judgements and periods are those of the audits, in order of time."""
    found = [[_found(key, judgement) for judgement in judgements] for key in keys]
    readings = [[None if gap is None else _reading(gap) for gap in each] for each in found]
    spread = _extra(readings, baseline)
    return tuple(
        _gap(key, each, read, variance, records, periods, baseline, len(keys), plan)
        for key, each, read, variance in zip(keys, found, readings, spread, strict=True)
    )


def _found(key: Key, judgement: Judgement) -> Gap | None:
    by, measure, group = key
    return next(
        (
            gap
            for gap in judgement.gaps
            if gap.by == by and gap.measure == measure and tuple(gap.group.values()) == group
        ),
        None,
    )


def _reading(gap: Gap) -> Reading | None:
    return None if gap.value is None else reading(gap.measure, gap.group_shares, gap.reference_shares)


def _extra(readings: Sequence[Sequence[Reading | None]], baseline: int) -> Floats:
    """The extra variance of each gap, shape (gaps,)."""
    middle = np.array([[np.nan if each is None else each.middle for each in row] for row in readings])
    se = np.array([[np.nan if each is None else each.se for each in row] for row in readings])
    return extra_variance(middle.reshape(len(readings), -1), se.reshape(len(readings), -1), baseline)


def _gap(
    key: Key,
    found: Sequence[Gap | None],
    readings: Sequence[Reading | None],
    variance: float,
    records: Sequence[AuditRecord],
    periods: Sequence[str],
    baseline: int,
    watched: int,
    plan: Plan,
) -> GapOverTime:
    by, measure, group = key
    places = [place for place, each in enumerate(readings) if each is not None]
    there = [each for each in readings if each is not None]
    low, high, se = (np.array([getattr(each, name) for each in there]) for name in ("low", "high", "se"))
    by_audit = extra_by_audit(np.asarray(variance), len(readings), baseline)[places]
    points = [
        PointOverTime(period, record.digest, *_shown(gap), None, 1.0, None, (), _why(gap))
        for period, record, gap in zip(periods, records, found, strict=True)
    ]
    middle = None
    if len(there) >= baseline:
        looks = look(low, high, se, baseline, watched, by_audit)
        middle = as_shown(measure, float(looks.baseline.mean()))
        for at, place in enumerate(places):
            if at >= baseline:
                points[place] = _looked(points[place], measure, looks.beyond[at], looks.baseline, looks.half[at])
    since = _since(points, places)
    level = None if since is None else as_shown(measure, _mean(there[since:]))
    year = year_range(there)
    shown: Interval | None = None if year is None else (as_shown(measure, year[0]), as_shown(measure, year[1]))
    first = next((gap for gap in found if gap is not None), None)
    names = dict(zip(by, group, strict=True)) if first is None else first.group
    return GapOverTime(
        by,
        measure,
        names,
        {} if first is None else first.reference,
        band(GAPS[measure], plan),
        tuple(points),
        middle,
        math.sqrt(variance) if len(records) >= max(FIRST_SIX, baseline) else None,
        None if since is None else periods[places[since]],
        level,
        shown,
    )


def _shown(gap: Gap | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if gap is None else (gap.value, gap.low, gap.high)


def _why(gap: Gap | None) -> str:
    return _NOBODY if gap is None else gap.reason if gap.value is None else ""


def _looked(point: PointOverTime, measure: str, beyond: Floats, baseline: Floats, half: float) -> PointOverTime:
    """The point with its band, and over how many last audits the mean lies outside its own."""
    outside = tuple(window for window, far in zip(WINDOWS, beyond, strict=True) if abs(np.nan_to_num(far)) > 1)
    ends = as_shown(measure, float(baseline[0] - half)), as_shown(measure, float(baseline[1] + half))
    return replace(point, band=ends, outside=outside)


def _since(points: Sequence[PointOverTime], places: Sequence[int]) -> int | None:
    """Where among the audits with a value the present alarm began; None where the last audit raises none."""
    if not places or places[-1] != len(points) - 1 or not points[-1].is_alarm:
        return None
    at = len(places) - 1
    while at and points[places[at - 1]].is_alarm:
        at -= 1
    return at - min(points[places[at]].outside) + 1


def _mean(readings: Sequence[Reading]) -> float:
    return sum(each.middle for each in readings) / len(readings)
