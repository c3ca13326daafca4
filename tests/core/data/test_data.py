"""The rows in batches: the same cells whatever the batch size, numbers only where cells are numbers."""

import math
from pathlib import Path

import numpy as np
import pytest

from core.data.column_profile import CAP
from core.data.dataset import Batch, Dataset
from core.errors import DataError
from core.plan.values import keys
from tests.worlds.people import csv_text, dataset_of

TABLE = csv_text(
    ("n", "t", "other"), [("1", "a", "x"), (" 2.5", "b", "x"), ("NA", " a", "x"), ("", "a", "x"), ("1e3", "A", "x")]
)


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return dataset_of(TABLE, tmp_path)


def only(dataset: Dataset) -> Batch:
    (batch,) = dataset.batches(dataset.profile.names)
    return batch


def test_cells_come_as_written(dataset: Dataset) -> None:
    batch = only(dataset)
    assert len(batch) == 5
    assert batch.text("t").tolist() == ["a", "b", " a", "a", "A"]
    assert batch.text("n").tolist() == ["1", " 2.5", "NA", "", "1e3"]


def test_numbers_are_nan_where_missing(dataset: Dataset) -> None:
    numbers = only(dataset).numbers("n")
    assert numbers.dtype == np.float64
    assert numbers.tolist()[:2] + numbers.tolist()[4:] == [1.0, 2.5, 1000.0]
    assert np.isnan(numbers).tolist() == [False, False, True, True, False]


def test_a_cell_that_is_no_number_is_refused_by_row_and_column(dataset: Dataset) -> None:
    with pytest.raises(DataError) as refusal:
        only(dataset).numbers("t")
    assert str(refusal.value) == (
        't.csv, row 1 below the header, column "t": "a" is not a number. '
        "Correct the cell, or write plain numbers, such as 1234.5, in this column; if it means that nothing is known,"
        ' count it as missing. In a plan file: missing = ["a"], and what else is missing, under [data].'
    )
    assert all(math.isnan(value) for value in only(dataset).floats("t"))


def test_rows_are_named_after_those_that_were_left_out_and_dropped(tmp_path: Path) -> None:
    lines = [f"{i},x" for i in range(1, 21)]
    lines[2], lines[11] = "3", "oops,x"
    batch = only(dataset_of("n,t\n" + "\n".join(lines), tmp_path))
    kept = batch.take(batch.rows >= 5)
    with pytest.raises(DataError, match="row 12 "):
        kept.numbers("n")
    assert (kept.start, len(kept)) == (5, 14)


def test_a_number_listed_as_missing_is_missing(tmp_path: Path) -> None:
    dataset = dataset_of(csv_text(("n", "t"), [("-99", "a"), ("5", "b"), ("-99.0", "a")]), tmp_path, ("", "-99"))
    batch = only(dataset)
    for numbers in (batch.numbers("n"), batch.floats("n")):
        assert np.isnan(numbers).tolist() == [True, False, True]
    assert batch.is_missing("n").tolist() == [True, False, True]


def test_a_text_listed_as_missing_is_no_stranger(tmp_path: Path) -> None:
    dataset = dataset_of(csv_text(("n", "t"), [("?", "a"), ("5", "b")]), tmp_path, ("?",))
    assert np.isnan(only(dataset).numbers("n")).tolist() == [True, False]
    with pytest.raises(DataError, match='"" is not a number'):
        only(dataset_of(csv_text(("n", "t"), [("", "a"), ("5", "b")]), tmp_path, ("?",))).numbers("n")


def test_numbers_of_a_file_with_decimal_commas(tmp_path: Path) -> None:
    batch = only(dataset_of("n;t\n1,5;a\n-2;b\n", tmp_path))
    assert batch.numbers("n").tolist() == [1.5, -2.0]
    assert batch.matches("n", keys([1.5])).tolist() == [True, False]


def test_matches_and_codes(dataset: Dataset) -> None:
    batch = only(dataset)
    assert batch.matches("t", keys(["a"])).tolist() == [True, False, True, True, False]
    assert batch.matches("n", keys([1000])).tolist() == [False, False, False, False, True]
    assert batch.is_missing("n").tolist() == [False, False, True, True, False]
    asked: list[str] = []
    codes = batch.codes("t", lambda text: asked.append(text) or len(text))  # type: ignore[func-returns-value]
    assert codes.tolist() == [1, 1, 2, 1, 1]
    assert sorted(asked) == sorted({"a", "b", " a", "A"}), "once for each distinct text"


@pytest.mark.parametrize("size", [1, 7, 64, 1_000])
def test_the_size_of_batches_changes_nothing(tmp_path: Path, size: int) -> None:
    rows = [(str(i % 13), "abc"[i % 3], "" if i % 5 == 0 else str(i)) for i in range(250)]
    dataset = dataset_of(csv_text(("x", "y", "z"), rows), tmp_path)
    batches = list(dataset.batches(("z", "x"), size))
    assert max(map(len, batches)) <= size
    assert np.concatenate([batch.rows for batch in batches]).tolist() == list(range(250))
    assert [text for batch in batches for text in batch.text("x")] == [row[0] for row in rows]
    assert [text for batch in batches for text in batch.text("z")] == [row[2] for row in rows]
    assert set(batches[0].columns) == {"x", "z"}


def test_taking_rows_of_nothing_and_of_all(dataset: Dataset) -> None:
    batch = only(dataset)
    assert batch.take(np.ones(5, dtype=bool)) is batch
    nobody = batch.take(np.zeros(5, dtype=bool))
    assert (len(nobody), nobody.start, nobody.text("t").tolist()) == (0, 0, [])


@pytest.mark.parametrize("distinct", [50, CAP + 300])
def test_a_vocabulary_counts_every_text(tmp_path: Path, distinct: int) -> None:
    rows = [(f"v{i}", "x") for i in range(distinct)] + [("v0", "x"), ("", "x")]
    dataset = dataset_of(csv_text(("g", "t"), rows), tmp_path)
    found = dataset.vocabulary("g")
    assert found == {f"v{i}": 1 + (i == 0) for i in range(distinct)} | {"": 1}
