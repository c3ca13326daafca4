"""The pictures of what a model looks at in images: a map of the image's places, for a group or upon one image."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import numpy.typing as npt

from core.counts.counts import Floats
from core.explain.features.grid import grid_shape
from core.explain.groups.exemplars import Telling
from core.explain.groups.heatmap import Heatmap
from core.report.charts import PAPER, in_one_text
from core.report.charts.heatmaps import DOWN, UP, cell_range_words, cell_words
from core.report.charts.shared_rows import SharedRows
from core.report.colours import GREY

SIDE = 200
_DEEPEST = 0.65
# The part of an image's places that the scale of its map is made for.
_MOST_OF = 0.99


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
        alt.Chart(SharedRows(values=places))
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
    shape = grid_shape(features)
    assert shape is not None
    values = np.asarray(one.values).reshape(shape)
    return laid_upon(one.image, values, float(np.abs(values).max()), is_trusted)


def reach(maps: Sequence[Floats]) -> float:
    """Where the scale of one image's maps ends: what all but a few of their places stay under.

    A single pixel that moved a score far would leave all others pale.
    """
    return max(float(np.quantile(np.abs(values), _MOST_OF)) or float(np.abs(values).max()) for values in maps)


def laid_upon(
    image: npt.NDArray[np.uint8], values: Floats, most: float, is_trusted: bool, side: int = SIDE
) -> npt.NDArray[np.uint8]:
    """An image with a map over it: uint8 of shape (h, w, 3), about `side` pixels a side.

    Parameters
    ----------
    image
        uint8 of shape (h, w, 1 or 3).
    values
        By how much each place moved the score, shape (rows, columns), as the image lies.
    most
        What has the deepest colour; more has no deeper one.
    is_trusted
        Grey instead of colours where a check failed.
    """
    picture = enlarged(image, side).astype(np.float64)
    down, across = (np.arange(n) * places // n for n, places in zip(picture.shape[:2], values.shape, strict=True))
    spread = values[down[:, None], across[None, :]]
    strength = _DEEPEST * np.minimum(np.abs(spread) / (most or 1.0), 1.0)
    up, low = (_rgb(UP), _rgb(DOWN)) if is_trusted else (_rgb(GREY), _rgb(GREY))
    colours = np.where((spread > 0)[..., None], up, low)
    return np.asarray(picture * (1 - strength[..., None]) + colours * strength[..., None], dtype=np.uint8)


def enlarged(image: npt.NDArray[np.uint8], side: int = SIDE) -> npt.NDArray[np.uint8]:
    """An image about `side` pixels a side, each of its own pixels a square: uint8 of shape (h, w, 3)."""
    scale = max(1, round(side / max(image.shape[:2])))
    large = np.repeat(np.repeat(image, scale, axis=0), scale, axis=1)
    return np.ascontiguousarray(np.broadcast_to(large, (*large.shape[:2], 3)))


def _rgb(colour: str) -> npt.NDArray[np.float64]:
    """A colour like "#0B5FA5" as three numbers from 0 to 255."""
    return np.asarray([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float64)
