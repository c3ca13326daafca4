"""When two different texts of a column are one code: only where every cell is a whole number in one style."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from core.plan.values import Key, is_number, key

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)(?:[.,](0+))?")


def comparison(texts: Iterable[str], decimal: str = ".") -> Callable[[str], Key]:
    """What two equal cells of a column share, by the texts that stand in it.

    In a column of whole numbers, some of which a join has turned into 1.0, 1 and 1.0 are one code. In any other column
    a code is the text that it is: 10.1 and 10.10, 1E2 and 100, 007 and 7 are different industries, shifts and agents.
    """
    return (lambda text: key(text, decimal)) if is_whole(texts, decimal) else str.strip


def is_whole(texts: Iterable[str], decimal: str = ".") -> bool:
    """Whether all texts are whole numbers: without a fraction, or with one and the same fraction of zeros."""
    fractions = set()
    for text in texts:
        matched = _WHOLE.fullmatch(text.strip())
        if matched is None or not is_number(text, decimal):
            return False
        fractions.add(matched[1])
    return len(fractions - {None}) <= 1


def equal_texts(value: object, texts: Iterable[str], decimal: str = ".") -> frozenset[str]:
    """The trimmed texts of a column that a value of a plan means.

    A text in quotes means the cells of that text where there are any, unless all numbers of the column are whole ones
    in one style; a number, and a text that stands nowhere as it is, means the cells that are equal to it as numbers.
    """
    trimmed = frozenset(text.strip() for text in texts)
    wanted = str(value).strip()
    if (
        isinstance(value, str)
        and wanted in trimmed
        and not is_whole((text for text in trimmed if is_number(text, decimal)), decimal)
    ):
        return frozenset((wanted,))
    return frozenset(text for text in trimmed if text == wanted or key(text, decimal) == key(wanted))


def alike(counted: dict[str, int], decimal: str = ".") -> tuple[tuple[tuple[str, int], ...], ...]:
    """The trimmed texts that are equal as numbers, listed together, each with its count, most frequent first."""
    by_number: dict[Key, dict[str, int]] = {}
    for text, n in counted.items():
        if is_number(text, decimal):
            spellings = by_number.setdefault(key(text, decimal), {})
            spellings[text.strip()] = spellings.get(text.strip(), 0) + n
    found = (sorted(spellings.items(), key=lambda item: (-item[1], item[0])) for spellings in by_number.values())
    return tuple(tuple(spellings) for spellings in found if len(spellings) > 1)
