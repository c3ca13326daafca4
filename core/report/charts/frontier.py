"""The picture of all fixes: how far apart the groups are against what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import altair as alt

from core.mitigate.frontier.places import PRESENT, Place, place_words
from core.mitigate.settings import Settings
from core.report.charts import INK, PAPER, Colour, in_one_text
from core.report.charts.shared_rows import SharedRows
from core.report.colours import COLOURS, GREY

PICKED, OFFERED, AGAINST = "picked", "offered", "against"
CLICKED, ID = "clicked", "id"
HEIGHT = 380
_SHAPES = {PRESENT: "circle", PICKED: "circle", OFFERED: "circle", AGAINST: "cross"}
_ACCENT, _FAINT = COLOURS["no_gap"], 0.6
_PALE = 0.4
_SIDES: dict[Literal["left", "right"], int] = {"left": 9, "right": -9}
_SIZES = {PRESENT: 190, PICKED: 260, OFFERED: 90, AGAINST: 110}
_TURNS = {
    "better": ("#0072B2", "M8 2 15 14 1 14Z"),
    "worse": ("#D55E00", "M8 14 1 2 15 2Z"),
    "same": (GREY, "M2 7h12v2H2Z"),
}


def turn_svg(turn: str, size: int = 16) -> str:
    """The mark of a change, "better", "worse" or "same", as SVG: a triangle that points up or down, or a line."""
    colour, path = _TURNS[turn]
    space = f'width="{size}" height="{size}" viewBox="0 0 16 16"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {space} aria-hidden="true"><path d="{path}" fill="{colour}"/></svg>'
    )


def frontier_chart(
    places: Sequence[Place], settings: Settings, picked: str | None, has_outcome: bool
) -> alt.LayerChart:
    """One mark a fix, with its ranges; a click on one tells its id in the selection `CLICKED`.

    Parameters
    ----------
    places
        The present model and the fixes; those whose gap was not measurable have no mark.
    settings
        What was looked for.
    picked
        The fix that is looked at.
    has_outcome
        Whether the cost is one of wrong decisions; else it is the share of decisions that change.
    """
    rows = [_row(place, picked, settings, has_outcome) for place in places if place.is_measurable]
    # What is faint is drawn first, and what is looked at last.
    rows.sort(key=lambda row: (row["kind"] in (PICKED, PRESENT), row["strength"]))
    base = alt.Chart(SharedRows(values=rows)).encode(opacity=alt.Opacity("strength:Q", scale=None))
    across, up = _x(rows, settings), _y(rows, settings, has_outcome)
    # Thin and pale but for the two that are looked at: all ranges at full strength would hide the marks.
    ranges = (
        alt.Chart(SharedRows(values=rows))
        .mark_rule()
        .encode(
            color=alt.Color("colour:N", scale=None),
            opacity=alt.Opacity("range_strength:Q", scale=None),
            strokeWidth=alt.StrokeWidth("range_width:Q", scale=None),
        )
    )
    limit = alt.Chart(SharedRows(values=[{"gap": float(settings.at_most)}]))
    layers = [
        limit.mark_rule(color=GREY, strokeDash=[4, 3]).encode(x=alt.X("gap:Q")),
        ranges.transform_filter("datum.gap_low !== null").encode(
            x=alt.X("gap_low:Q"), x2=alt.X2("gap_high:Q"), y=alt.Y("cost:Q")
        ),
        ranges.transform_filter("datum.cost_low !== null").encode(
            x=alt.X("gap:Q"), y=alt.Y("cost_low:Q"), y2=alt.Y2("cost_high:Q")
        ),
        base.mark_point(strokeWidth=2)
        .encode(
            x=across,
            y=up,
            stroke=alt.Stroke("colour:N", scale=None),
            fill=alt.condition(f"datum.kind === '{PRESENT}'", alt.value(PAPER), alt.Fill("colour:N", scale=None)),
            size=alt.Size("size:Q", scale=None),
            shape=alt.Shape("kind:N", scale=alt.Scale(domain=list(_SHAPES), range=list(_SHAPES.values())), legend=None),
            tooltip=alt.Tooltip("sentence:N"),
        )
        .add_params(alt.selection_point(name=CLICKED, fields=[ID], on="click")),
        *(_label(rows, side, colour, width) for side in _SIDES for colour, width in ((PAPER, 4), (INK, 0))),
    ]
    return in_one_text(alt.LayerChart(layer=layers, height=HEIGHT))


def _label(rows: list[dict[str, Any]], side: Literal["left", "right"], colour: Colour, halo: int) -> alt.Chart:
    """The names of the marks that are looked at, or the halo that keeps what lies behind from them.

    Those of marks in the picture's left half begin there, the others end there: none leaves a narrow picture.
    """
    middle = max(max(row["gap"], row["gap_high"] or 0.0) for row in rows) / 2
    half = "<=" if side == "left" else ">"
    named: alt.Chart = (
        alt.Chart(SharedRows(values=rows))
        .transform_filter(f"datum.label !== '' && datum.gap {half} {middle}")
        .mark_text(align=side, baseline="bottom", dx=_SIDES[side], dy=-8, fontSize=13, color=colour)
        .encode(
            x=alt.X("gap:Q"),
            y=alt.Y("cost:Q"),
            text=alt.Text("label:N"),
            stroke=alt.StrokeValue(colour if halo else None),
            strokeWidth=alt.StrokeWidthValue(halo),
        )
    )
    return named


def _row(place: Place, picked: str | None, settings: Settings, has_outcome: bool) -> dict[str, Any]:
    kind = PRESENT if place.id == PRESENT else PICKED if place.id == picked else OFFERED
    if kind == OFFERED and not place.is_recommended:
        kind = AGAINST
    gap_low, gap_high = place.gap_range or (None, None)
    cost_low, cost_high = place.cost_range or (None, None)
    stands_out = kind in (PRESENT, PICKED)
    colour = GREY if kind in (PRESENT, AGAINST) else _ACCENT
    return {
        ID: place.id,
        "kind": kind,
        "gap": place.gap,
        "gap_low": gap_low,
        "gap_high": gap_high,
        "cost": place.cost,
        "cost_low": cost_low,
        "cost_high": cost_high,
        "range_strength": 1.0 if stands_out else _PALE,
        "range_width": 2.0 if stands_out else 1.0,
        "size": _SIZES[kind],
        "colour": colour,
        "strength": _FAINT if place.is_dominated and not stands_out else 1.0,
        "label": {PRESENT: "as it is", PICKED: "picked"}.get(kind, ""),
        "sentence": f"{place.title}: {place_words(place, settings, has_outcome)}",
    }


def _x(rows: list[dict[str, Any]], settings: Settings) -> alt.X:
    if settings.goal.kind == "ratio":
        title = "Behind the group with the highest rate (%)"
    else:
        title = "How far apart the groups are (points)"
    ends = [end for row in rows for end in _ends(row, "gap")]
    return alt.X("gap:Q", axis=_axis(title), scale=alt.Scale(domain=_domain([0.0, settings.at_most, *ends])))


def _y(rows: list[dict[str, Any]], settings: Settings, has_outcome: bool) -> alt.Y:
    title = "Decisions that change, of 100" if not has_outcome else _COST_TITLES[settings.cost.name]
    ends = [end for row in rows for end in _ends(row, "cost")]
    return alt.Y("cost:Q", axis=_axis(title), scale=alt.Scale(domain=_domain(ends), zero=False))


_COST_TITLES = {
    "accuracy": "Wrong decisions, of 100",
    "balanced_accuracy": "Wrong decisions, of 100, both outcomes alike",
    "price": "Price of wrong decisions, for 100 people",
}


def _ends(row: dict[str, Any], what: str) -> list[float]:
    return [end for end in (row[what], row[f"{what}_low"], row[f"{what}_high"]) if end is not None]


def _domain(ends: Sequence[float]) -> list[float]:
    low, high = min(ends), max(ends)
    pad = 0.05 * (high - low or 0.1)
    return [max(0.0, low - pad), high + pad]


def _axis(title: str) -> alt.Axis:
    return alt.Axis(
        title=title,
        titleColor=INK,
        titleFontWeight="normal",
        labelExpr="format(100 * datum.value, ',~f')",
        labelColor=INK,
        grid=False,
        tickCount=6,
    )
