"""Pictures take their colours from what lies behind them: they are right after a switch of the theme, unasked."""

import tomllib
from pathlib import Path

import altair as alt
import numpy as np
import pytest
import vl_convert

from core.counts.counts import Groups
from core.explain.features.grid import cell_names
from core.explain.groups.attribution import Attribution
from core.explain.groups.heatmap import heatmap
from core.explain.person import Person, PersonSide
from core.metrics.gaps import GAPS
from core.mitigate.frontier.places import PRESENT, Place
from core.mitigate.settings import Settings
from core.report.charts import standings_chart
from core.report.charts.frontier import frontier_chart
from core.report.charts.heatmaps import heatmap_chart, reasons_chart
from core.report.charts.image_maps import map_chart
from core.report.colours import ON_DARK, ON_LIGHT
from core.report.words.by_group import standings
from tests.worlds.records import decided, scored

THEMES = tomllib.loads((Path(__file__).parents[4] / ".streamlit" / "config.toml").read_text())["theme"]
INK = {"light": ON_LIGHT, "dark": ON_DARK}


def charts() -> dict[str, alt.LayerChart | alt.Chart]:
    record = decided()
    stood = standings(record.judgement(), record.plan, ("g",), GAPS["disparate_impact"])
    assert stood is not None
    side = PersonSide(0.4, False, 0.5, (0.1, -0.2, 0.0, 0.0), (0.01, 0.01, 0.01, 0.01), ())
    groups = Groups(("g",), (("a", "b"),), ((0,), (1,)))
    # The second group's places did nothing, so they are as blank as what lies behind.
    values = np.asarray([[0.4, -0.4, 0.1, 0.0], [0.0, 0.0, 0.0, 0.0]])
    cells, selected = np.asarray([0, 1]), np.asarray([True, False])
    columns, places = (
        heatmap(Attribution.of(groups, names, cells, selected, values), ("g",), None, 0.95)
        for names in (("job", "debt", "age", "town"), cell_names(2, 2))
    )
    marks = [Place(name, name, 0.2, (0.1, 0.3), 0.1, (0.05, 0.2)) for name in (PRESENT, "thresholds_1")]
    return {
        "standings": standings_chart(stood),
        "frontier": frontier_chart(marks, Settings.of(scored().plan), "thresholds_1", True),
        "columns": heatmap_chart(columns, (0, 1), (0, 1), ("", "goes along with g"), 0.4, True),
        "reasons": reasons_chart(Person(0, {}, columns.features, ("",) * 4, (side,)), side, (0, 1), 0.2, True),
        "map": map_chart(places, 1, 0.4, True),
    }


def rgb(colour: str) -> str:
    return f"rgb({int(colour[1:3], 16)}, {int(colour[3:5], 16)}, {int(colour[5:], 16)})"


@pytest.mark.parametrize("name", ["standings", "frontier", "columns", "reasons", "map"])
@pytest.mark.parametrize(("theme", "other"), [("light", "dark"), ("dark", "light")])
def test_text_and_blank_places_follow_what_lies_behind(name: str, theme: str, other: str) -> None:
    paper = THEMES[theme]["backgroundColor"]
    drawn = vl_convert.vegalite_to_svg(charts()[name].configure(background=paper).to_dict()).replace("'", '"')
    body = drawn.split("<rect", 2)[-1]  # behind the rectangle of the background itself
    own = paper if name == "map" else INK[theme]
    assert own in body or rgb(own) in body
    for strange in (INK[other], THEMES[other]["backgroundColor"]):
        if strange != "#FFFFFF" or name != "columns":  # white figures stand in cells of deep colour
            assert strange not in body and rgb(strange) not in body


def test_text_in_pictures_has_the_colour_of_the_pages_text() -> None:
    assert {theme: THEMES[theme]["textColor"] for theme in INK} == INK


def test_figures_are_white_on_deep_colours_only_and_never_on_grey() -> None:
    groups, cells = Groups(("g",), (("a", "b"),), ((0,), (1,))), np.asarray([0, 1])
    found = Attribution.of(groups, ("job",), cells, np.asarray([True, False]), np.asarray([[0.4], [0.01]]))
    for is_trusted, deep in ((True, [True, False]), (False, [False, False])):
        chart = heatmap_chart(heatmap(found, ("g",), None, 0.95), (0,), (0, 1), ("",), 0.4, is_trusted).to_dict()
        assert [cell["is_deep"] for cell in next(iter(chart["datasets"].values()))] == deep
