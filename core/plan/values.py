"""What a cell's text means: a number, a missing value, or a text (design.md 5, "Matching")."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

MISSING_GROUP = "(missing)"
DEFAULT_MISSING = ("", "NA", "N/A", "NaN", "null")
LARGEST_SCORE = 1e300  # beyond it, a sum of scores may be no number any more

# A sign, digits without leading zeros, a fraction, an exponent. No inf, no thousands separator; "007" is a text.
_NUMBER = r"[+-]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?"
_NUMBER_PATTERN = re.compile(_NUMBER)

Key = str | Decimal


def is_number(text: str, decimal: str = ".") -> bool:
    """Whether the trimmed text is a number as this file writes numbers."""
    return _NUMBER_PATTERN.fullmatch(_with_point(text.strip(), decimal)) is not None


def key(value: object, decimal: str = ".") -> Key:
    """What two equal cells share: the number for a number, else the trimmed text.

    A value of a plan (TOML integer, float or text) and a cell are equal when their keys are.
    """
    text = str(value).strip()
    return Decimal(_with_point(text, decimal)) if is_number(text, decimal) else text


def keys(values: Iterable[object]) -> frozenset[Key]:
    """The keys of a plan's values, which always write a decimal point."""
    return frozenset(key(value) for value in values)


def in_figures(number: float) -> str:
    """A number of a plan with all its figures, as a person would type it: 1234567 and not 1.23457e+06."""
    return f"{number:.15g}"


def numbers(texts: Any, decimal: str = ".") -> npt.NDArray[np.float64]:
    """Numbers of an Arrow array of texts, NaN where a cell is no number.

    Parameters
    ----------
    texts
        Arrow string array of shape (n,).
    decimal
        "." or ",", as the file's profile says.

    Returns
    -------
    float64 array of shape (n,).
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    trimmed = pc.utf8_trim_whitespace(texts)
    if decimal == ",":
        trimmed = pc.if_else(pc.match_substring(trimmed, "."), "", pc.replace_substring(trimmed, ",", "."))
    valid = pc.match_substring_regex(trimmed, f"^{_NUMBER}$")
    without_plus = pc.utf8_ltrim(trimmed, "+")  # Arrow's parser knows no leading plus
    parsed = pc.cast(pc.if_else(valid, without_plus, pa.scalar(None, pa.string())), pa.float64())
    filled = pc.fill_null(parsed, float("nan")).to_numpy(zero_copy_only=False)
    return np.where(np.isfinite(filled), filled, np.nan)


def most_frequent_spellings(counted: Mapping[str, int], code: Callable[[str], Key] = key) -> dict[Key, str]:
    """The trimmed text that stands for each key that `code` gives: its most frequent spelling, the first by name."""
    spellings: dict[Key, dict[str, int]] = {}
    for text, count in counted.items():
        trimmed = text.strip()
        counts = spellings.setdefault(code(trimmed), {})
        counts[trimmed] = counts.get(trimmed, 0) + count
    return {k: min(counts, key=lambda text: (-counts[text], text)) for k, counts in spellings.items()}


def _with_point(text: str, decimal: str) -> str:
    """The text with a decimal point; a comma file has no points in its numbers, so those stay texts."""
    if decimal == ".":
        return text
    return "" if "." in text else text.replace(",", ".")
