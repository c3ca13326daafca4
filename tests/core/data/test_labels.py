"""From cells to who takes part, what happened and what was decided (design.md 5)."""

from pathlib import Path

import pytest

from core.data.filters import filters
from core.data.labels import label_coder, prediction_coder
from core.errors import DataError, PlanError
from tests.worlds.coded import coded, rows_of, table
from tests.worlds.people import csv_text, dataset_of, plan_of

# ---------------------------------------------------------------- who takes part


def kept(
    folder: Path, rule: str, cells: list[str], missing: tuple[str, ...] = ("", "NA")
) -> tuple[list[str], list[str]]:
    """The cells of x that a rule keeps, and what it warned of."""
    dataset = dataset_of(csv_text(("x", "y"), [(cell, "a") for cell in cells]), folder, missing)
    plan = plan_of(data=f'keep = [{{column = "x", {rule}}}]')
    (keep,) = filters(plan, dataset)
    mask = keep.keeps(rows_of(dataset))
    return [cell for cell, stays in zip(cells, mask, strict=True) if stays], list(keep.known)


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
    assert warnings == ['keep: "z" does not occur in x, so leaving it out drops nobody']


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
        filters(plan_of(data='keep = [{column = "q", in = [1]}]'), dataset)


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
