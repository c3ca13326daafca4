"""The Audit page's first glance: the finding as title, a card a column, the picture, and a cell a question."""

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.record import AuditRecord
from core.store.workspace import Workspace
from tests.pages.whole_app import cell, kept, labels, opened, plain_words, said, tables, widget
from tests.worlds.people import labelled, plan_of
from tests.worlds.records import HOSTILE, decided, record_of, scored

pytestmark = pytest.mark.jobs

PEOPLE = {
    ("a", "x"): (80, 20, 20, 80),
    ("b", "x"): (40, 60, 60, 40),
    ("a", "y"): (80, 20, 20, 80),
    ("b", "y"): (40, 60, 60, 40),
}


def two_columns() -> AuditRecord:
    return record_of(plan_of(("g", "h"), label=True), labelled(PEOPLE, ("g", "h")))


def title(at: AppTest) -> str:
    (shown,) = at.title
    return plain_words(shown.value)


def cards(at: AppTest) -> list[str]:
    return [plain_words(label) for label in widget(at, "button_group", "card").options]


def charts(at: AppTest) -> list[str]:
    return [str(shown.proto) for shown in at.get("vega_lite_chart")]


# ---------------------------------------------------------------- the title


def test_the_finding_is_the_only_title_and_a_line_says_how_large_and_how_sure(space: Workspace, home: Path) -> None:
    record = record_of(
        plan_of(("sex",), label=True),
        labelled({"Female": (400, 168, 200, 232), "Male": (600, 170, 120, 110)}, ("sex",)),
    )
    at = opened("audit", kept(space, home, record))
    assert title(at) == "Women are selected less often than men: 57 of 100 against 77."
    (picture,) = at.header
    assert plain_words(picture.value).startswith("Who gets selected?")
    assert "That is 0.74 times as often, outside the usual limit of 0.80. Quite sure" in said(at)


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ({"Female": (570, 0, 430, 0), "Male": (580, 0, 420, 0)}, "Can't tell yet whether women are selected less"),
        ({"Female": (3, 0, 4, 0), "Male": (300, 85, 60, 55)}, "Too few people to tell whether women are selected"),
        ({"Female": (5_700, 0, 4_300, 0), "Male": (5_700, 0, 4_300, 0)}, "No gap found between men and women"),
    ],
)
def test_every_other_verdict_is_a_title_as_plain(
    space: Workspace, home: Path, people: dict[str | tuple[str, ...], tuple[int, ...]], words: str
) -> None:
    record = record_of(plan_of(("sex",)), labelled(people, ("sex",)))
    assert title(opened("audit", kept(space, home, record))).startswith(words)


def test_what_is_not_said_on_the_surface_is_one_click_away(space: Workspace, home: Path) -> None:
    at = opened("audit", kept(space, home, decided()))
    (sure,) = (box for box in at.expander if box.label == "How sure is this?")
    inside = plain_words("\n".join(str(text.value) for text in [*sure.text, *sure.caption]))
    assert "plausible range" in inside and "such comparisons" in inside and "Compared with" in inside
    assert "such comparisons" not in plain_words(" ".join(text.value for text in at.markdown))


# ---------------------------------------------------------------- cards


def test_a_card_a_column_has_its_verdict_the_two_rates_and_the_people(space: Workspace, home: Path) -> None:
    at = opened("audit", kept(space, home, two_columns()))
    assert cards(at) == [
        "**g** Can't tell yet *b: 50 of 100* *a: 50 of 100* *400 and 400 people*",
        "**h** Can't tell yet *y: 50 of 100* *x: 50 of 100* *400 and 400 people*",
        "**Crossed columns** Can't tell yet *a, y: 50 of 100* *a, x: 50 of 100* *200 and 200 people*",
    ]


def test_a_click_on_a_card_turns_title_picture_and_numbers(space: Workspace, home: Path) -> None:
    people = {("a", "x"): (40, 20, 10, 30), ("a", "y"): (5, 5, 35, 60), ("b", "x"): (40, 20, 12, 30)}
    record = record_of(plan_of(("g", "h"), label=True), labelled(people, ("g", "h")))
    at = opened("audit", kept(space, home, record))
    assert "whose h is y" in title(at) and sorted(tables(at)[0]["Group"]) == ["x", "y"]
    before = charts(at)
    widget(at, "button_group", "card").set_value(0).run()
    assert not at.exception
    assert "whose g is" in title(at) and sorted(tables(at)[0]["Group"]) == ["a", "b"] and charts(at) != before
    widget(at, "button_group", "card").set_value(2).run()
    assert sorted(tables(at)[0]["Group"]) == ["a, x", "a, y", "b, x"]


def test_several_crossed_tables_are_one_card_and_any_can_be_picked(space: Workspace, home: Path) -> None:
    people = {(*group, value): numbers for group, numbers in PEOPLE.items() for value in "pq"}
    record = record_of(plan_of(("g", "h", "i"), label=True), labelled(people, ("g", "h", "i")))
    at = opened("audit", kept(space, home, record))
    assert len(cards(at)) == 4
    widget(at, "button_group", "card").set_value(0).run()
    assert "crossing" not in str([box.key for box in at.selectbox])
    widget(at, "button_group", "card").set_value(3).run()
    crossing = widget(at, "selectbox", "crossing")
    assert crossing.options == ["g × h", "g × i", "h × i"]
    crossing.select_index(2).run()
    assert sorted(tables(at)[0]["Group"]) == ["x, p", "x, q", "y, p", "y, q"]
    assert widget(at, "button_group", "card").value == 3


def test_what_was_chosen_outlives_a_visit_to_another_page(space: Workspace, home: Path) -> None:
    at = opened("audit", kept(space, home, two_columns()))
    cell(at, "Who is wrongly denied? h").click().run()
    chosen = title(at)
    at.switch_page("pages/history.py").run()
    at.switch_page("pages/audit.py").run()
    assert title(at) == chosen and widget(at, "button_group", "card").value == 1


# ---------------------------------------------------------------- the picture


def test_the_picture_names_the_acceptable_band(space: Workspace, home: Path) -> None:
    (chart,) = charts(
        opened("audit", kept(space, home, decided({"a": (400, 200, 100, 300), "b": (100, 50, 250, 600)})))
    )
    assert "acceptable: 55.0 to 65.0" in chart


def test_the_same_two_groups_can_be_seen_as_people(space: Workspace, home: Path) -> None:
    at = opened("audit", kept(space, home, decided({"a": (400, 200, 100, 300), "b": (100, 50, 250, 600)})))
    widget(at, "button_group", "view").set_value("As people").run()
    assert not at.exception
    (chart,) = charts(at)
    assert "People whose g is b: 15 of 100 are selected" in chart and "People whose g is a: 60 of 100" in chart
    cell(at, "Averaged over both outcomes, who is selected? g").click().run()
    assert "This cannot be drawn as people" in said(at) and not charts(at)


# ---------------------------------------------------------------- the grid


def test_the_grid_has_a_worded_cell_for_every_question_and_column(space: Workspace, home: Path) -> None:
    at = opened("audit", kept(space, home, two_columns()))
    cells = [plain_words(label) for label in labels(at) if label.startswith("**")]
    assert len(cells) == 8 * 3
    assert "**Who gets selected? g:** Can't tell yet" in cells
    assert "**Who is wrongly denied? g:** Gap" in cells
    assert "**How often is it wrong? Crossed columns:** Gap" in cells
    told = cell(at, "Who is wrongly denied? g").help
    assert "wrongly denied more often than people whose g is a" in plain_words(told)


def test_a_click_on_a_cell_opens_it_in_the_picture_which_scrolls_into_view(space: Workspace, home: Path) -> None:
    at = opened("audit", kept(space, home, two_columns()))
    assert "scrollIntoView" not in str([shown.proto.body for shown in at.get("html")])
    cell(at, "Who is wrongly denied? g").click().run()
    assert not at.exception
    assert title(at).startswith("People whose g is b are wrongly denied more often than people whose g is a")
    assert sorted(tables(at)[0]["Group"]) == ["a", "b"] and "◆ Gap: worse off" in tables(at)[0]["Verdict"]
    assert "scrollIntoView" in str([shown.proto.body for shown in at.get("html")])
    at.run()
    assert "scrollIntoView" not in str([shown.proto.body for shown in at.get("html")])


def test_a_measure_of_two_rates_lists_gaps_alone(space: Workspace, home: Path) -> None:
    at = opened("audit", kept(space, home, two_columns()))
    cell(at, "Averaged over both outcomes, who is selected? Crossed columns").click().run()
    assert "Rate" not in tables(at)[0] and any("points" in gap for gap in tables(at)[0]["Gap"])


def test_another_threshold_moves_the_picture_and_no_card_cell_or_title(space: Workspace, home: Path) -> None:
    at = opened("audit", kept(space, home, scored()))
    before, drawn = (title(at), cards(at), labels(at)), charts(at)
    widget(at, "select_slider", "threshold").set_value(0.3).run()
    assert charts(at) != drawn
    assert (title(at), cards(at)) == before[:2] and set(before[2]) <= set(labels(at))


def test_names_from_an_upload_are_text_everywhere(space: Workspace, home: Path) -> None:
    plan = replace(plan_of((HOSTILE,), label=True), name=HOSTILE)
    people = labelled({HOSTILE: (40, 20, 10, 30), "b": (10, 5, 25, 60)}, (HOSTILE,))
    at = opened("audit", kept(space, home, record_of(plan, people)))
    shown = [at.title[0].value, *widget(at, "button_group", "card").options, *labels(at), *(b.help for b in at.button)]
    for text in shown:
        assert "<script>" not in text and "*stars*" not in text and "](http" not in text
