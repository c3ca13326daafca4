"""Numbers as people write them: a style stated by an example, found in a column, and what reads by it."""

import math

import pyarrow as pa
import pytest

from core.plan.notation.detection import found_style
from core.plan.notation.numbers import style_of

EXAMPLES = [
    ("45.3 %", {"45.3 %": 0.453, "45.3%": 0.453, "% 45": 0.45, "-2%": -0.02, "0.453": None, "45.3": None}),
    ("12,5 %", {"12,5 %": 0.125, "7%": 0.07, "12.5 %": None}),
    ("45 pct", {"45 pct": 0.45}),
    ("3\u2030", {"3\u2030": 0.003}),
    ("$1,234", {"$24,543": 24543, "($675)": -675, "-$5": -5, "$-5": -5, "1,200": 1200, "$1,234.56": 1234.56,
                "24543": 24543, "\u20ac5": None, "1,2": None, "(5": None, "5)": None, "(-5)": None, "": None,
                "007": None}),
    ("1.234,50 EUR", {"1.234,50 EUR": 1234.5, "850 EUR": 850, "EUR 12,5": 12.5, "1.234.567": 1234567, "850.5": None}),
    ("56.546,82 \u20ac", {"56.546,82 \u20ac": 56546.82, "\u20ac-1,50": -1.5}),
    ("(120)", {"(120)": -120, "120": 120, "120-": -120, "\u2212120": -120, "\u2013120": -120}),
    ("1\u202f234,5", {"1\u202f234,5": 1234.5, "1 234": 1234, "1\u00a0234\u00a0567": 1234567, "12 34": None}),
    ("12'345.50", {"12'345.50": 12345.5, "12\u2019345": 12345, "900": 900}),
    ("1,23,456", {"1,23,456": 123456, "12,345": 12345}),
    ("1.234.567", {"1.234": 1234, "850": 850, "1.2": None}),
    ("R$ 1.234,56", {"R$ 1.234,56": 1234.56}),
    ("1 234 K\u010d", {"1 234 K\u010d": 1234, "K\u010d 5": 5}),
    ("45 years", {"45 years": 45, "45": 45}),
    ("TRUE", {"True": 1, "FALSE": 0, "ja": 1, "Nein": 0, "1": 1, "maybe": None, "": None}),
    ("1961-05-30", {"1961-05-30": 1961, "30.05.1961": 1961, "5/30/1961": 1961, "30 May 1961": 1961, "1961/5/3": 1961,
                    "May 3, 1961": 1961, "12-JAN-1961": 1961, "1961-05-30T00:00:00": 1961, "1961-13-01": None,
                    "30.05.61": None, "1961": None, "1961\u5e745\u670830\u65e5": 1961}),
]  # fmt: skip


@pytest.mark.parametrize(("example", "cells"), EXAMPLES, ids=[example for example, _ in EXAMPLES])
def test_cells_are_read_by_the_example(example: str, cells: dict[str, float | None]) -> None:
    values = style_of(example).numbers(pa.array(list(cells)))
    read = {text: None if math.isnan(value) else value for text, value in zip(cells, values.tolist(), strict=True)}
    assert read == cells


def test_percent_is_the_nearest_number_to_what_is_written() -> None:
    style = style_of("0.1 %")
    assert all(style.read(f"{n / 10:.1f} %") == float(f"{n / 10:.1f}e-2") for n in range(1000))


@pytest.mark.parametrize(
    ("example", "words"),
    [
        ("1.234", "can be read two ways"),
        ("abc", "no example of a number"),
        ("", "no example of a number"),
        ("1.2.3", "told apart"),
        ("1-2", "no example of a number"),
    ],
)
def test_an_example_that_shows_no_style_is_refused_in_words(example: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        style_of(example)


@pytest.mark.parametrize(
    ("texts", "decimal", "example"),
    [
        (["45.3%", "50%", "7.1 %"], ".", "12.3%"),
        (["$850", "$1,234", "($1,100)"], ".", "$1,234"),
        (["850", "1,234", "12,500"], ".", "1,234"),
        (["850", "1.234", "12.500"], ",", "1.234,50"),
        (["850,00 \u20ac", "1.234,50 \u20ac"], ",", "1.234,56 \u20ac"),
        (["850 \u20ac", "1.234 \u20ac"], ".", "1.234 \u20ac"),
        (["900", "1 234"], ".", "1 234"),
        (["(120)", "30"], ".", "(123)"),
        (["1,5", "2,0"], ".", "1,2"),
        (["1961-05-30", "1970-01-01"], ".", "2001-12-31"),
        (["no", "yes"], ".", "no"),
        (["36 months", "60 months"], ".", "12 months"),
    ],
)
def test_the_style_of_a_column_is_found(texts: list[str], decimal: str, example: str) -> None:
    found = found_style(texts, decimal)
    assert found is not None
    assert found[0] == example
    assert all(not math.isnan(found[1].read(text)) for text in texts)


@pytest.mark.parametrize(
    "texts",
    [["R1", "R2"], ["10-12", "13-15"], ["1.2.3", "1.2.4"], ["White", "Black"], ["0001", "0002"], ["\u00a31.5m"],
     ["10.0.0.1"], ["12:30", "9:15"], ["$5", "\u20ac5"], ["<5", "5"], ["", " "], []],
)  # fmt: skip
def test_texts_and_codes_are_no_numbers(texts: list[str]) -> None:
    assert found_style(texts) is None
