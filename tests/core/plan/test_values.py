"""What a cell's text means: numbers, equal values, spellings."""

import math
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.plan.values import is_number, key, keys, most_frequent_spellings, numbers

NUMBERS = [
    "0",
    "1",
    "-1",
    "+1",
    "0.5",
    ".5",
    "-.5",
    "10.25",
    "1e5",
    "1E-3",
    "+2.5e+10",
    " 7 ",
    "1.0",
    "-0",
    "100000000",
]
TEXTS = ["", " ", "007", "01.5", "1.", "1,5", "1 000", "1,000", "inf", "-inf", "nan", "NaN", "0x1", "1_0", "1e", "e5",
         "--1", "+-1", "1e99999", "one", "٣", "1.2.3", "12%", "$5"]  # fmt: skip


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers(text: str) -> None:
    assert is_number(text)
    assert key(text) == Decimal(text.strip())
    assert numbers(pa.array([text])).tolist() == [float(text)]


@pytest.mark.parametrize("text", TEXTS)
def test_texts_that_are_no_numbers(text: str) -> None:
    assert not is_number(text)
    assert key(text) == text.strip()
    assert math.isnan(numbers(pa.array([text]))[0])


@given(st.text(alphabet="0123456789.,+-eE ", max_size=8))
def test_one_cell_and_a_column_of_cells_are_read_alike(text: str) -> None:
    for decimal in ".,":
        value = numbers(pa.array([text]), decimal)[0]
        assert is_number(text, decimal) is not math.isnan(value) or math.isinf(float(key(text, decimal)))
        if not math.isnan(value):
            assert value == float(key(text, decimal))


@pytest.mark.parametrize(
    ("text", "expected"), [("1,5", 1.5), ("-,5", -0.5), ("3", 3.0), ("1.5", None), ("1.000,5", None), ("1,000,5", None)]
)
def test_a_file_with_decimal_commas(text: str, expected: float | None) -> None:
    value = numbers(pa.array([text]), ",")[0]
    assert math.isnan(value) if expected is None else value == expected
    assert is_number(text, ",") is (expected is not None)


def test_a_number_too_large_to_hold_is_none() -> None:
    assert math.isnan(numbers(pa.array(["1e400"]))[0])
    assert math.isnan(numbers(pa.array(["-1e400"]))[0])
    assert numbers(pa.array(["1e-400"]))[0] == 0


@pytest.mark.parametrize(
    ("one", "other"), [(0, "0"), ("0", "0.0"), (0, " 0.00 "), (1.5, "1.50"), ("a", " a "), (1e3, "1000"), ("-0", "0")]
)
def test_equal_values(one: object, other: object) -> None:
    assert key(one) == key(other)
    assert hash(key(one)) == hash(key(other))


@pytest.mark.parametrize(
    ("one", "other"), [("007", 7), ("007", "7"), ("A", "a"), ("1,5", 1.5), ("", "0"), ("a b", "ab")]
)
def test_different_values(one: object, other: object) -> None:
    assert key(one) != key(other)


def test_a_plans_value_equals_a_cell_with_a_decimal_comma() -> None:
    assert key("1,50", ",") in keys([1.5])
    assert key("1.5", ",") not in keys([1.5])


def test_a_value_is_named_by_its_most_frequent_spelling() -> None:
    counted = {"1": 3, "1.0": 5, " 1.0 ": 2, "yes": 1, " yes": 4, "02": 1, "2": 1}
    assert most_frequent_spellings(counted) == {Decimal(1): "1.0", "yes": "yes", "02": "02", Decimal(2): "2"}
    assert most_frequent_spellings({"1.0": 2, "1": 2}) == {Decimal(1): "1"}, "a tie: the first by name"
