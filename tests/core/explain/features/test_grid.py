"""Places of an image are named so that a person can find them, and by numbers that tell each from the others."""

import numpy as np
import pytest

from core.counts.counts import Groups
from core.explain.features.grid import cell_names, grid_shape
from core.explain.groups.attribution import Attribution
from core.explain.groups.heatmap import heatmap
from core.explain.person import Person, PersonSide
from core.plan.plan import Plan
from core.report.charts.heatmaps import heatmap_chart, reasons_chart
from core.report.words.audit import decision_note, outcome_note

EIGHT = cell_names(8, 8)


@pytest.mark.parametrize(
    ("row", "column", "where"),
    [
        (1, 1, "upper left"), (1, 4, "upper middle"), (3, 8, "upper right"), (4, 3, "middle left"), (4, 5, "middle"),
        (5, 6, "middle right"), (6, 1, "lower left"), (8, 5, "lower middle"), (8, 8, "lower right"),
    ],
)  # fmt: skip
def test_a_place_is_named_by_the_third_of_the_image_it_lies_in(row: int, column: int, where: str) -> None:
    assert EIGHT[8 * (row - 1) + column - 1] == f"{where} of the image (row {row} of 8, column {column} of 8)"


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (2, 3), (8, 8)])
def test_every_place_has_a_name_of_its_own_from_which_the_grid_is_known_again(shape: tuple[int, int]) -> None:
    names = cell_names(*shape)
    assert len(set(names)) == shape[0] * shape[1] and grid_shape(names) == shape
    assert grid_shape(names[::-1]) == (shape if len(names) == 1 else None)
    for place, name in enumerate(names):  # each third is as far from the middle on both sides
        turned = names[::-1][place].partition(" of the image")[0]
        opposite = {"upper": "lower", "lower": "upper", "left": "right", "right": "left"}
        words = name.partition(" of the image")[0].split()
        assert " ".join(opposite.get(word, word) for word in words) == turned


def test_pictures_name_a_place_in_two_short_lines() -> None:
    groups, values = Groups(("g",), (("a",),), ((0,),)), np.linspace(0.1, 0.2, 64)[None, :]
    found = Attribution.of(groups, EIGHT, np.asarray([0]), np.asarray([True]), values)
    side = PersonSide(0.4, False, 0.5, tuple(values[0]), None, ())
    drawn = (
        heatmap_chart(heatmap(found, ("g",), None, 0.95), (7,), (0,), ("goes along with g",), 0.2, True),
        reasons_chart(Person(0, {}, EIGHT, ("",) * 64, (side,)), side, (7,), 0.2, True),
    )
    labels = [next(iter(chart.to_dict()["datasets"].values()))[0]["feature"].split("\n") for chart in drawn]
    assert labels[0] == ["upper right", "row 1, column 8, goes", "along with g"]
    assert labels[1] == ["upper right", "row 1, column 8"]


@pytest.mark.parametrize(
    ("column", "whom", "turned_down"),
    [
        ('features = ["x"]', "people to whom", "people who were turned down"),
        ('image = "photo"\nimages = "photos.zip"', "images to which", "images that were turned down"),
        ('text = "words"', "texts to which", "texts that were turned down"),
    ],
)
def test_rows_are_called_by_what_the_model_reads(column: str, whom: str, turned_down: str) -> None:
    plan = Plan.from_toml(
        'plumbline = 1\n[data]\nfile = "t.csv"\nlabel = "y"\nfavourable = 1\n[decision]\nmodel = "m.onnx"\n'
        f'{column}\n[groups]\nsensitive = ["g"]\n'
    )
    assert decision_note(plan).startswith(f"Selected: {whom} the model gives")
    assert turned_down in outcome_note(plan)
