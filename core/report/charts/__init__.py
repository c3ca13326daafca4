"""Pictures of an audit, for the pages and for what is taken away: Altair charts and the marks of the verdicts.

A verdict has a shape and a word besides its colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap
from typing import Any, Literal, TypeVar

import altair as alt

# Altair takes pandas out of sys.modules, where another thread's first import may have left it half done.
import pandas as pd  # noqa: F401

from core.metrics.group_metrics import METRICS
from core.metrics.words import percent
from core.report.charts.shared_rows import SharedRows
from core.report.colours import COLOURS, GREY, ON_DARK, ON_LIGHT
from core.report.words.by_group import (
    Standing,
    Standings,
    acceptable_rates,
    band_words,
    bands_words,
    gap_words,
    rate_words,
)
from core.report.xml_text import with_xml_texts

Colour = str | alt.ExprRef
Picture = TypeVar("Picture", alt.Chart, alt.LayerChart)
# What lies behind a picture on a page, and text on it. A picture finds out by itself, and again after a switch of the
# theme: a page would hear of it only at the next click.
PAPER = alt.ExprRef("background")
INK = alt.ExprRef(f"luminance(background) < 0.2 ? '{ON_DARK}' : '{ON_LIGHT}'")
_MARKS = {
    "gap": '<path d="M8 1 15 8 8 15 1 8Z" fill="{0}"/>',
    "unclear": '<circle cx="8" cy="8" r="6" fill="none" stroke="{0}" stroke-width="2"/>'
    '<path d="M8 2a6 6 0 0 0 0 12Z" fill="{0}"/>',
    "no_gap": '<circle cx="8" cy="8" r="6" fill="none" stroke="{0}" stroke-width="2"/>',
    "not_measurable": '<path d="M2 7h12v2H2Z" fill="{0}"/>',
}
# Symbols within a unit circle. The half-filled one is a whole disc from which the second path takes the right half.
_SHAPES = {
    "gap": "diamond",
    "unclear": "M0,-1A1,1,0,0,1,0,1A1,1,0,0,1,0,-1ZM0,-1L0,1A1,1,0,0,0,0,-1Z",
    "no_gap": "circle",
    "not_measurable": "M-1,-0.3L1,-0.3L1,0.3L-1,0.3Z",
    "better_off": "triangle-up",
    "reference": "square",
}
ROW = 52
_NAME_UP, _DOT_DOWN = -11, 11
_ABOVE = 0.5  # in rows: what the acceptable band is called
_LETTERS = 14
_STRIP = 2 * _DOT_DOWN / ROW  # in rows, from a row's middle down, so that the dot lies in its middle
_PADDING = 0.05
_TITLE = 44
_LONG = 12
_LONG_WORDS = 28
_ROOMY = 560  # in pixels: from here on the acceptable band's limit can stand beside its ends
_LETTER = 7.5  # in pixels, about the widest that letters of this size are on average


def mark_svg(verdict: str, size: int = 16) -> str:
    """The mark of a verdict as SVG: filled diamond, half-filled circle, open circle or dash."""
    drawn = _MARKS[verdict].format(COLOURS[verdict])
    space = f'width="{size}" height="{size}" viewBox="0 0 16 16"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {space} aria-hidden="true">{drawn}</svg>'


def standings_chart(standings: Standings, ink: Colour = INK, paper: Colour = PAPER) -> alt.LayerChart:
    """A dot and its interval for each group, whoever is worse off first and marked so, the acceptable band shaded.

    Parameters
    ----------
    standings
        Where the groups stand.
    ink, paper
        The colours of text and of what lies behind it: those of the page, unless given as CSS writes them.
    """
    rows = [_row(place, row, standings) for place, row in enumerate(standings.rows)]
    base = alt.Chart(SharedRows(values=rows)).encode(y=_y(len(rows)))
    measured = base.transform_filter("datum.value !== null").encode(x=_x("value:Q", rows, standings, ink))
    point: dict[str, Any] = {"size": 130, "opacity": 1, "strokeWidth": 2, "yOffset": _DOT_DOWN}
    layers = [
        *_band(rows, standings, ink),
        measured.mark_rule(strokeWidth=3, opacity=0.7, yOffset=_DOT_DOWN, y2Offset=_DOT_DOWN).encode(
            x=alt.X("low:Q"), x2=alt.X2("high:Q"), stroke=_by_verdict(alt.Stroke, COLOURS)
        ),
        measured.mark_point(**point).encode(**_symbols(paper)),
        base.transform_filter("datum.value === null").mark_point(**point).encode(x=alt.XValue(8), **_symbols(paper)),
        *_names(base, ink, rows),
        _text(base.transform_calculate(shown=_that_fit(rows)), "right", ink).encode(
            x=alt.XValue("width"), text=alt.Text("shown:N")
        ),
        base.mark_bar(opacity=0, size=ROW).encode(
            x=alt.XValue(0), x2=alt.X2Value("width"), tooltip=alt.Tooltip("sentence:N")
        ),
    ]
    return in_one_text(alt.LayerChart(layer=layers, height=drawn_height(len(rows))))


def in_one_text(chart: Picture) -> Picture:
    """The picture without texts for its marks: who does not see it has its `alt`, and the table beside it."""
    chart["config"] = alt.Config(aria=False, mark=alt.MarkConfig(aria=False))  # `configure` copies all of its layers
    return chart


def drawn_height(rows: int) -> int:
    """How high so many groups are drawn, without the axis, in pixels."""
    return round(ROW * (rows + _ABOVE))


def svg(chart: alt.LayerChart, width: int) -> str:
    """The chart as SVG text of this width in pixels: no scripts, no links, nothing fetched."""
    import vl_convert

    major, minor, _ = alt.SCHEMA_VERSION.removeprefix("v").split(".")
    drawn = chart.to_dict()
    config = {"view": drawn["config"]["view"] | {"stroke": None}, "aria": False, "background": "transparent"}
    # A character that SVG cannot hold would end the whole process.
    spec = with_xml_texts(drawn | {"width": width, "config": config})
    return str(vl_convert.vegalite_to_svg(spec, vl_version=f"{major}.{minor}"))


def _row(place: int, row: Standing, standings: Standings) -> dict[str, Any]:
    value, low, high = _interval(row, standings)
    return {
        "place": place,
        "name": row.name,
        "words": _words(row, standings, row.all_words),
        "short": _words(row, standings, row.verdict_words),
        "value": value,
        "low": low,
        "high": high,
        "verdict": row.mark,
        "sentence": row.sentence if row.name == row.written else f"{row.sentence} In the table: {row.written}.",
    }


def _words(row: Standing, standings: Standings, verdict: str) -> str:
    """What stands at the right of a group's row: its number and what it is marked with."""
    if standings.shows_rates:
        return verdict if row.rate is None else f"{rate_words(row)} · {verdict}"
    return verdict if row.gap is None or row.gap.value is None else f"{gap_words(row.gap)} · {verdict}"


def _interval(row: Standing, standings: Standings) -> tuple[float | None, float | None, float | None]:
    """What a group's dot and line span: its rate, or its gap where the measure averages two rates."""
    if standings.shows_rates:
        return row.rate, row.rate_low, row.rate_high
    return (0.0, 0.0, 0.0) if row.gap is None else (row.gap.value, row.gap.low, row.gap.high)


def _band(rows: list[dict[str, Any]], standings: Standings, ink: Colour) -> list[alt.Chart]:
    """The acceptable values as a strip behind each group's dot, and the reference's own value as a line in it.

    They keep to the lower half of a row: its words stand above.
    """
    if standings.acceptable is None:
        return []
    low, high = standings.acceptable
    own, _, _ = _interval(standings.reference, standings)
    strips = [
        {"low": low, "high": high, "value": own, "top": place, "bottom": place + _STRIP} for place in range(len(rows))
    ]
    data = alt.Chart(SharedRows(values=strips))
    tall = {"y": _y(len(rows), "top:Q"), "y2": alt.Y2("bottom:Q")}
    first, last = _domain(rows, standings)
    is_left = (low + high) / 2 < (first + last) / 2
    words = {"words": _acceptable_words(standings, _limit(standings)), "short": _acceptable_words(standings, "")}
    named = alt.Chart(SharedRows(values=[{"x": low if is_left else high} | words]))
    return [
        data.mark_rect(color=GREY, opacity=0.2).encode(
            x=_x("low:Q", rows, standings, ink), x2=alt.X2("high:Q"), **tall
        ),
        data.mark_rule(color=GREY, strokeDash=[4, 3]).encode(x=alt.X("value:Q"), **tall),
        named.transform_calculate(shown=f"width < {_ROOMY} ? datum.short : datum.words")
        .mark_text(align="left" if is_left else "right", baseline="middle", fontSize=_LETTERS, color=ink)
        .encode(x=_x("x:Q", rows, standings, ink), y=alt.YValue(ROW * _ABOVE / 2), text=alt.Text("shown:N")),
    ]


def _x(field: str, rows: list[dict[str, Any]], standings: Standings, ink: Colour) -> alt.X:
    if standings.shows_rates:
        title = f"Share of {standings.terms.said(METRICS[standings.measure.metrics[0]].counts)}"
        label = "datum.value < 0 || datum.value > 1 ? '' : format(100 * datum.value, '.0f') + '\u00a0%'"
    else:
        title = f"Points more or less than {standings.reference.name}"
        label = "datum.value == 0 ? '0' : format(100 * datum.value, '+.0f')"
    axis = alt.Axis(
        title=wrap(title, _TITLE),
        titleColor=ink,
        titleFontWeight="normal",
        labelExpr=label,
        labelColor=ink,
        labelFontSize=_LETTERS - 1,
        titleFontSize=_LETTERS,
        orient="top" if len(rows) > _LONG else "bottom",
        grid=False,
        tickCount=6,
        domain=False,
    )
    return alt.X(field, axis=axis, scale=alt.Scale(domain=_domain(rows, standings), zero=False, nice=False))


def _acceptable_words(standings: Standings, limit: str) -> str:
    """The acceptable rates around the comparison group's, for a picture: "acceptable, within 5 points: 72 to 82 %"."""
    if standings.acceptable is None or not standings.shows_rates:
        return f"acceptable: {bands_words(standings.bands)}"
    low, high = standings.acceptable
    return f"acceptable{limit}: {100 * low:.1f} to {percent(high)}"


def _limit(standings: Standings) -> str:
    """Which of several limits the acceptable rates keep to: the narrowest, or all where none is at both ends."""
    rate, kept = standings.reference.rate, standings.acceptable
    if rate is None or kept is None or len(standings.bands) < 2:
        return ""
    alone = (band for band in standings.bands if acceptable_rates(rate, [band]) == kept)
    narrowest = next(alone, None)
    return ", by all limits" if narrowest is None else f", {band_words(narrowest)}"


def _domain(rows: list[dict[str, Any]], standings: Standings) -> list[float]:
    """What the axis spans: every dot, range and the acceptable band."""
    ends = [row[key] for row in rows for key in ("value", "low", "high") if row[key] is not None]
    ends += standings.acceptable or ()
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    pad = _PADDING * (high - low or 1.0)
    return [low - pad, high + pad]


def _y(rows: int, field: str = "place:Q") -> alt.Y:
    return alt.Y(field, axis=None, scale=alt.Scale(domain=[rows - 0.5, -0.5 - _ABOVE], nice=False, zero=False))


def _names(base: alt.Chart, ink: Colour, rows: list[dict[str, Any]]) -> list[alt.Chart]:
    """The groups' names; beside the long words of few rows there is less room than beside the others'."""
    parts = []
    for is_long, test in ((False, "<="), (True, ">")):
        here = [row for row in rows if (len(row["words"]) > _LONG_WORDS) is is_long]
        if here:
            whole, short = (max(len(row[key]) for row in here) for key in ("words", "short"))
            beside = f"({_are_crowded(rows)} ? {short} : {whole})" if is_long else str(whole)
            named = base.transform_filter(f"datum.words.length {test} {_LONG_WORDS}")
            parts.append(_text(named, "left", ink, beside).encode(x=alt.XValue(0), text=alt.Text("name:N")))
    return parts


def _are_crowded(rows: list[dict[str, Any]]) -> str:
    """Whether the picture is too narrow for some long words beside the name of their group, as Vega finds out."""
    letters = (len(row["name"]) + len(row["words"]) for row in rows if len(row["words"]) > _LONG_WORDS)
    return f"width < {_LETTER * (max(letters, default=0) + 2)}"


def _that_fit(rows: list[dict[str, Any]]) -> str:
    """What stands at the right of a row: its words, without the comparison group's where there is no room for them."""
    return f"datum.words.length > {_LONG_WORDS} && {_are_crowded(rows)} ? datum.short : datum.words"


def _text(base: alt.Chart, align: Literal["left", "right"], ink: Colour, beside: str = "") -> alt.Chart:
    """Names at the left, as long as what stands at the right, of `beside` letters, leaves room; or the latter."""
    limit = alt.expr(f"max(60, width - {_LETTER} * ({beside} + 1))") if align == "left" else alt.Undefined
    text: alt.Chart = base.mark_text(
        align=align, baseline="middle", dy=_NAME_UP, fontSize=_LETTERS, color=ink, limit=limit
    )
    return text


def _symbols(paper: Colour) -> dict[str, Any]:
    """Shape, outline and filling of a verdict's mark; the open circle is filled with what lies behind it."""
    return {
        "shape": _by_verdict(alt.Shape, _SHAPES),
        "stroke": _by_verdict(alt.Stroke, COLOURS),
        "fill": _by_verdict(alt.Fill, COLOURS | {"no_gap": paper}),
    }


def _by_verdict(channel: Any, values: Mapping[str, Colour]) -> Any:
    scale = alt.Scale(domain=list(values), range=list(values.values()))
    return channel("verdict:N", scale=scale, legend=None)
