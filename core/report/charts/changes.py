"""The picture of two audits side by side: each group's gap in the first and in the second, with their ranges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

# Altair takes pandas out of sys.modules, where another thread's first import may have left it half done.
import pandas as pd  # noqa: F401

from core.metrics.comparison import GapChange
from core.metrics.gaps import GAPS
from core.metrics.words.naming.terms import Terms
from core.report.charts import INK, PAPER, Colour, in_one_text
from core.report.charts.shared_rows import SharedRows
from core.report.colours import COLOURS, GREY

ROW, AXIS = 64, 60
_LETTERS, _NAME_UP, _FIRST_DOWN, _SECOND_DOWN = 14, -16, 2, 16
_TURNS = {"better": COLOURS["no_gap"], "worse": COLOURS["gap"], "unclear": COLOURS["unclear"], "same": GREY}
_PAD = 0.08


def changes_chart(
    gaps: Sequence[GapChange], ranges: Sequence[tuple[float | None, float | None]], terms: Terms, words: Sequence[str]
) -> alt.LayerChart:
    """Two marks a group: a ring for the first audit, and below it a dot for the second, each on its range.

    Parameters
    ----------
    gaps
        The changes of one measure in one table of groups.
    ranges
        The range of each gap in the first audit.
    terms
        What things are called.
    words
        The verdict on each change.
    """
    measure = GAPS[gaps[0].measure]
    rows: list[dict[str, Any]] = []
    for place, (gap, first, word) in enumerate(zip(gaps, ranges, words, strict=True)):
        name = {"place": place, "name": terms.name(gap.group), "words": word, "turn": gap.verdict}
        sides = (("first", gap.before, first), ("second", gap.after, gap.after_range))
        rows += [{**name, "when": when, "value": value, "low": low, "high": high} for when, value, (low, high) in sides]
    scale = 1.0 if measure.kind == "ratio" else 100.0
    for row in rows:
        row |= {key: None if row[key] is None else scale * row[key] for key in ("value", "low", "high")}
    return in_one_text(alt.LayerChart(layer=_layers(rows, measure.kind == "ratio"), height=height(len(gaps))))


def height(groups: int) -> int:
    """How high so many groups are drawn, without the axis, in pixels."""
    return ROW * groups


def _layers(rows: list[dict[str, Any]], is_ratio: bool, ink: Colour = INK) -> list[alt.Chart]:
    equal = alt.Chart(SharedRows(values=[{"at": 1.0 if is_ratio else 0.0}]))
    layers = [equal.mark_rule(color=GREY, strokeDash=[4, 3]).encode(x=alt.X("at:Q"))]
    groups = len(rows) // 2
    for when, down in (("first", _FIRST_DOWN), ("second", _SECOND_DOWN)):
        here = alt.Chart(SharedRows(values=[row for row in rows if row["when"] == when])).encode(y=_y(groups))
        there = here.transform_filter("datum.value !== null")
        scale = alt.Scale(domain=list(_TURNS), range=list(_TURNS.values()))
        colour = alt.Color("turn:N", scale=scale, legend=None)
        stroke = alt.value(GREY) if when == "first" else colour
        fill = alt.value(PAPER) if when == "first" else alt.Fill("turn:N", scale=scale, legend=None)
        layers += [
            there.transform_filter("datum.low !== null && datum.high !== null")
            .mark_rule(strokeWidth=3, opacity=0.7, yOffset=down, y2Offset=down)
            .encode(x=alt.X("low:Q"), x2=alt.X2("high:Q"), color=stroke),
            there.mark_point(size=120, opacity=1, strokeWidth=2, yOffset=down).encode(
                x=_x(rows, is_ratio, ink), stroke=stroke, fill=fill
            ),
        ]
    named = alt.Chart(SharedRows(values=rows[::2])).encode(y=_y(groups))
    limit = alt.expr("max(60, width - 110)")
    layers += [
        named.mark_text(align="left", dy=_NAME_UP, fontSize=_LETTERS, color=ink, limit=limit).encode(
            x=alt.XValue(0), text=alt.Text("name:N")
        ),
        named.mark_text(align="right", dy=_NAME_UP, fontSize=_LETTERS, color=ink).encode(
            x=alt.XValue("width"), text=alt.Text("words:N")
        ),
    ]
    return layers


def _x(rows: list[dict[str, Any]], is_ratio: bool, ink: Colour) -> alt.X:
    ends = [row[key] for row in rows for key in ("value", "low", "high") if row[key] is not None]
    ends.append(1.0 if is_ratio else 0.0)
    low, high = min(ends), max(ends)
    pad = _PAD * (high - low or 1.0)
    title = "How many times as often as the comparison group" if is_ratio else "Points more or less than compared with"
    axis = alt.Axis(
        title=title, titleColor=ink, titleFontWeight="normal", titleFontSize=_LETTERS, labelColor=ink,
        labelFontSize=_LETTERS - 1, grid=False, tickCount=6, domain=False,
    )  # fmt: skip
    return alt.X("value:Q", axis=axis, scale=alt.Scale(domain=[low - pad, high + pad], zero=False, nice=False))


def _y(groups: int) -> alt.Y:
    return alt.Y("place:Q", axis=None, scale=alt.Scale(domain=[groups - 0.5, -0.5], nice=False, zero=False))
