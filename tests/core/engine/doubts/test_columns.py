"""Doubts about what cells mean: asked with the edit of the plan that answers, and only where there is reason to."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.data.profile import Profile
from core.data.profiling import take_profile
from core.engine import doubts
from core.metrics.words.notes import text, unanswered
from core.notes import Note
from core.plan.plan import Plan
from tests.worlds.people import csv_text, plan_of, quiet

Ask = Callable[..., dict[str, Note]]


@pytest.fixture
def profile_of(tmp_path: Path) -> Callable[..., Profile]:
    def take(**columns: list[Any]) -> Profile:
        (tmp_path / "upload").write_text(csv_text(tuple(columns), list(zip(*columns.values(), strict=True))))
        (tmp_path / "out").mkdir(exist_ok=True)
        return take_profile(tmp_path / "upload", "t.csv", tmp_path / "out", quiet)

    return take


@pytest.fixture
def ask(profile_of: Callable[..., Profile]) -> Ask:
    """The doubts, by kind, of a plan about a table whose columns are given as lists of cells."""

    def asked(plan: Plan, **columns: list[Any]) -> dict[str, Note]:
        return {note.kind: note for note in doubts.before(plan, profile_of(**columns))}

    return asked


GROUPS = ["a", "b", "a", "b", "a", "b"]
DECIDED = [1, 0, 1, 0, 1, 0]


def outcome(favourable: str) -> Plan:
    return plan_of(data=f'label = "y"\nfavourable = {favourable}')


def test_a_clean_table_is_asked_nothing(ask: Ask) -> None:
    assert ask(outcome('"yes"'), g=GROUPS, p=DECIDED, y=["yes", "no", "yes", "no", "", "NA"]) == {}


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        (["1", "0", "NULL", ".", "#N/A", "0"], {"NULL", ".", "#N/A"}),
        (["1", "0", "Null ", "Keine Angabe", "N.A.", "?"], {"Null", "Keine Angabe", "N.A.", "?"}),
        (["1", "0", "-99", "-99", "0", "1"], {"-99"}),
        (["1", "0", "9", "9", "0", "1"], {"9"}),
        (["1", "0", "2", "3", "0", "1"], set()),
        (["1", "none", "none", "1", "1", "1"], set()),
    ],
)
def test_codes_for_missing_are_never_the_bad_outcome_unasked(ask: Ask, cells: list[str], codes: set[str]) -> None:
    plan = outcome("1")
    found = ask(plan, g=GROUPS, p=DECIDED, y=cells)
    assert ("codes_for_missing" in found) is bool(codes)
    if not codes:
        return
    note = found["codes_for_missing"]
    assert {code for code, _ in note.facts["codes"]} == codes
    refusal = unanswered((note,), ())
    assert refusal is not None
    said, lines = refusal
    assert all(f"“{code}”" in said and f'"{code}"' in lines for code in codes)
    answered = plan.changed(note.changes)
    assert codes <= set(answered.data.missing)
    assert "codes_for_missing" not in ask(answered, g=GROUPS, p=DECIDED, y=cells)
    assert unanswered((note,), (note.key,)) is None


@pytest.mark.parametrize(
    ("good", "cells", "spellings"),
    [
        ('"TRUE"', ["TRUE", "True", "Ja", "1", "FALSE", "0"], {"True", "Ja", "1"}),
        ('"yes"', ["yes", "YES", "y", "no", "No", "yes"], {"YES", "y"}),
        ('">50K"', [">50K", ">50K.", "<=50K", "<=50K.", ">50K", ">50K"], {">50K."}),
        ('"no"', ["no", "nein", "N", "yes", "yes", "yes"], {"nein", "N"}),
        ('"accepté"', ["accepté", "Accepte", "refusé", "refusé", "refusé", "accepté"], {"Accepte"}),
        ('"A"', ["A", "B", "C", "Absent", "A", "B"], set()),
        ("1", ["1", "1.0", "0", "0.0", "1", "0"], set()),
        ('"Low"', ["Low", "Medium", "High", "Low", "High", "Low"], set()),
    ],
)
def test_spellings_of_the_good_value_are_never_the_bad_outcome_unasked(
    ask: Ask, good: str, cells: list[str], spellings: set[str]
) -> None:
    plan = outcome(good)
    found = ask(plan, g=GROUPS, p=DECIDED, y=cells)
    assert ("spellings_of_good" in found) is bool(spellings)
    if spellings:
        note = found["spellings_of_good"]
        assert {spelling for spelling, _ in note.facts["spellings"]} == spellings
        assert "spellings_of_good" not in ask(plan.changed(note.changes), g=GROUPS, p=DECIDED, y=cells)


def test_other_values_are_listed_with_their_counts(ask: Ask) -> None:
    note = ask(outcome('"Low"'), g=GROUPS, p=DECIDED, y=["Low", "Medium", "High", "High", "Low", "Low"])["other_values"]
    assert "“High” (2), “Medium” (1)" in text(note)


def test_many_numbers_in_a_column_of_decisions_are_a_score(ask: Ask) -> None:
    cells = [f"0.{n:03}" for n in range(1, 60)] + ["1"]
    note = ask(plan_of(), g=["a", "b"] * 30, p=cells)["numbers_as_decisions"]
    refusal = unanswered((note,), ())
    assert refusal is not None
    assert 'score = "p"' in refusal[1]  # a command says the keys; the page has controls for them
    assert "[decision]" not in text(note)
    assert "60 different numbers" in text(note)


@pytest.mark.parametrize(
    ("cells", "join"),
    [
        (["Female", "female", "F", "Male", "M", "Female"], {"Female": ["female", "F"], "Male": ["M"]}),
        (["Female", "Féminin", "F", "Male", "M", "Female"], {"Male": ["M"]}),  # F begins two words: it is left alone
        (
            ["Asian; White", "White; Asian", "Black", "Asian; White", "Black", "Black"],
            {"Asian; White": ["White; Asian"]},
        ),
        (["Café", "Cafe", "Thé", "Café", "Thé", "Thé"], {"Café": ["Cafe"]}),
        (["self-emp", "Self emp", "b", "self-emp", "b", "b"], {"self-emp": ["Self emp"]}),
        (["R1", "R2", "R1", "R2", "R1", "R2"], {}),
        (["1-2", "12", "1.2", "1-2", "12", "1.2"], {}),
        (["10.1", "10.10", "10.1", "10.1", "10.1", "10.1"], {}),
        (["White", "Black", "White", "Black", "Asian", "Other"], {}),
    ],
)
def test_spellings_of_a_group_are_suggested_for_joining(ask: Ask, cells: list[str], join: dict[str, list[str]]) -> None:
    found = ask(plan_of(), g=cells, p=DECIDED)
    assert ("spellings_of_a_group" in found) is bool(join)
    if join:
        note = found["spellings_of_a_group"]
        joined = plan_of().changed(note.changes)
        assert joined.groups.join == {"g": {name: tuple(texts) for name, texts in join.items()}}
        assert "spellings_of_a_group" not in ask(joined, g=cells, p=DECIDED)


def test_codes_equal_as_numbers_are_said_joined_or_apart(ask: Ask) -> None:
    joined = ask(plan_of(), g=["1", "1.0", "2", "1", "2", "2"], p=DECIDED)["codes_joined"]
    assert "“1” (2), “1.0” (1)" in text(joined)
    apart = ask(plan_of(), g=["10.1", "10.10", "10.1", "9", "9", "9"], p=DECIDED)["codes_apart"]
    assert "“10.1” (2), “10.10” (1)" in text(apart)


def test_groups_that_may_mean_not_known_can_be_counted_as_missing(ask: Ask) -> None:
    note = ask(plan_of(), g=["a", "?", "a", "b", "b", "unknown"], p=DECIDED)["unknown_groups"]
    assert set(plan_of().changed(note.changes).data.missing) >= {"?", "unknown"}


def test_spaces_that_a_model_would_get_are_asked_about(ask: Ask) -> None:
    plan = plan_of(decision='model = "m.onnx"')
    cells = [" a", " b", " a", " b", " a", " b"]
    note = ask(plan, g=cells, p=DECIDED)["spaces_for_a_model"]
    assert note.facts["cells"] == 6
    assert plan.changed(note.changes).data.trim
    assert "spaces_for_a_model" not in ask(plan.changed(note.changes), g=cells, p=DECIDED)
    assert ask(plan_of(), g=cells, p=DECIDED) == {}


@pytest.mark.parametrize(
    ("cells", "asked"),
    [
        (["1.234", "12.500", "850", "52.300", "900", "1.100"], True),
        (["1.234", "12.5", "850", "52.300", "900", "1.100"], False),
        (["0.123", "0.456", "0.999", "0.111", "1.000", "0.500"], False),
        (["1.234", "12.500", "8500", "52.300", "900", "1.100"], False),
        (["1234", "12500", "850", "52300", "900", "1100"], False),
    ],
)
def test_points_before_three_digits_are_asked_about(ask: Ask, cells: list[str], asked: bool) -> None:
    plan = plan_of(groups="bins = {g = [1000]}")
    found = ask(plan, g=cells, p=DECIDED)
    assert ("points_of_thousands" in found) is asked
    if asked:
        assert plan.changed(found["points_of_thousands"].changes).data.numbers == {"g": "1.234,00"}
