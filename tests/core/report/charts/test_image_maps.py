"""Pictures of what a model looks at in images: each place where it lies, in the colour of its direction."""

import numpy as np
import pytest

from core.counts.counts import Groups
from core.explain.features.grid import cell_names
from core.explain.groups.attribution import Attribution
from core.explain.groups.exemplars import Telling
from core.explain.groups.heatmap import heatmap
from core.report.charts.image_maps import coloured, laid_upon, map_chart, reach


def test_places_are_coloured_where_they_lie_and_by_their_direction() -> None:
    values = np.zeros((2, 4))
    values[0, 3], values[1, 0] = 0.4, -0.2  # top right for the outcome, bottom left against it
    image = np.full((8, 16, 3), 128, np.uint8)
    one = Telling(0, {"depot": "North"}, 0.9, True, tuple(values.reshape(-1)), image)
    seen = coloured(one, cell_names(2, 4), is_trusted=True).astype(int)
    height, width = seen.shape[:2]
    assert (height, width) == (8 * 12, 16 * 12)  # as large as a map
    top_right, bottom_left, middle = seen[2, width - 3], seen[height - 3, 2], seen[2, width // 2]
    assert top_right[2] > top_right[0] + 60  # blue
    assert bottom_left[0] > bottom_left[2] + 30  # orange, paler
    assert middle.tolist() == [128, 128, 128]


def test_a_picture_that_is_not_trusted_has_no_colour() -> None:
    one = Telling(0, {}, 0.9, True, (0.4, -0.2, 0.0, 0.0), np.full((4, 4, 1), 128, np.uint8))
    seen = coloured(one, cell_names(2, 2), is_trusted=False).astype(int)
    assert np.ptp(seen, axis=2).max() < 30


def test_a_map_has_a_square_for_each_place() -> None:
    groups = Groups(("depot",), (("North", "South"),), ((0,), (1,)))
    names = cell_names(2, 3)
    cells, selected = np.array([0, 0, 1], np.int32), np.array([True, True, False])
    values = np.arange(18, dtype=float).reshape(3, 6) / 100
    seen = heatmap(Attribution.of(groups, names, cells, selected, values), ("depot",), None, 0.95)
    chart = map_chart(seen, 0, 0.1, True).to_dict()
    (squares,) = chart["datasets"].values()
    assert [(square["row"], square["column"]) for square in squares] == [(r, c) for r in (1, 2) for c in (1, 2, 3)]
    np.testing.assert_allclose([square["value"] for square in squares], values[:2].mean(axis=0))
    assert squares[5]["sentence"].startswith("lower right of the image (row 2 of 2, column 3 of 3): ")


def test_one_pixel_that_moved_the_score_far_does_not_leave_all_others_pale() -> None:
    fine = np.full((20, 20), 0.1)
    fine[0, 0] = 10.0
    assert reach([fine]) == pytest.approx(0.1)
    image = np.full((20, 20, 1), 128, np.uint8)
    seen = laid_upon(image, fine, reach([fine]), is_trusted=True).astype(int)
    assert (seen[:, :, 2] > seen[:, :, 0] + 60).all()
    assert reach([np.zeros((4, 4))]) == 0 and (laid_upon(image, np.zeros((4, 4)), 0.0, True) == 128).all()
