"""The pictures of what a model looks at in images: a map of the image's places, for a group or upon one image."""

from __future__ import annotations

import altair as alt
import numpy as np
import numpy.typing as npt

from core.explain.features.grid import grid_shape
from core.explain.groups.exemplars import Telling
from core.explain.groups.heatmap import Heatmap
from core.report.charts import PAPER, in_one_text
from core.report.charts.heatmaps import DOWN, UP, cell_range_words, cell_words
from core.report.colours import GREY

SIDE = 200
_DEEPEST = 0.65


def map_chart(seen: Heatmap, group: int, most: float, is_trusted: bool) -> alt.Chart:
    """Where in the image one group's scores were moved on average, as the image lies.

    Parameters
    ----------
    seen
        What is shown; its features are the cells of a grid.
    group
        The group's place.
    most, is_trusted
        As in `heatmap_chart`: one scale for all maps.
    """
    shape = grid_shape(seen.features)
    assert shape is not None
    rows, columns = shape
    most = most or 1.0
    places = [
        {
            "row": place // columns + 1,
            "column": place % columns + 1,
            "value": float(seen.mean[group, place]),
            "sentence": f"{name}: {cell_words(seen, group, place)} points, plausible range "
            f"{cell_range_words(seen, group, place)}",
        }
        for place, name in enumerate(seen.features)
    ]
    low, high = (DOWN, UP) if is_trusted else (GREY, GREY)
    colours = alt.Scale(domain=[-most, 0, most], range=[low, PAPER, high], interpolate="rgb", clamp=True)
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=places))
        .mark_rect(stroke=GREY, strokeOpacity=0.2)
        .encode(
            x=alt.X("column:O", axis=None),
            y=alt.Y("row:O", axis=None),
            color=alt.Color("value:Q", scale=colours, legend=None),
            tooltip=alt.Tooltip("sentence:N"),
        )
        .properties(width=SIDE, height=SIDE * rows / columns if rows < columns else SIDE)
    )
    return in_one_text(chart)


def coloured(one: Telling, features: tuple[str, ...], is_trusted: bool) -> npt.NDArray[np.uint8]:
    """One person's image with its places coloured by how far each moved the score: uint8 of shape (h, w, 3).

    The place that moved it furthest has the deepest colour; the image shows through. Grey where a check failed.
    """
    height, width, _ = one.image.shape
    shape = grid_shape(features)
    assert shape is not None
    scale = max(1, round(SIDE / max(height, width)))
    image = np.repeat(np.repeat(one.image, scale, axis=0), scale, axis=1)
    image = np.broadcast_to(image, (*image.shape[:2], 3)).astype(np.float64)
    down, across = (np.arange(side) * cells // side for side, cells in zip(image.shape[:2], shape, strict=True))
    values = np.asarray(one.values).reshape(shape)[down[:, None], across[None, :]]
    strength = _DEEPEST * np.abs(values) / (np.abs(values).max() or 1.0)
    up, low = (_rgb(UP), _rgb(DOWN)) if is_trusted else (_rgb(GREY), _rgb(GREY))
    colours = np.where((values > 0)[..., None], up, low)
    return np.asarray(image * (1 - strength[..., None]) + colours * strength[..., None], dtype=np.uint8)


def _rgb(colour: str) -> npt.NDArray[np.float64]:
    """A colour like "#0B5FA5" as three numbers from 0 to 255."""
    return np.asarray([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float64)
