"""series.json: a series of audits with every number that the page Over time and the sentences are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.record import AuditRecord
from core.record.series import DriftRow, GapOverTime, PointOverTime, Series
from core.report.words.over_time import first_sentence, series_lines


def series_document(series: Series, failed: Sequence[str] = ()) -> dict[str, Any]:
    """The series as series.json holds it; `failed` are files that could not be audited.

    Raises PlanError where the plan watches a gap that is none.
    """
    return {
        "plumbline": 1,
        "name": series.plan.name,
        "question_sha256": series.plan.series_sha256,
        "sentence": first_sentence(series),
        "lines": series_lines(series),
        "alarm": series.is_alarm,
        "baseline": series.baseline,
        "ready": series.is_ready,
        "audits": [_audit(period, record) for period, record in zip(series.periods, series.records, strict=True)],
        "gaps": [_gap(gap) for gap in series.gaps],
        "drift": [_drift(row) for row in series.drift],
        "failed": list(failed),
    }


def _audit(period: str, record: AuditRecord) -> dict[str, Any]:
    return {
        "period": period,
        "file": record.plan.data.file,
        "data_sha256": record.provenance.data_sha256,
        # Of numbers that are hidden the digest would tell whether a guess at them is right.
        "record_sha256": None if record.hides else record.digest,
        "created": record.created,
        "people": record.counts.people,
    }


def _gap(gap: GapOverTime) -> dict[str, Any]:
    return {
        "by": list(gap.by),
        "measure": gap.measure,
        "group": dict(gap.group),
        "reference": dict(gap.reference),
        "limit": list(gap.limit.ends),
        "baseline": gap.baseline,
        "extra": gap.extra,
        "alarm": gap.is_alarm,
        "since": gap.since,
        "level": gap.level,
        "year": _ends(gap.year),
        "points": [_point(point) for point in gap.points],
    }


def _point(point: PointOverTime) -> dict[str, Any]:
    return {
        "period": point.period,
        "value": point.value,
        "low": point.low,
        "high": point.high,
        "bounds": _ends(point.bounds),
        "known": point.known,
        "band": _ends(point.band),
        "outside": list(point.outside),
        "reason": point.reason,
    }


def _drift(row: DriftRow) -> dict[str, Any]:
    return {**vars(row), "by": list(row.by), "group": dict(row.group)}


def _ends(interval: tuple[float, float] | None) -> list[float] | None:
    return None if interval is None else list(interval)
