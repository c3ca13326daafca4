"""A watched gap as a curve and as rows of a table."""

from __future__ import annotations

from collections.abc import Mapping

from core.metrics.gaps import GAPS
from core.metrics.words import group_words
from core.metrics.words.naming.terms import Terms
from core.record.series import GapOverTime, PointOverTime, Series
from core.report.charts.over_time import ALARM, BASELINE, WATCHED, Curve, CurvePoint
from core.report.documents.spreadsheet import csv_text
from core.report.over_time.facing import facing
from core.report.pair.change_rows import range_words, value_words
from core.report.words.by_group import as_written
from core.report.words.questions import question

COLUMNS = (
    *("audit", "by", "measure", "group", "reference", "value", "low", "high", "band_low", "band_high"),
    *("least", "most", "outcomes_known", "alarm", "reason"),
)
_STANDS = {BASELINE: "One of the first", WATCHED: "As before", ALARM: "Alarm"}
_UNKNOWN = "Cannot be told"


def gap_title(gap: GapOverTime, terms: Terms) -> str:
    """Whose gap on which question, whoever is worse off first: "Who gets approved? Women beside men"."""
    gap = facing(gap)
    group, reference = (group_words(dict(names), terms) for names in (gap.group, gap.reference))
    return f"{question(GAPS[gap.measure], terms)} {group[:1].upper()}{group[1:]} beside {reference}"


def curve_of(gap: GapOverTime, terms: Terms, ids: Mapping[str, str]) -> Curve:
    """The picture of a gap; `ids` tells by the digest of an audit's record what a click on its point gives."""
    gap = facing(gap)
    is_ratio = GAPS[gap.measure].kind == "ratio"
    scale = 1.0 if is_ratio else 100.0
    reference = group_words(dict(gap.reference), terms)
    title = f"Times as often as {reference}" if is_ratio else f"Points more or less than {reference}"
    points = tuple(_point(gap, place, scale, ids) for place in range(len(gap.points)))
    equal, limit = (1.0 if is_ratio else 0.0), gap.limit.limit
    limits = (limit, 1 / limit) if gap.limit.is_ratio else (-100 * limit, 100 * limit)
    sides = {point.value < equal for point in points if point.value is not None}
    return Curve(points, title, equal, tuple(each for each in limits if (each < equal) in sides))


def curve_table(gap: GapOverTime) -> dict[str, list[str]]:
    """The same as columns of words, an audit a row."""
    gap = facing(gap)
    return {
        "Audit": [point.period for point in gap.points],
        "Gap": [value_words(point.value, gap.measure) for point in gap.points],
        "Range that chance leaves open": [range_words(point.low, point.high, gap.measure) for point in gap.points],
        "By chance": [_band_words(point.band, gap.measure) for point in gap.points],
        "Beside the first audits": [stands_words(gap, place) for place in range(len(gap.points))],
    }


def series_csv(series: Series) -> str:
    """Every watched gap in every audit as CSV text, header first: as it is watched, shares and ratios as numbers."""
    rows = [
        (
            *(
                point.period,
                ", ".join(gap.by),
                gap.measure,
                as_written(dict(gap.group)),
                as_written(dict(gap.reference)),
            ),
            *(point.value, point.low, point.high, *(point.band or (None, None)), *(point.bounds or (None, None))),
            *(point.known, point.is_alarm, point.reason),
        )
        for gap in series.gaps
        for point in gap.points
    ]
    return csv_text([COLUMNS, *rows])


def _band_words(band: tuple[float, float] | None, measure: str) -> str:
    return "" if band is None else range_words(band[0], band[1], measure)


def stands_words(gap: GapOverTime, place: int) -> str:
    """How an audit stands beside those of the baseline, in a few words."""
    point = gap.points[place]
    return _UNKNOWN if point.value is None else _STANDS[_stands(point)]


def _stands(point: PointOverTime) -> str:
    return ALARM if point.is_alarm else BASELINE if point.band is None else WATCHED


def _point(gap: GapOverTime, place: int, scale: float, ids: Mapping[str, str]) -> CurvePoint:
    point = gap.points[place]
    least, most = (None, None) if point.bounds is None else (scale * end for end in point.bounds)
    said = f"{point.period}: {value_words(point.value, gap.measure)}. {stands_words(gap, place)}."
    return CurvePoint(
        id=ids.get(point.digest, ""),
        period=point.period,
        value=_scaled(point.value, scale),
        low=_scaled(point.low, scale),
        high=_scaled(point.high, scale),
        stands=_stands(point),  # type: ignore[arg-type]
        sentence=said,
        least=least,
        most=most,
        band=None if point.band is None else (scale * point.band[0], scale * point.band[1]),
    )


def _scaled(value: float | None, scale: float) -> float | None:
    return None if value is None else scale * float(value)
