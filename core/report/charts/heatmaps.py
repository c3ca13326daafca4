"""The pictures of what a model looks at: features down and groups across on one scale, and one person's reasons."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any, Literal

import altair as alt
import numpy as np

from core.explain.features.grid import grid_shape, placed
from core.explain.groups.differences import range_words, signed_points
from core.explain.groups.heatmap import Heatmap
from core.explain.person import Person, PersonSide
from core.metrics.words import group_words
from core.metrics.words.naming.terms import PLAIN, Terms
from core.report.charts import INK, PAPER, in_one_text
from core.report.charts.shared_rows import SharedRows
from core.report.colours import GREY

# Vermillion and blue as Okabe and Ito's, darker, so that white figures can be read on them.
DOWN, UP = "#B34A00", "#0B5FA5"
_ROW, _HEAD, _REASON = 36, 34, 46
_LABEL, _NARROW = 150, 40
# A group's name is cut into lines of so many letters, each of so many pixels at most. Where a picture is too narrow for
# the longest lines to stand beside each other, names are slanted so that none lies on another.
_GROUP_LETTERS, _LETTER, _APART = 14, 7, 10
_GROUPS = 5
# What stands under a feature's name is cut into lines of so many letters, which fit into _LABEL pixels.
_NOTE_LETTERS, _LINE = 24, 15
_LINES = "length(split(datum.label, '\\n'))"
# A label of several lines begins higher.
_RAISED = {
    "condition": [{"test": f"{_LINES} > {lines}", "value": -7.5 * lines} for lines in (4, 3, 2, 1)],
    "value": 0,
}
# Of a normal distribution, 95 of 100 lie within so many standard errors.
_TWO_SIDED = 1.96
# From this part of the scale on, figures are white.
_DEEP = 0.55


def heatmap_chart(
    seen: Heatmap,
    features: Sequence[int],
    groups: Sequence[int],
    notes: Sequence[str],
    most: float,
    is_trusted: bool,
    terms: Terms = PLAIN,
) -> alt.LayerChart:
    """A cell for each feature and group, coloured by how far it moved the score on average, with the figure in it.

    Parameters
    ----------
    seen
        What is shown.
    features, groups
        Their places, in the order in which they are drawn.
    notes
        A few words under each feature's name, "" for none; in the order of `features`.
    most
        Half the width of the colour scale, in units of the score.
    is_trusted
        Grey instead of colours where a check failed.
    terms
        What the plan calls things.
    """
    most = most or 1.0
    lines, names = _lines(seen, features, notes), _group_labels(seen, terms)
    needed = _LETTER * max(len(line) for g in groups for line in names[g].split("\n")) + _APART
    narrow = f"width / {len(groups)} < {needed}"
    # White figures stand out on deep colours only: grey is never deep.
    deep = _DEEP * most if is_trusted else np.inf
    rows = [
        {**_cell(seen, f, g, note, deep, terms), "group": names[g]}
        for f, note in zip(features, lines, strict=True)
        for g in groups
    ]
    base = alt.Chart(SharedRows(values=rows)).encode(
        y=alt.Y("feature:N", sort=None, axis=_axis("left", _LABEL, labelOffset=_RAISED, labelPadding=6)),
        x=alt.X(
            "group:N",
            sort=None,
            # Steep, so that a telephone has room for the names of as many groups as its figures have room for.
            axis=_axis(
                "top",
                130,
                labelAngle=alt.expr(f"{narrow} ? -60 : 0"),
                labelAlign=alt.expr(f"{narrow} ? 'left' : 'center'"),
                labelOverlap=len(groups) > _GROUPS,
                labelPadding=_LINE * names[0].count("\n") + 7,
            ),
        ),
    )
    low, high = (DOWN, UP) if is_trusted else (GREY, GREY)
    colours = alt.Scale(domain=[-most, 0, most], range=[low, PAPER, high], interpolate="rgb", clamp=True)
    figures = alt.expr(f"width / {len(groups)} < {_NARROW} ? 0 : 1")
    layers = [
        base.mark_rect(stroke=GREY, strokeOpacity=0.35).encode(
            color=alt.Color("value:Q", scale=colours, legend=None), tooltip=alt.Tooltip("sentence:N")
        ),
        base.mark_text(fontSize=12, opacity=figures).encode(
            text=alt.Text("words:N"), color=alt.condition("datum.is_deep", alt.value("#FFFFFF"), alt.value(INK))
        ),
    ]
    chart = alt.LayerChart(layer=layers, resolve=alt.Resolve(scale=alt.ScaleResolveMap(color="independent")))
    return in_one_text(chart.properties(height=_row_height(lines) * len(features)))


def _group_labels(seen: Heatmap, terms: Terms) -> list[str]:
    """Each group's name in short lines and under it how many it has; all of as many lines, so that they end alike."""
    cut = [textwrap.wrap(terms.name(group), _GROUP_LETTERS, break_long_words=False) for group in seen.groups]
    most = max(map(len, cut))
    return ["\n".join([""] * (most - len(c)) + [*c, f"{n:,}"]) for c, n in zip(cut, seen.n.tolist(), strict=True)]


def heatmap_height(seen: Heatmap, features: Sequence[int], notes: Sequence[str], terms: Terms) -> int:
    """The height of `heatmap_chart` in pixels, its head included."""
    head = _HEAD + _LINE * _group_labels(seen, terms)[0].count("\n")
    return _row_height(_lines(seen, features, notes)) * len(notes) + head


def _lines(seen: Heatmap, features: Sequence[int], notes: Sequence[str]) -> list[str]:
    """What stands under each feature's name: the numbers of a place of an image, and the note."""
    said = (", ".join(filter(None, (placed(seen.features[f])[1], n))) for f, n in zip(features, notes, strict=True))
    return ["\n".join(textwrap.wrap(words, _NOTE_LETTERS)) for words in said]


def _row_height(lines: Sequence[str]) -> int:
    """All rows are as high as the one with the most lines under its name."""
    return _ROW + _LINE * max((note.count("\n") for note in lines), default=0)


def cell_words(seen: Heatmap, g: int, f: int) -> str:
    """By how many points a feature moved a group's scores on average; "nobody" for an empty group."""
    return "nobody" if not seen.n[g] else signed_points(seen.mean[g, f])


def cell_range_words(seen: Heatmap, g: int, f: int) -> str:
    """The plausible range of `cell_words`, or a dash."""
    low, high = seen.low[g, f], seen.high[g, f]
    return "–" if np.isnan(low) else range_words(float(low), float(high))


def _cell(seen: Heatmap, f: int, g: int, note: str, deep: float, terms: Terms) -> dict[str, Any]:
    value = float(seen.mean[g, f]) if seen.n[g] else None
    name, _ = placed(seen.features[f])
    return {
        "feature": f"{name}\n{note}" if note else name,
        "value": value,
        "words": cell_words(seen, g, f) if value is not None else "",
        "is_deep": value is not None and abs(value) > deep,
        "sentence": _sentence(seen, f, g, terms),
    }


def _sentence(seen: Heatmap, f: int, g: int, terms: Terms) -> str:
    who, name = group_words(seen.groups[g], terms), seen.features[f]
    if not seen.n[g]:
        return f"{name}: nobody here among {who}"
    return (
        f"{name}: {cell_words(seen, g, f)} points for {who} ({int(seen.n[g]):,} {terms.people}), plausible range "
        f"{cell_range_words(seen, g, f)}; {100 * seen.share[g, f]:.0f}\u00a0% of all that moves their scores"
    )


def _axis(orient: Literal["left", "top"], limit: int, **more: Any) -> alt.Axis:
    return alt.Axis(
        title=None,
        orient=orient,
        labelExpr="split(datum.label, '\\n')",
        labelColor=INK,
        labelFontSize=12,
        labelLimit=limit,
        ticks=False,
        domain=False,
        **more,
    )


def reasons_chart(
    person: Person, side: PersonSide, features: Sequence[int], most: float, is_trusted: bool
) -> alt.LayerChart:
    """A bar for each reason of one person's score, with the person's own value under its name.

    Parameters
    ----------
    person, side
        Who, and by which model.
    features
        Their places, in the order in which they are drawn.
    most
        Half the width of the scale, in units of the score.
    is_trusted
        As in `heatmap_chart`.
    """
    rows = [_reason(person, side, f) for f in features]
    low, high = (DOWN, UP) if is_trusted else (GREY, GREY)
    reach = 1.15 * (most or 1.0)
    scale = alt.Scale(domain=[-reach, reach], nice=False)
    base = alt.Chart(SharedRows(values=rows)).encode(
        y=alt.Y("feature:N", sort=None, axis=_axis("left", _LABEL, labelOffset=-8, labelPadding=6))
    )
    layers = [
        base.mark_bar(height=14).encode(
            x=alt.X("value:Q", scale=scale, axis=None),
            color=alt.condition("datum.value < 0", alt.value(low), alt.value(high)),
            tooltip=alt.Tooltip("sentence:N"),
        ),
        base.transform_filter("datum.low !== null")
        .mark_rule(strokeWidth=2, color=INK)
        .encode(x=alt.X("low:Q", scale=scale, axis=None), x2=alt.X2("high:Q")),
        base.mark_text(dy=-14, fontSize=12, color=INK, baseline="middle").encode(
            x=alt.X("value:Q", scale=scale, axis=None), text=alt.Text("words:N")
        ),
    ]
    return in_one_text(alt.LayerChart(layer=layers, height=_REASON * len(features)))


def reasons_height(features: Sequence[int]) -> int:
    """The height of `reasons_chart` in pixels."""
    return _REASON * len(features) + 10


def _reason(person: Person, side: PersonSide, f: int) -> dict[str, Any]:
    value, cell = side.values[f], "" if grid_shape(person.features) else person.cells[f] or "(empty)"
    half = None if side.spread is None else _TWO_SIDED * side.spread[f]
    words, (name, numbers) = signed_points(value), placed(person.features[f])
    under = numbers or ("" if cell.casefold() == name.casefold() else cell)
    return {
        "feature": f"{name}\n{under}" if under else name,
        "value": value,
        "low": None if half is None else value - half,
        "high": None if half is None else value + half,
        "words": words,
        "sentence": f"{person.features[f]} is {cell}: {words} points",
    }
