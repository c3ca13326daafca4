"""Groups of ages in plain words: "aged under 25", "aged 25 to 45"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.metrics.words.naming.columns import name_words

_OLDEST = 120
_AGE = {"age", "ages"}
# What may stand beside it; "age at arrest" and "account age" are ages of something else, or at another time.
_BESIDE = {
    "band", "bands", "bin", "bins", "binned", "bracket", "brackets", "bucket", "cat", "category", "grp", "group",
    "groups", "in", "range", "ranges", "years",
}  # fmt: skip
_N = r"(\d{1,3})(?:\.0)?"
_YEARS = r"(?:\s*(?:years?|yrs?)(?:\s+old)?)?"
_FORMS = tuple(
    (re.compile(pattern.replace("N", _N) + _YEARS, re.IGNORECASE), words)
    for pattern, words in (
        (r"(?:under|below|less than|younger than|<)\s*N", "under {}"),
        (r"(?:up to|at most|<=|≤)\s*N", "{} or under"),
        (r"N\s*(?:(?:or|and) (?:under|below|younger|less))", "{} or under"),
        (r"(?:over|above|greater than|more than|older than|>)\s*N", "over {}"),
        (r"(?:at least|>=|≥)\s*N", "{} or over"),
        (r"N\s*(?:\+|(?:or|and) (?:over|above|older|more))", "{} or over"),
        (r"N\s*(?:-|–|—|to)\s*N", "{} to {}"),
        (r"N to under N", "{} to under {}"),
        (r"\[N,\s*N\)", "{} to under {}"),
        (r"\(N,\s*N\]", "over {} up to {}"),
    )
)


def aged(column: str, value: str, among: Iterable[str] = ()) -> str | None:
    """A range of ages in words: "25 to 45" of "25 - 45"; None where it is not surely one.

    A number alone is none: a column of ages may hold codes of ranges. Nor is a range that another value `among` the
    column's is called like.
    """
    words = {word.casefold() for word in name_words(column)}
    if not words & _AGE or words - _AGE - _BESIDE:
        return None
    said = _range(value)
    if said is None or any(other != value and _range(other) == said for other in among):
        return None
    return said


def _range(value: str) -> str | None:
    for form, words in _FORMS:
        found = form.fullmatch(value.strip())
        if found is not None:
            ages = [int(age) for age in found.groups()]
            return words.format(*ages) if ages == sorted(set(ages)) and ages[-1] <= _OLDEST else None
    return None
