"""Codes are texts: when two texts of a column are one value, and which cells a plan's value means."""

import pytest

from core.plan.notation.codes import alike, equal_texts, is_whole


@pytest.mark.parametrize(
    ("texts", "whole"),
    [
        (["1", "2"], True), (["1", "1.0"], True), (["1.0", "2.0"], True), (["1", "2.00"], True), ([" 1", "-2"], True),
        (["1.0", "1.00"], False), (["10.1", "10.10"], False), (["1E2", "100"], False), (["007", "7"], False),
        (["1", "a"], False), (["1", "1.5"], False),
    ],
)  # fmt: skip
def test_whole_numbers_in_one_style(texts: list[str], whole: bool) -> None:
    assert is_whole(texts) is whole


@pytest.mark.parametrize(
    ("value", "texts", "meant"),
    [
        ("10.1", ["10.1", "10.10"], {"10.1"}),
        ("10.10", ["10.1", "10.10"], {"10.10"}),
        (10.1, ["10.1", "10.10"], {"10.1", "10.10"}),
        ("1", ["1", "1.0", "0"], {"1", "1.0"}),
        ("1", ["1", "1.0", "?"], {"1", "1.0"}),
        (1, ["1.0", "0"], {"1.0"}),
        ("1", ["1.0", "0.0"], {"1.0"}),
        ("7", ["007", "7"], {"7"}),
        ("100", ["1E2", "100"], {"100"}),
        ("ja", ["Ja", "ja "], {"ja"}),
        ("1", ["0"], set()),
    ],
)
def test_which_cells_a_value_of_a_plan_means(value: object, texts: list[str], meant: set[str]) -> None:
    assert equal_texts(value, texts) == meant


def test_texts_that_are_equal_as_numbers_are_listed_with_their_counts() -> None:
    assert alike({"1": 3, "1.0": 5, " 1.0": 1, "2": 4, "x": 9}) == ((("1.0", 6), ("1", 3)),)
