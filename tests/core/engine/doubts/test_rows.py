"""Is a row a person? What is suspected of which column, what the button would change, and what nobody is asked."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.data.profile import Profile
from core.engine import doubts
from core.metrics.words.notes import stands_first, text, worded
from core.notes import Note
from core.plan.plan import Plan
from core.samples import SAMPLES
from tests.worlds.people import csv_text, dataset_of, plan_of

DRAW = np.random.default_rng(8)


def noted(header: str, rows: list[tuple[str, ...]], folder: Path, plan: Plan | None = None) -> tuple[Note, ...]:
    return doubts.before(plan or plan_of(), dataset_of(csv_text(tuple(header.split(",")), rows), folder).profile)


def column(name: str, cells: list[str], folder: Path) -> tuple[Note, ...]:
    return noted(f"g,p,{name}", [("ab"[i % 2], str(i % 3 % 2), cell) for i, cell in enumerate(cells)], folder)


REPEATED = [f"{i // 4}" for i in range(400)]
CODES = [f"P{i // 4:03}" for i in range(400)]
WEIGHTS = [f"{w:.3f}" for w in DRAW.gamma(2, 1, 400)]
COUNTED = ("Freq", "n", "Anzahl", "number of people", "Count of ID")
COUNTS = [str(n) for n in DRAW.integers(0, 300, 400)]


@pytest.mark.parametrize(
    ("name", "cells", "kind", "role"),
    [
        *((name, REPEATED, "repeated_persons", "person") for name in ("person_id", "ID", "Patient", "customerNumber")),
        *((name, CODES, "repeated_persons", "person") for name in ("who", "Bewerber")),
        *((name, COUNTS, "counted_people", "count") for name in COUNTED),
        *((name, WEIGHTS, "unused_weights", "weight") for name in ("sample_weight", "w_weight", "PWGTP", "Gewicht")),
    ],
)
def test_what_a_column_may_be_is_asked(name: str, cells: list[str], kind: str, role: str, tmp_path: Path) -> None:
    (note,) = column(name, cells, tmp_path)
    assert (note.kind, note.facts["column"]) == (kind, name) and f"“{name}”" in text(note)
    assert stands_first(note, ()) and not stands_first(note, (f"{kind}:{name}",)) and worded(note).step == 1
    chosen = plan_of().changed(note.changes)
    assert getattr(chosen.data, role) == name
    profile = dataset_of(csv_text(("g", "p", name), [("a", "1", cell) for cell in cells]), tmp_path).profile
    assert not doubts.before(chosen, profile)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("id", [str(i) for i in range(400)]),
        ("school_id", REPEATED),
        ("diagnosis", CODES),
        ("status", [f"A1{i % 4}" for i in range(400)]),
        ("priors_count", COUNTS),
        ("n", [str(i + 1) for i in range(400)]),
        ("number of dependents", COUNTS),
        ("number", [f"{i / 7:.2f}" for i in range(400)]),
        ("birth_weight", WEIGHTS),
        ("weight", [str(60 + i % 40) for i in range(400)]),
        ("weight", ["1"] * 400),
    ],
)
def test_what_is_nothing_of_the_kind_asks_nothing(name: str, cells: list[str], tmp_path: Path) -> None:
    assert not column(name, cells, tmp_path)


def test_a_column_in_use_is_not_asked_about(tmp_path: Path) -> None:
    rows = [("ab"[i % 2], n) for i, n in enumerate(COUNTS)]
    plan = plan_of(decision='score = "n"\nthreshold = 20')
    assert not noted("g,n", rows, tmp_path, plan)


def test_a_total_row_is_named_and_left_out_beside_the_rules_that_are_there(tmp_path: Path) -> None:
    rows = [(g, str(i % 2)) for i in range(60) for g in ("Female", "Male", "Total")]
    plan = plan_of(data='keep = [{column = "p", in = [0, 1]}]')
    (note,) = noted("g,p", rows, tmp_path, plan)
    assert (note.kind, worded(note).step, note.facts) == ("total_rows", 4, {"column": "g", "value": "Total"})
    chosen = plan.changed(note.changes)
    assert [rule.document() for rule in chosen.data.keep] == [
        {"column": "p", "in": [0, 1]},
        {"column": "g", "not_in": ["Total"]},
    ]
    assert not noted("g,p", rows, tmp_path, chosen)
    assert not noted("g,p", [(g, p) for g, p in rows if g != "Male"], tmp_path)  # "Total" beside one group alone


def test_many_persons_are_said_without_a_number(tmp_path: Path) -> None:
    (note,) = column("user_id", [str(i // 2) for i in range(5000)], tmp_path)
    assert note.facts["people"] is None and "values that repeat" in text(note)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_are_asked_nothing_about_their_rows(name: str, tmp_path: Path) -> None:
    sample = SAMPLES[name]
    plan = Plan.from_toml(sample.plan.read_text(encoding="utf-8"))
    profile: Profile = dataset_of(sample.table.read_bytes(), tmp_path).profile
    plain = replace(plan, decision=replace(plan.decision, features=()))
    assert {note.kind for note in doubts.before(plain, profile)}.isdisjoint(
        {"repeated_persons", "counted_people", "unused_weights", "total_rows"}
    )
