"""Small numbers that are hidden on request: nothing that is published gives one away (statistics.md 7)."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.counts.counts import Counts
from core.errors import PlanError
from core.metrics.small_cells import search
from core.metrics.small_cells.hidden import REASON
from core.metrics.small_cells.worlds import Worlds
from core.plan.plan import Plan
from core.report.documents.csv import numbers_csv
from core.report.documents.html import answer_html
from core.report.documents.json import result
from core.report.words.by_group import standings
from core.report.words.overview import Overview
from tests.core.metrics.small_cells.attacker import (
    derived,
    numbers_of,
    published,
    secrets,
    spread_by_counting,
    spread_by_solver,
)
from tests.worlds.people import labelled, plan_of, selections
from tests.worlds.records import record_of

LEAST = 4
COLUMNS = ("g", "h")
SIZES = st.one_of(st.integers(0, 6), st.integers(0, 60))


def both(counts: Counts, plan: Plan) -> tuple[dict[str, Any], dict[str, Any]]:
    """An audit's result.json as it is, and with its small numbers hidden."""
    record = record_of(plan, counts)
    return result(record), result(record.without_small_cells())


def crossed(people: dict[tuple[str, ...], tuple[int, ...]]) -> dict[tuple[str, ...], tuple[int, ...]]:
    return {cell: numbers for cell, numbers in people.items() if sum(numbers)}


@st.composite
def tables(draw: st.DrawFn, rows: int, columns: int, kinds: int) -> dict[tuple[str, ...], tuple[int, ...]]:
    cells = [(f"g{i}", f"h{j}") for i in range(rows) for j in range(columns)]
    return crossed({cell: draw(st.tuples(*[SIZES] * kinds)) for cell in cells})


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_no_hidden_number_follows_from_what_is_published(data: st.DataObject) -> None:
    people = data.draw(
        tables(data.draw(st.integers(1, 3)), data.draw(st.integers(1, 4)), data.draw(st.sampled_from((4, 6))))
    )
    counts = labelled(people or {("g0", "h0"): (9, 9, 9, 9)}, COLUMNS)
    try:
        whole, shown = both(counts, plan_of(COLUMNS, label=True))
    except PlanError:
        assert min(counts.people, counts.labelled) < 100, "others can hide theirs"
        return
    small = secrets(whole)
    assert not small.keys() & published(shown).keys()
    assert all(spread >= LEAST for spread in spread_by_solver(shown, small))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=8, max_size=8))
def test_counting_every_possible_table_finds_no_hidden_number_either(sizes: list[int]) -> None:
    """An independent check: no solver, but every table of 16 people that there could be."""
    sizes[0] += max(0, 16 - sum(sizes))
    while sum(sizes) > 16:
        sizes[int(np.argmax(sizes))] -= 1
    cells = [("g0", "h0"), ("g0", "h1"), ("g1", "h0"), ("g1", "h1")]
    people = {cell: (sizes[2 * i], sizes[2 * i] + sizes[2 * i + 1]) for i, cell in enumerate(cells)}
    counts = selections({cell: pair for cell, pair in people.items() if pair[1]}, COLUMNS)
    try:
        whole, shown = both(counts, plan_of(COLUMNS))
    except PlanError:
        return
    small = secrets(whole)
    assert not small.keys() & published(shown).keys()
    counted = list(spread_by_counting(shown, small))
    assert counted == list(spread_by_solver(shown, small))
    assert all(spread >= LEAST for spread in counted)


def test_one_small_group_takes_a_neighbour_along() -> None:
    """100 less 60 less 37 is 3: who hides only the 3 has hidden nothing."""
    counts = selections({"a": (30, 60), "b": (20, 37), "c": (1, 3)})
    whole, shown = both(counts, plan_of())
    sizes = {group["group"]["g"]: group["n"] for group in shown["groups"]}
    assert [group["n"] for group in whole["groups"]] == [60, 37, 3]
    assert sizes == {"a": 60, "b": None, "c": None}
    assert len(shown["groups"]) == 3, "the rows stay"


def test_everything_computed_from_a_hidden_number_goes_with_it() -> None:
    counts = labelled({"a": (40, 20, 10, 30), "b": (30, 25, 20, 25), "c": (2, 20, 15, 30), "d": (30, 30, 20, 20)})
    whole, shown = both(counts, plan_of(label=True))
    gone = {
        (group["group"]["g"], metric)
        for group in shown["groups"]
        for metric, estimate in group["metrics"].items()
        if estimate.get("reason") == REASON
    }
    assert ("c", "true_positive_rate") in gone and ("c", "selection_rate") not in gone
    assert {group for group, _ in gone} == {"c"}, "the total by outcome is said nowhere, so nothing gives it away"
    for old, new in zip(whole["groups"], shown["groups"], strict=True):
        for metric, estimate in new["metrics"].items():
            is_gone = (new["group"]["g"], metric) in gone
            assert derived(estimate) == ({} if is_gone else derived(old["metrics"][metric]))
    (error,) = [
        gap for gap in shown["gaps"] if gap["measure"] == "false_negative_rate_difference" and gap["group"]["g"] == "c"
    ]
    assert (error["verdict"], error["reason"], derived(error)) == ("not_measurable", REASON, {})
    assert shown["population"] == {} and whole["population"] != {}


def test_the_selected_of_unknown_outcome_are_a_number_too() -> None:
    """63 were selected, and 60 of them are known: the other 3 are nowhere stated, and yet told."""
    counts = labelled({"a": (40, 20, 10, 30, 3, 40), "b": (30, 25, 20, 25, 30, 30), "c": (20, 20, 15, 30, 20, 20)})
    whole, shown = both(counts, plan_of(label=True))
    told = ((("g", "a"),), "us")
    assert published(whole)[told] == 3 and told not in published(shown)
    (spread,) = spread_by_solver(shown, [told])
    assert spread >= LEAST


def test_what_is_shown_follows_from_what_is_shown() -> None:
    """The p of one comparison, corrected for others, would tell of a hidden one; so would a different verdict."""
    hidden_few = {"a": (300, 600), "b": (20, 60), "c": (3, 40), "d": (14, 40)}
    hidden_many = {"a": (300, 600), "b": (20, 60), "c": (4, 40), "d": (14, 40)}
    results = [both(selections(people), plan_of())[1] for people in (hidden_few, hidden_many)]
    assert results[0]["gaps"] == results[1]["gaps"]
    assert results[0]["groups"] == results[1]["groups"]
    assert results[0]["findings"] == results[1]["findings"]


def test_what_is_not_tested_counts_no_hidden_comparison() -> None:
    """Hidden groups stand for tests that found nothing; of a measure without a test there is none to count."""
    table = {"a": (40, 20, 10, 30), "b": (30, 25, 20, 25), "c": (2, 20, 15, 30), "d": (30, 30, 20, 20)}
    counts, counted = labelled({**table, "e": (3, 20, 15, 30)}), {}
    for reference in ("largest", "most_selected"):
        _, shown = both(counts, plan_of(label=True, groups=f'reference = "{reference}"'))
        gaps = [gap for gap in shown["gaps"] if gap["measure"] == "average_abs_odds_difference"]
        assert [gap["reason"] == REASON for gap in gaps].count(True) == 2
        counted[reference] = {gap["comparisons"] for gap in gaps}
    assert counted == {"largest": {2}, "most_selected": {2}}


def test_nothing_is_hidden_where_no_number_is_small() -> None:
    whole, shown = both(labelled({"a": (40, 20, 10, 30), "b": (30, 25, 20, 25)}), plan_of(label=True))
    assert {**whole, "left_out": []} == {**shown, "left_out": []}


def test_documents_say_that_something_is_hidden_and_print_none_of_it() -> None:
    record = record_of(plan_of(), selections({"a": (3000, 6000), "b": (2111, 3777), "c": (1, 3)})).without_small_cells()
    judged = record.judgement()
    overview = Overview(judged, record.plan)
    measure, by = overview.opening
    page = answer_html(record, standings(judged, record.plan, by, measure))
    assert "hidden on request: fewer than 5 people" in page and ">hidden<" in page
    assert "3,777" not in page and "2,111" not in page and "6,000" in page
    csv = numbers_csv(judged)
    assert "3777" not in csv and "2111" not in csv and "6000" in csv
    json.dumps(result(record), allow_nan=False)


def test_an_audit_of_very_few_people_cannot_hide_them() -> None:
    record = record_of(plan_of(), selections({"a": (1, 2), "b": (1, 2), "c": (0, 1)})).without_small_cells()
    with pytest.raises(PlanError, match="every number would have to be hidden"):
        record.judgement()


def test_people_with_several_rows_are_refused() -> None:
    plan = plan_of(data='person = "id"')
    record = record_of(plan, selections({"a": (30, 60), "b": (20, 57)})).without_small_cells()
    with pytest.raises(PlanError, match="people have several rows"):
        record.judgement()


def test_a_number_of_result_json_is_read_as_the_field_defines_it() -> None:
    """The attacker above understands the document: what it reads of an open one is what was put in."""
    whole, _ = both(labelled({"a": (41, 22, 13, 34, 7, 9), "b": (35, 25, 26, 27)}), plan_of(label=True))
    first = numbers_of(whole["groups"][0])
    alone = {kinds: value for (_, kinds), value in first.items() if " " not in kinds}
    assert alone == {"tp": 41, "fp": 22, "fn": 13, "tn": 34, "us": 7, "ur": 9}


def test_every_document_of_the_same_people_hides_by_one_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """And those of other people by a search of their own."""
    searched: list[Worlds] = []

    def worlds(people: Any) -> Worlds:
        searched.append(Worlds(people))
        return searched[-1]

    monkeypatch.setattr(search, "Worlds", worlds)
    for people in ((31, 2, 17, 3), (31, 2, 17, 3), (32, 2, 17, 3)):
        counts = labelled({("a", "x"): people, ("b", "x"): (40, 30, 20, 10), ("b", "y"): (9, 1, 9, 9)}, COLUMNS)
        hidden = record_of(plan_of(COLUMNS, label=True), counts).without_small_cells().hidden
        assert hidden
    assert len(searched) == 2
