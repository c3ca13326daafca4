"""Pictures: what is drawn is what the standings say, and text from an upload stays text."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from core.metrics.gaps import GAPS
from core.metrics.words import VERDICT_WORDS
from core.record import AuditRecord
from core.report.charts import mark_svg, standings_chart, svg
from core.report.charts.icon_array import can_be_drawn, people_chart
from core.report.colours import COLOURS
from core.report.words.by_group import Standings, standings
from core.report.words.overview import Overview
from tests.worlds.people import plan_of, selections
from tests.worlds.records import HOSTILE, decided, record_of


def stood(record: AuditRecord, measure: str = "disparate_impact") -> Standings:
    found = standings(record.judgement(), record.plan, ("g",), GAPS[measure])
    assert found is not None
    return found


def drawn(shown: Standings) -> dict[str, Any]:
    return standings_chart(shown, "#111", "#FFF").to_dict()


def rows_of(shown: Standings) -> list[dict[str, Any]]:
    return next(rows for rows in drawn(shown)["datasets"].values() if "sentence" in rows[0])


def test_every_group_has_a_dot_between_its_ends_and_its_sentence() -> None:
    shown = stood(decided())
    for row, standing in zip(rows_of(shown), shown.rows, strict=True):
        assert row["low"] <= row["value"] <= row["high"]
        assert (row["name"], row["sentence"]) == (standing.name, standing.sentence)


def test_every_mark_has_a_shape_and_a_word_and_whoever_is_worse_off_bears_the_gaps() -> None:
    rows = {row["name"]: row for row in rows_of(stood(decided()))}
    assert rows["a"]["verdict"] == "reference" and "Comparison group" in rows["a"]["words"]
    assert rows["b"]["verdict"] == "gap" and "Gap: worse off" in rows["b"]["words"]
    turned = rows_of(stood(decided({"a": (10, 5, 25, 60), "b": (30, 10, 5, 15)})))
    assert [(row["name"], row["verdict"]) for row in turned] == [("a", "gap"), ("b", "better_off")]


def test_a_narrow_picture_keeps_a_groups_name_whole_before_it_says_who_is_compared_with() -> None:
    name = "Administrative clerks"
    record = record_of(plan_of(), selections({name: (300, 1000), "b": (450, 900)}))
    wide, narrow = (_texts(svg(standings_chart(stood(record), "#111", "#FFF"), width)) for width in (700, 360))
    assert name in wide and "30.0\u00a0% · Gap: worse off · comparison group" in wide
    assert name in narrow and "30.0\u00a0% · Gap: worse off" in narrow


def test_numbers_on_an_axis_are_written_as_in_sentences_and_stand_straight() -> None:
    drawing = svg(standings_chart(stood(decided()), "#111", "#FFF"), 700)
    rates = [text for text in _texts(drawing) if text.endswith("%")]
    assert len(rates) > 3 and all(re.search(r"\d\u00a0%$", text) for text in rates), rates
    assert "60\u00a0%" in rates and "italic" not in drawing


def _texts(drawing: str) -> list[str]:
    return ["".join(each.itertext()) for each in ElementTree.fromstring(drawing).iter() if each.tag.endswith("text")]


def test_no_two_verdicts_share_a_shape_or_a_mark() -> None:
    layers = drawn(stood(decided()))["layer"]
    shapes = next(layer["encoding"]["shape"] for layer in layers if "shape" in layer["encoding"])
    assert len(set(shapes["scale"]["range"])) == len(shapes["scale"]["domain"]) == len(COLOURS)
    assert len({mark_svg(verdict) for verdict in VERDICT_WORDS}) == len(VERDICT_WORDS)


def test_the_acceptable_band_spans_the_limits_around_the_reference() -> None:
    shown = stood(decided())
    spec = drawn(shown)
    strips = spec["datasets"][spec["layer"][0]["data"]["name"]]
    assert shown.reference.rate == 0.6
    for strip in strips:
        assert (strip["value"], strip["low"], strip["high"]) == (0.6, pytest.approx(0.55), pytest.approx(0.65))


def test_the_acceptable_band_is_named_above_the_first_row() -> None:
    spec = drawn(stood(decided()))
    named = next(layer for layer in spec["layer"] if layer["encoding"]["y"].get("value", 30) < 30)
    (row,) = spec["datasets"][named["data"]["name"]]
    assert row["words"].replace("\u00a0", " ") == "acceptable, within 5 points: 55.0 to 65.0 %"
    assert row["short"].replace("\u00a0", " ") == "acceptable: 55.0 to 65.0 %"
    assert "width" in named["transform"][0]["calculate"] and named["encoding"]["text"]["field"] == "shown"


def test_people_are_as_many_filled_figures_as_the_title_says() -> None:
    record = decided({"a": (400, 200, 100, 300), "b": (100, 50, 250, 600)})
    title = Overview(record.judgement(), record.plan).first
    chart, height = people_chart(title, ("b", "a"))
    spec = chart.to_dict()
    figures = next(rows for rows in spec["datasets"].values() if "counted" in rows[0])
    assert [sum(row["counted"] for row in figures if row["words"] == name) for name in ("b", "a")] == [15, 60]
    assert len(figures) == 200 and {row["kind"] for row in figures if row["words"] == "b"} == {"gap"}
    assert max(row["y"] for row in figures) < height
    filled, hollow = (layer["mark"] for layer in spec["layer"][:2])
    assert "fill" not in filled and hollow["fill"] == {"expr": "background"}, "never by colour alone"


def test_rates_that_need_too_many_figures_are_not_drawn() -> None:
    record = decided({"a": (20, 20, 5_000, 4_960), "b": (2, 2, 5_000, 4_996)})
    assert not can_be_drawn(Overview(record.judgement(), record.plan).first)


def test_no_strip_reaches_into_the_words_of_a_row() -> None:
    """The words stand in a row's upper half, which ends in its middle, at its place."""
    shown = stood(decided())
    spec = drawn(shown)
    strips = spec["datasets"][spec["layer"][0]["data"]["name"]]
    assert [strip["top"] for strip in strips] == [row["place"] for row in rows_of(shown)]
    assert all(strip["top"] < strip["bottom"] < strip["top"] + 0.5 for strip in strips)
    words = [layer["mark"] for layer in spec["layer"] if layer["mark"]["type"] == "text" and "dy" in layer["mark"]]
    assert len(words) == 2 and all(mark["dy"] + mark["fontSize"] / 2 < 0 for mark in words)


@pytest.mark.parametrize("table", [{"a": (3, 0, 97, 0), "b": (0, 1, 60, 0)}, {"a": (97, 0, 3, 0), "b": (60, 0, 0, 0)}])
def test_every_interval_lies_inside_the_picture(table: dict[str, tuple[int, ...]]) -> None:
    shown = stood(decided(table))
    low, high = next(
        layer["encoding"]["x"]["scale"]["domain"]
        for layer in drawn(shown)["layer"]
        if "scale" in layer["encoding"].get("x", {})
    )
    room = 0.04 * (high - low)
    for row in rows_of(shown):
        assert low + room < row["low"] <= row["high"] < high - room


def test_what_is_not_measurable_has_a_word_and_no_number() -> None:
    table = {"a": (40, 20, 10, 30), "b": (0, 5, 0, 60)}
    row = rows_of(stood(decided(table), "false_negative_rate_difference"))[-1]
    assert (row["value"], row["words"]) == (None, "Not measurable")


def test_a_measure_of_two_rates_is_drawn_as_its_gap() -> None:
    first, *_, last = rows_of(stood(decided(), "average_odds_difference"))
    assert last["verdict"] == "reference" and last["value"] == 0 and first["low"] < first["value"] < first["high"]
    assert "points" in first["words"]


def test_forty_groups_grow_the_picture_and_lose_nobody() -> None:
    shown = stood(decided({f"g{i:02}": (5 + i, 5, 5, 5) for i in range(45)}))
    assert len(rows_of(shown)) == 45
    assert drawn(shown)["height"] > 45 * 30


def test_a_name_from_an_upload_stays_text_in_the_svg() -> None:
    record = decided({HOSTILE: (40, 20, 10, 30), "b": (10, 5, 25, 60)})
    text = svg(standings_chart(stood(record), "var(--ink)", "var(--paper)"), 600)
    tree = ElementTree.fromstring(text)
    tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert tags <= {"svg", "g", "path", "rect", "line", "text", "tspan", "title", "defs", "clipPath"}
    assert "<script" not in text and "var(--ink)" in text


@pytest.mark.parametrize("name", ["bell \x07", "\x00", "\x1b[31m", "half \ud83d", "\ufffe", "two\nlines\tand a tab"])
def test_a_name_with_characters_that_svg_cannot_hold_is_drawn(name: str) -> None:
    shown = stood(decided({name: (80, 20, 20, 80), "b": (40, 10, 60, 90)}))
    ElementTree.fromstring(svg(standings_chart(shown, "#111", "#FFF"), 720))
