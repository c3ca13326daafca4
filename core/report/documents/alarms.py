"""What the last audit of a series raises an alarm about, as it is told to people by webhook or e-mail."""

from __future__ import annotations

from core.record.series import GapOverTime, Series
from core.record.series.alert import Alert
from core.record.series.periods import period_of
from core.report.words.over_time import alarm_sentence, in_order


def alarms(series: Series) -> tuple[Alert, ...]:
    """One for each watched gap that the last audit raises an alarm about; none where it raises none."""
    return tuple(_alarm(series, gap) for gap in in_order(series) if gap.is_alarm)


def _alarm(series: Series, gap: GapOverTime) -> Alert:
    last, point = series.records[-1], gap.points[-1]
    low, high = (None, None) if point.band is None else point.band
    numbers = {
        "value": point.value,
        "low": point.low,
        "high": point.high,
        "band_low": low,
        "band_high": high,
        "baseline": gap.baseline,
        "level": gap.level,
    }
    period = period_of(last.plan)
    return Alert(
        series.plan.series_sha256,
        series.plan.name,
        series.periods[-1],
        {
            "measure": gap.measure,
            "by": list(gap.by),
            "group": dict(gap.group),
            "reference": dict(gap.reference),
        },
        alarm_sentence(series, gap),
        numbers,
        f"{last.provenance.data_sha256}-{period.name}" if period.is_cut else last.provenance.data_sha256,
        "" if last.hides else last.digest,
    )
