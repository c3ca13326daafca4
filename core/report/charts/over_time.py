"""The picture of one watched gap over time: each audit with its range, the control band, the limit and the alarms."""

from __future__ import annotations

import json
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Literal

import altair as alt

# Altair takes pandas out of sys.modules, where another thread's first import may have left it half done.
import pandas as pd  # noqa: F401

from core.report.charts import INK, PAPER, Colour, in_one_text
from core.report.charts.shared_rows import SharedRows
from core.report.colours import COLOURS, GREY

CLICKED, ID = "clicked", "id"
HEIGHT = 260
BASELINE, WATCHED, ALARM = "baseline", "watched", "alarm"
_COLOURS = {BASELINE: GREY, WATCHED: COLOURS["no_gap"], ALARM: COLOURS["gap"]}
_SHAPES = {BASELINE: "circle", WATCHED: "circle", ALARM: "diamond"}
_SIZES = {BASELINE: 80, WATCHED: 80, ALARM: 220}
_LETTERS = 13
_LINE = 17  # pixels that words beside a line need
_PAD = 0.08
_TITLE = 36
_MOST_NAMED = 24  # of so many periods each has its name under the picture


@dataclass(frozen=True)
class CurvePoint:
    """One audit of the curve, in the unit of the picture: the gap and its range, None where it was not measurable.

    `least` and `most` are the gap with the outcomes that are still to come counted one way and the other, where some
    are; `band` is where it may lie by chance, where it is held against the baseline. `id` is told when the point is
    clicked, and `sentence` stands beside the pointer.
    """

    id: str
    period: str
    value: float | None
    low: float | None
    high: float | None
    stands: Literal["baseline", "watched", "alarm"]
    sentence: str
    least: float | None = None
    most: float | None = None
    band: tuple[float, float] | None = None


@dataclass(frozen=True)
class Curve:
    """What is drawn: the points in order, the name of the axis, and limits.

    `equal` is the value at which there is no gap: 0 for differences in points, 1 for ratios.
    """

    points: tuple[CurvePoint, ...]
    title: str
    equal: float
    limits: tuple[float, ...] = ()


def curve_chart(curve: Curve, ink: Colour = INK, paper: Colour = PAPER) -> alt.LayerChart:
    """Each audit a mark on its range, in time from left to right; a click on one tells its id in `CLICKED`.

    Parameters
    ----------
    curve
        What is drawn.
    ink, paper
        The colours of text and of what lies behind it: those of the page, unless given as CSS writes them.
    """
    rows = [vars(point) | {"place": place, "size": _SIZES[point.stands]} for place, point in enumerate(curve.points)]
    drawn = [row for row in rows if row["value"] is not None]
    base = alt.Chart(SharedRows(values=drawn)).encode(x=_x(curve, ink))
    layers = [
        *_band(curve, ink),
        *_levels(curve, ink),
        base.mark_line(color=_COLOURS[WATCHED], strokeWidth=1.5, opacity=0.5).encode(y=_y("value:Q", curve, ink)),
        base.transform_filter("datum.least !== null")
        .mark_rule(strokeWidth=9, opacity=0.25)
        .encode(y=alt.Y("least:Q"), y2=alt.Y2("most:Q"), color=_by_standing(alt.Color, _COLOURS)),
        base.mark_rule(strokeWidth=2).encode(
            y=alt.Y("low:Q"), y2=alt.Y2("high:Q"), color=_by_standing(alt.Color, _COLOURS)
        ),
        base.mark_point(strokeWidth=2, opacity=1, cursor="pointer")
        .encode(
            y=alt.Y("value:Q"),
            stroke=_by_standing(alt.Stroke, _COLOURS),
            fill=_by_standing(alt.Fill, _COLOURS | {BASELINE: paper}),
            shape=_by_standing(alt.Shape, _SHAPES),
            size=alt.Size("size:Q", scale=None),
            tooltip=alt.Tooltip("sentence:N"),
        )
        .add_params(alt.selection_point(name=CLICKED, fields=[ID], on="click")),
    ]
    return in_one_text(alt.LayerChart(layer=layers, height=HEIGHT))


def _band(curve: Curve, ink: Colour) -> list[alt.Chart]:
    """The control band, as wide as each audit's own number of people makes it, and its middle as a thin line."""
    rows = [
        {"from": place - 0.5, "to": place + 0.5, "low": point.band[0], "high": point.band[1]}
        for place, point in enumerate(curve.points)
        if point.band is not None
    ]
    if not rows:
        return []
    data = alt.Chart(SharedRows(values=[row | {"middle": (row["low"] + row["high"]) / 2} for row in rows]))
    across = {"x": _x(curve, ink, "from:Q"), "x2": alt.X2("to:Q")}
    return [
        data.mark_rect(color=GREY, opacity=0.22).encode(y=_y("low:Q", curve, ink), y2=alt.Y2("high:Q"), **across),
        data.mark_rule(color=GREY, strokeWidth=1).encode(y=alt.Y("middle:Q"), **across),
    ]


def _levels(curve: Curve, ink: Colour) -> list[alt.Chart]:
    """Where there would be no gap, and the limits, as lines with their words, as far as there is room for these."""
    first, last = _domain(curve)
    lines: list[dict[str, Any]] = [
        {"at": limit, "words": "limit", "stands": "below" if limit < curve.equal else "above"}
        for limit in curve.limits
        if first <= limit <= last
    ]
    if first <= curve.equal <= last:
        lines.append({"at": curve.equal, "words": "no gap", "stands": _beside_no_gap(curve, HEIGHT / (last - first))})
    if not lines:
        return []
    data = alt.Chart(SharedRows(values=lines))
    at = _y("at:Q", curve, ink)
    return [
        *(
            data.transform_filter(f"datum.words === '{words}'")
            .mark_rule(color=colour, strokeDash=dash, strokeWidth=1.5)
            .encode(y=at)
            for words, colour, dash in (("limit", COLOURS["gap"], [6, 4]), ("no gap", GREY, [2, 3]))
        ),
        data.transform_filter("datum.stands === 'above'")
        .mark_text(align="left", baseline="bottom", dx=3, dy=-2, fontSize=_LETTERS - 1, color=ink)
        .encode(x=alt.XValue(0), y=at, text=alt.Text("words:N")),
        data.transform_filter("datum.stands === 'below'")
        .mark_text(align="left", baseline="top", dx=3, dy=3, fontSize=_LETTERS - 1, color=ink)
        .encode(x=alt.XValue(0), y=at, text=alt.Text("words:N")),
    ]


def _beside_no_gap(curve: Curve, pixels: float) -> Literal["above", "below", "nowhere"]:
    """Where the words of its line meet no limit, whose own stand on the far side; `pixels` are those of 1 on the axis.

    Between two limits that are close there is no room; the axis says then where no gap is.
    """
    away = [pixels * (limit - curve.equal) for limit in curve.limits]
    if all(not 0 < distance < _LINE for distance in away):
        return "above"
    return "below" if all(not -_LINE < distance < 0 for distance in away) else "nowhere"


def _x(curve: Curve, ink: Colour, field: str = "place:Q") -> alt.X:
    """Places from left to right, each named by its period; of very many, and on a narrow screen, some are named."""
    n = len(curve.points)
    names = [point.period for point in curve.points]
    every = max(1, -(-n // _MOST_NAMED))
    axis = alt.Axis(
        title=None,
        values=list(range(0, n, every)),
        labelExpr=f"{json.dumps(names)}[datum.value]",
        labelColor=ink,
        labelFontSize=_LETTERS - 1,
        labelAngle=-40 if n > 4 else 0,
        labelAlign="right" if n > 4 else "center",
        labelLimit=90,
        labelOverlap="greedy",
        grid=False,
        domain=False,
        ticks=False,
        labelPadding=6,
    )
    return alt.X(field, axis=axis, scale=alt.Scale(domain=[-0.5, n - 0.5], nice=False, zero=False))


def _y(field: str, curve: Curve, ink: Colour) -> alt.Y:
    axis = alt.Axis(
        title=wrap(curve.title, _TITLE), titleColor=ink, titleFontWeight="normal", titleFontSize=_LETTERS,
        labelColor=ink, labelFontSize=_LETTERS - 1, grid=True, gridOpacity=0.25, tickCount=5, domain=False,
    )  # fmt: skip
    return alt.Y(field, axis=axis, scale=alt.Scale(domain=_domain(curve), zero=False, nice=False))


def _domain(curve: Curve) -> list[float]:
    """What the axis spans: every point, range and the band; no gap where that is near."""
    ends = [
        end
        for point in curve.points
        for end in (point.value, point.low, point.high, point.least, point.most, *(point.band or ()))
        if end is not None
    ]
    low, high = min(ends, default=curve.equal), max(ends, default=curve.equal)
    reach = (high - low) or 1.0
    for level in (curve.equal, *curve.limits):
        if low - reach <= level <= high + reach:
            low, high = min(low, level), max(high, level)
    pad = _PAD * ((high - low) or 1.0)
    return [low - pad, high + pad]


def _by_standing(channel: Any, values: dict[str, Any]) -> Any:
    scale = alt.Scale(domain=list(values), range=list(values.values()))
    return channel("stands:N", scale=scale, legend=None)
