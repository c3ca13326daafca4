"""A column's name as plain words, where it reads as words; else as it is written, in quotes."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SEPARATORS = re.compile(r"[_\s.]+|(?<=[a-z])(?=[A-Z])")
_WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SHORT = {"cat": "category", "grp": "group"}
_MOST_WORDS = 5
# Capitals of more letters than an abbreviation has.
_SHOUTED = 4
# Answers to a question: "foreign_worker is yes" is not about anybody's worker.
_ANSWERS = {"0", "1", "0.0", "1.0", "yes", "no", "true", "false"}


def name_words(column: str) -> list[str]:
    """The words of a column's name, in small letters but for abbreviations: "ageCat" and "age_cat" are alike."""
    return [_small(word) for word in _SEPARATORS.split(column.strip()) if word]


def column_words(column: str, value: str, others: Iterable[str] = ()) -> str:
    """The column in a sentence that says its value: "age category" of age_cat, "“RAC1P”" of RAC1P.

    In quotes stand the words of a question that `value` answers, and, as it is written, a name that does not read as
    words or whose words are those of another column of the same people, `others`.
    """
    words = name_words(column)
    if len(words) > 1:
        words[-1] = _SHORT.get(words[-1], words[-1])
    if not 0 < len(words) <= _MOST_WORDS or not all(map(_WORDS.fullmatch, words)):
        return f"“{column}”"
    if any(other != column and name_words(other) == name_words(column) for other in others):
        return f"“{column}”"
    said = " ".join(words)
    return f"“{said}”" if value.casefold() in _ANSWERS else said


def _small(word: str) -> str:
    return word.lower() if word.istitle() or (word.isupper() and len(word) >= _SHOUTED) else word
