"""From cells to who takes part, what happened, what was decided, and which group somebody is in (design.md 5)."""

from pathlib import Path

import numpy as np
import pytest

from core.data.coding import Coder, attributes, filters, groups, label_coder, prediction_coder
from core.data.dataset import Batch, Dataset
from core.errors import DataError, PlanError
from core.plan.plan import Plan
from tests.worlds.people import csv_text, dataset_of, plan_of

MISSING = "(missing)"


def table(folder: Path, *rows: tuple[object, ...], missing: tuple[str, ...] = ("", "NA")) -> Dataset:
    return dataset_of(csv_text(("g", "y", "p"), list(rows)), folder, missing)


def rows_of(dataset: Dataset) -> Batch:
    (batch,) = dataset.batches(dataset.profile.names)
    return batch


def coded(coder: Coder, dataset: Dataset) -> list[int]:
    return coder(rows_of(dataset)).tolist()


# ---------------------------------------------------------------- who takes part


def kept(
    folder: Path, rule: str, cells: list[str], missing: tuple[str, ...] = ("", "NA")
) -> tuple[list[str], list[str]]:
    """The cells of x that a rule keeps, and what it warned of."""
    dataset = dataset_of(csv_text(("x", "y"), [(cell, "a") for cell in cells]), folder, missing)
    warnings: list[str] = []
    plan = plan_of(data=f'keep = [{{column = "x", {rule}}}]')
    (keep,) = filters(plan, dataset, warnings)
    mask = keep.keeps(rows_of(dataset))
    return [cell for cell, stays in zip(cells, mask, strict=True) if stays], warnings


@pytest.mark.parametrize(
    ("rule", "cells", "stay"),
    [
        ("between = [-1, 2]", ["-1", "2", "2.0001", "-1.5", "", "NA", "old", "1e0"], ["-1", "2", "1e0"]),
        ("between = [-1e9, 1e9]", ["5", "-99"], ["5"]),
        ('in = ["a", 1]', ["a", " a ", "A", "1", "1.0", "01", ""], ["a", " a ", "1", "1.0"]),
        ('in = ["NA", "a"]', ["a", "NA", "", "b"], ["a", "NA"]),
        ('not_in = ["a"]', ["a", "b", "", "NA", "A"], ["b", "", "NA", "A"]),
        ('not_in = ["NA"]', ["a", "NA", "", "b"], ["a", "", "b"]),
        ("not_in = [0]", ["0", "0.0", "-0", "1", "zero"], ["1", "zero"]),
    ],
)
def test_which_rows_a_rule_keeps(tmp_path: Path, rule: str, cells: list[str], stay: list[str]) -> None:
    assert kept(tmp_path, rule, cells, ("", "NA", "-99")) == (stay, [])


def test_a_value_to_leave_out_that_never_occurs_is_a_warning(tmp_path: Path) -> None:
    stay, warnings = kept(tmp_path, 'not_in = ["z", "a"]', ["a", "b"])
    assert stay == ["b"]
    assert warnings == ['"z" does not occur in x, so leaving it out drops nobody']


def test_a_value_to_keep_that_never_occurs_is_refused_with_those_seen(tmp_path: Path) -> None:
    with pytest.raises(PlanError) as refusal:
        kept(tmp_path, 'in = ["a", "z"]', ["a", "b", "a ", "a"])
    assert refusal.value.message == '"z" does not occur in column "x". The values seen are: a, b.'
    assert refusal.value.in_plan == "another value for keep of x, under [data]"


def test_an_empty_cell_is_listed_in_words(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match=r"The values seen are: \(empty\), a\."):
        kept(tmp_path, 'in = ["z"]', ["", "a"])


def test_a_list_of_many_values_is_cut_short(tmp_path: Path) -> None:
    with pytest.raises(PlanError) as refusal:
        kept(tmp_path, 'in = ["z"]', [f"v{i:02}" for i in range(40)])
    assert refusal.value.message.endswith("v10, v11 and 28 more.")


def test_a_rule_on_an_unknown_column_names_the_known_ones(tmp_path: Path) -> None:
    dataset = table(tmp_path, ("a", 1, 1))
    with pytest.raises(DataError, match='no column "q". Its columns are: g, y, p'):
        filters(plan_of(data='keep = [{column = "q", in = [1]}]'), dataset, [])


def test_a_range_of_a_column_of_texts_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match='column "x" holds no numbers, so a range of numbers keeps nobody.* in or not_in'
    ):
        kept(tmp_path, "between = [1, 2]", ["a", "b"])
    assert kept(tmp_path, "between = [1, 2]", ["", "1"])[0] == ["1"]


# ---------------------------------------------------------------- what really happened

GOOD, BAD, UNKNOWN = 1, 0, 2


@pytest.mark.parametrize(
    ("favourable", "cells", "codes"),
    [
        ("1", ["1", "0", "1.0", " 1 ", "", "NA", "2"], [GOOD, BAD, GOOD, GOOD, UNKNOWN, UNKNOWN, BAD]),
        ('[">50K", ">50K."]', [">50K", ">50K.", "<=50K", "NA"], [GOOD, GOOD, BAD, UNKNOWN]),
        ('"NA"', ["NA", "", "x"], [GOOD, UNKNOWN, BAD]),
        ("{at_least = 5}", ["5", "4.99", "", "1e1"], [GOOD, BAD, UNKNOWN, GOOD]),
        ("{below = 5}", ["5", "4.99", "", "-3"], [BAD, GOOD, UNKNOWN, GOOD]),
    ],
)
def test_labels(tmp_path: Path, favourable: str, cells: list[str], codes: list[int]) -> None:
    dataset = table(tmp_path, *[("a", cell, "1") for cell in cells])
    plan = plan_of(data=f'label = "y"\nfavourable = {favourable}')
    assert coded(label_coder(plan, dataset), dataset) == codes


def test_without_a_label_column_nothing_is_known(tmp_path: Path) -> None:
    dataset = table(tmp_path, ("a", "1", "1"), ("b", "0", "1"))
    assert coded(label_coder(plan_of(), dataset), dataset) == [UNKNOWN, UNKNOWN]


def test_a_good_value_that_never_occurs_is_refused_with_those_seen(tmp_path: Path) -> None:
    dataset = table(tmp_path, ("a", "yes", "1"), ("b", "no", "1"))
    with pytest.raises(PlanError, match='"1" does not occur in column "y". The values seen are: no, yes'):
        label_coder(plan_of(label=True), dataset)


def test_an_outcome_that_should_be_a_number_and_is_not_is_refused_by_row(tmp_path: Path) -> None:
    dataset = table(tmp_path, ("a", "1", "1"), ("b", "two", "1"))
    plan = plan_of(data='label = "y"\nfavourable = {at_least = 1}')
    with pytest.raises(DataError, match=r'row 2 .*column "y": "two" is not a number'):
        coded(label_coder(plan, dataset), dataset)


# ---------------------------------------------------------------- what was decided


def test_decisions(tmp_path: Path) -> None:
    dataset = table(tmp_path, *[("a", "1", cell) for cell in ("Low", " Low", "Medium", "High", "low")])
    plan = plan_of(decision='prediction = "p"\nfavourable = ["Low", "Medium"]')
    assert coded(prediction_coder(plan, dataset, "p"), dataset) == [1, 1, 1, 0, 0]


def test_a_row_without_a_decision_is_refused_by_row(tmp_path: Path) -> None:
    dataset = table(tmp_path, ("a", "1", "1"), ("a", "1", "0"), ("a", "1", ""))
    with pytest.raises(DataError) as refusal:
        coded(prediction_coder(plan_of(), dataset, "p"), dataset)
    assert 't.csv, row 3 below the header, column "p": no decision.' in str(refusal.value)


def test_a_missing_text_named_as_good_is_a_decision(tmp_path: Path) -> None:
    dataset = table(tmp_path, ("a", "1", "NA"), ("a", "1", "0"))
    plan = plan_of(decision='prediction = "p"\nfavourable = ["NA"]')
    assert coded(prediction_coder(plan, dataset, "p"), dataset) == [1, 0]


# ---------------------------------------------------------------- groups


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
        grouped(tmp_path, ["1"], "bins = {g = [1000001, 1000002, 1000003]}")


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
