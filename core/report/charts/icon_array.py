"""Two groups' rates as people, for those who read no axes: of 100 of each, so many filled figures."""

from __future__ import annotations

from typing import Any

import altair as alt

from core.metrics.findings.title import FindingSide, Title
from core.report.charts import INK, PAPER, Colour
from core.report.charts.shared_rows import SharedRows
from core.report.colours import COLOURS, GREY

# A head and shoulders, within a unit circle.
_FIGURE = "M0,-0.95A0.42,0.42,0,1,1,-0.01,-0.95ZM-0.75,1L-0.75,0.7A0.75,0.7,0,0,1,0.75,0.7L0.75,1Z"
_IN_A_ROW = {100: 20, 1_000: 50}
_FEW_IN_A_ROW = 20
MOST_FIGURES = 1_000
_ROW = {20: 25, 50: 11}  # in pixels
_SIZE = {20: 210, 50: 30}
_TITLE = 34


def can_be_drawn(title: Title) -> bool:
    """Whether both groups have a rate that so many figures can show."""
    return bool(title.sides) and all(side.rate is not None and side.rate.n <= MOST_FIGURES for side in title.sides)


def people_chart(
    title: Title, said: tuple[str, str], ink: Colour = INK, paper: Colour = PAPER
) -> tuple[alt.LayerChart, int]:
    """The figures of both groups, the worse-off group's above, and the picture's height in pixels.

    Parameters
    ----------
    title
        The finding, whose two sides are drawn.
    said
        What stands above each group's figures, and what each of them says.
    """
    figures: list[dict[str, Any]] = []
    titles: list[dict[str, Any]] = []
    wide = max(_IN_A_ROW.get(side.rate.n, _FEW_IN_A_ROW) for side in title.sides if side.rate is not None)
    top = 0.0
    for place, (side, words) in enumerate(zip(title.sides, said, strict=True)):
        titles.append({"x": -0.5, "y": top + _TITLE / 2, "words": words})
        top += _TITLE
        figures += _figures(side, words, wide, top, "gap" if place == 0 and title.verdict == "gap" else "other")
        top += _ROW[wide] * -(-figures_of(side) // wide) + _ROW[wide] / 2
    height = round(top)
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False, zero=False))
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.5, wide - 0.5], nice=False, zero=False))
    colour = alt.Scale(domain=["gap", "other"], range=[COLOURS["gap"], COLOURS["no_gap"]])
    drawn = alt.Chart(SharedRows(values=figures)).encode(x=x, y=y, tooltip=alt.Tooltip("words:N"))
    point: dict[str, Any] = {"shape": _FIGURE, "size": _SIZE[wide], "opacity": 1}
    layers = [
        drawn.transform_filter("datum.counted")
        .mark_point(**point, strokeWidth=1)
        .encode(fill=alt.Fill("kind:N", scale=colour, legend=None), stroke=alt.Stroke("kind:N", scale=colour)),
        drawn.transform_filter("!datum.counted").mark_point(**point, stroke=GREY, fill=paper, strokeWidth=1),
        alt.Chart(SharedRows(values=titles))
        .mark_text(align="left", baseline="middle", fontSize=15, fontWeight=600, color=ink)
        .encode(x=alt.XValue(0), y=y, text=alt.Text("words:N")),
    ]
    return alt.LayerChart(layer=layers, height=height), height


def figures_of(side: FindingSide) -> int:
    """How many figures stand for a group."""
    return 0 if side.rate is None else side.rate.n


def _figures(side: FindingSide, words: str, wide: int, top: float, kind: str) -> list[dict[str, Any]]:
    """A figure for each, the counted ones first."""
    k = 0 if side.rate is None else side.rate.k
    return [
        {
            "x": i % wide,
            "y": top + _ROW[wide] * (i // wide + 0.5),
            "counted": i < k,
            "kind": kind,
            "words": words,
        }
        for i in range(figures_of(side))
    ]
