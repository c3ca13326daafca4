"""From cells to the groups that people are in (design.md 5)."""

from pathlib import Path

import numpy as np
import pytest

from core.data.dataset import Dataset
from core.data.groups import attributes, groups
from core.errors import DataError, PlanError
from core.plan.plan import Plan
from tests.worlds.coded import MISSING, coded, rows_of, table
from tests.worlds.people import dataset_of, plan_of


def grouped(
    folder: Path, cells: list[str], lines: str = "", missing: tuple[str, ...] = ("", "NA")
) -> tuple[tuple[str, ...], list[str]]:
    """The names of a column's groups, and the name of each cell's group."""
    dataset = table(folder, *[(cell, "1", "1") for cell in cells], missing=missing)
    (attribute,) = attributes(plan_of(groups=lines), dataset)
    return attribute.values, [attribute.values[code] for code in coded(attribute.code, dataset)]


@pytest.mark.parametrize(
    ("cells", "values", "names"),
    [
        (["b", "a", "b", " b "], ("b", "a"), ["b", "a", "b", "b"]),
        (["1", "1.0", " 1.0", "2"], ("1.0", "2"), ["1.0", "1.0", "1.0", "2"]),
        (["007", "7", "7.0", "7"], ("7", "007", "7.0"), ["007", "7", "7.0", "7"]),
        (["10.1", "10.10", "10.1"], ("10.1", "10.10"), ["10.1", "10.10", "10.1"]),
        (["1E2", "100", "100"], ("100", "1E2"), ["1E2", "100", "100"]),
        (["1.0", "1", "2.00", "1"], ("1", "1.0", "2.00"), ["1.0", "1", "2.00", "1"]),
        (["1.0", "1", "", "1"], ("1", MISSING), ["1", "1", MISSING, "1"]),
        (["a", "", "NA", "?"], ("?", "a", MISSING), ["a", MISSING, MISSING, "?"]),
        (["", "NA"], (MISSING,), [MISSING, MISSING]),
        (["a", "(missing)", ""], ("a", MISSING), ["a", MISSING, MISSING]),
        (["A", "a", "a"], ("a", "A"), ["A", "a", "a"]),
    ],
)
def test_values_are_groups(tmp_path: Path, cells: list[str], values: tuple[str, ...], names: list[str]) -> None:
    assert grouped(tmp_path, cells) == (values, names)


def test_cut_points_make_groups(tmp_path: Path) -> None:
    values, names = grouped(
        tmp_path, ["24.9", "25", "39", "40", "60", "99", "", "old", "-99"], "bins = {g = [25, 40, 60]}", ("", "-99")
    )
    assert values == ("under 25", "25 to under 40", "40 to under 60", "60 or over", MISSING)
    assert names == [
        "under 25", *["25 to under 40"] * 2, "40 to under 60", *["60 or over"] * 2, *[MISSING] * 3,
    ]  # fmt: skip


def test_one_cut_point_and_short_names_of_numbers(tmp_path: Path) -> None:
    assert grouped(tmp_path, ["0.1"], "bins = {g = [0.5]}")[0] == ("under 0.5", "0.5 or over", MISSING)
    assert grouped(tmp_path, ["0.1"], "bins = {g = [25.0]}")[0][0] == "under 25"


def test_cut_points_that_share_a_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="Give rounder ones"):
        grouped(tmp_path, ["1"], "bins = {g = [0.1, 0.10000000000000002]}")


def test_large_cut_points_keep_all_their_figures(tmp_path: Path) -> None:
    names, codes = grouped(tmp_path, ["1000001", "1234567"], "bins = {g = [1000002, 1234567]}")[:2]
    assert names == ("under 1000002", "1000002 to under 1234567", "1234567 or over", MISSING)
    assert codes == ["under 1000002", "1234567 or over"]


def test_cut_points_in_a_column_of_texts_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='column "g" holds no numbers, so cut points find no group'):
        grouped(tmp_path, ["old", "young", ""], "bins = {g = [40]}")
    assert grouped(tmp_path, ["", ""], "bins = {g = [40]}")[1] == [MISSING, MISSING]


def test_numbers_of_a_file_with_decimal_commas_are_groups(tmp_path: Path) -> None:
    dataset = dataset_of("g;y\n1,5;1\n1,50;1\n2;0\n", tmp_path)
    (attribute,) = attributes(plan_of(), dataset)
    assert attribute.values == ("1,5", "1,50", "2"), "not one style: codes as they are spelled"


def test_whole_numbers_of_a_file_with_decimal_commas_are_one_code(tmp_path: Path) -> None:
    dataset = dataset_of("g;y\n1,0;1\n1;1\n2;0\n", tmp_path)
    (attribute,) = attributes(plan_of(), dataset)
    assert attribute.values == ("1", "2")


@pytest.mark.parametrize(
    ("cells", "advice"),
    [("n", "bins = {g = [25, 40, 60]}, or others, under [groups]"), ("t", "Choose a column with fewer")],
)
def test_too_many_values_are_refused_with_advice(tmp_path: Path, cells: str, advice: str) -> None:
    names = [str(i) if cells == "n" else f"v{i}" for i in range(201)]
    with pytest.raises(PlanError) as refusal:
        grouped(tmp_path, names)
    assert '"g" has 201 different values, too many to compare' in str(refusal.value)
    assert advice in str(refusal.value)
    assert len(grouped(tmp_path, names[:200])[0]) == 200


def test_an_unknown_sensitive_column_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='no column "sex". Its columns are: g, y, p'):
        attributes(plan_of(("sex",)), table(tmp_path, ("a", 1, 1)))


def test_few_combinations_all_have_a_cell_and_many_only_where_they_occur(tmp_path: Path) -> None:
    few = table(tmp_path, ("a", "1", "x"), ("b", "2", "x"))
    assert len(groups(attributes(plan_of(("g", "y")), few), few)) == 4
    many = table(tmp_path, *[(f"g{i}", f"y{i * 7 % 60}", "x") for i in range(60)])
    found = groups(attributes(plan_of(("g", "y")), many), many)
    assert len(found) == 60
    codes = [a.code(rows_of(many)) for a in attributes(plan_of(("g", "y")), many)]
    assert sorted(found.number(codes).tolist()) == list(range(60))


def test_too_many_combinations_are_refused(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = [(f"g{a}", f"y{b}", "x") for a, b in rng.integers(0, 200, (20_000, 2))]
    dataset = table(tmp_path, *rows)
    with pytest.raises(PlanError, match="g x y makes .* combinations, too many to count"):
        groups(attributes(plan_of(("g", "y")), dataset), dataset)


# ---------------------------------------------------------------- spellings joined, numbers as they are written


def test_spellings_of_a_group_are_joined_as_the_plan_says(tmp_path: Path) -> None:
    cells = ["F", "Female", "female ", "M", "", "F"]
    joined = 'join = {g = {"Female" = ["F", "female"]}}'
    assert grouped(tmp_path, cells, joined) == (
        ("Female", "M", MISSING),
        ["Female", "Female", "Female", "M", MISSING, "Female"],
    )
    named = 'join = {g = {"Women" = ["F", "female", "Female"]}}'
    assert grouped(tmp_path, cells, named)[0] == ("Women", "M", MISSING)


def test_a_spelling_that_does_not_occur_joins_nothing(tmp_path: Path) -> None:
    assert grouped(tmp_path, ["a", "b"], 'join = {g = {"a" = ["A"]}}')[0] == ("a", "b")


def test_dates_are_cut_by_their_year_once_the_plan_says_so(tmp_path: Path) -> None:
    rows = [("1961-05-30", "1", "1"), ("1980-01-01", "0", "1"), ("", "0", "1"), ("1975-01-01", "1", "1")]
    dataset = table(tmp_path, *rows)
    plan = plan_of(groups="bins = {g = [1975]}")
    with pytest.raises(DataError, match=r'as a date.* numbers = \{g = "2001-12-31"\} under \[data\]'):
        attributes(plan, dataset)
    read = plan_of(groups="bins = {g = [1975]}", data='numbers = {g = "1961-05-30"}')
    (attribute,) = attributes(read, Dataset.asked(read, dataset.path, dataset.profile))
    assert [attribute.values[c] for c in coded(attribute.code, dataset_as(read, dataset))] == [
        "under 1975",
        "1975 or over",
        MISSING,
        "1975 or over",
    ]


def dataset_as(plan: Plan, dataset: Dataset) -> Dataset:
    return Dataset.asked(plan, dataset.path, dataset.profile)


def test_cells_are_trimmed_as_the_plan_says(tmp_path: Path) -> None:
    dataset = table(tmp_path, (" a", " 1", "1"), ("a ", "0", "1"), ("b", "1", "1"))
    assert rows_of(dataset).text("g").tolist() == [" a", "a ", "b"]
    trimmed = dataset_as(plan_of(data="trim = true"), dataset)
    assert rows_of(trimmed).text("g").tolist() == ["a", "a", "b"]
    assert trimmed.vocabulary("g") == {"a": 2, "b": 1}


@pytest.mark.parametrize(
    ("cells", "signs"),
    [
        (["$1,234", "$56,000"], ["currency sign ($)", 'numbers = {g = "$1,234"}']),
        (["1.234,50 EUR", "850,00 EUR"], ["currency sign (EUR)", 'numbers = {g = "1.234,56 EUR"}']),
        (["45.3%", "50%"], ["percent sign (%)", 'numbers = {g = "12.3%"}']),
        (["(120)", "(30)"], ["brackets for minus", 'numbers = {g = "(123)"}']),
        (["30.05.1961", "01.02.1980"], ["as a date", "by its year"]),
        (["$1,234", "\u20ac5,600"], ["currency sign ($)", "currency sign (\u20ac)", "write plain numbers"]),
        (["60k", "75k"], ["with a unit (k)", "write plain numbers"]),
        (["old", "young"], ["each text is a group"]),
    ],
)
def test_cut_points_in_written_numbers_name_the_sign_and_a_step(
    tmp_path: Path, cells: list[str], signs: list[str]
) -> None:
    with pytest.raises(DataError) as refusal:
        grouped(tmp_path, cells, "bins = {g = [40]}")
    assert all(sign in str(refusal.value) for sign in signs), str(refusal.value)
    assert "as missing" not in str(refusal.value)
    assert "emove its bins" not in str(refusal.value)
