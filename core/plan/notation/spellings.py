"""Spellings of one value: case, spaces, accents, one-letter forms, the order of parts, yes in several words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from core.plan.notation.missing import looks_missing
from core.plan.notation.yes_and_no import truth_of
from core.plan.values import is_number

# Signs that say nothing, unless they stand between digits.
_IDLE = re.compile(r"(?<!\d)[\s_\-.,'\u2019]+|[\s_\-.,'\u2019]+(?!\d)")
_PARTS = re.compile(r"\s*[;,/&+|]\s*|\s+and\s+")


def folded(text: str) -> str:
    """What the spellings of a value share: its letters without case and accents, its parts in order."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.strip()) if not unicodedata.combining(c)).casefold()
    parts = [_IDLE.sub("", part) for part in _PARTS.split(plain)]
    return ";".join(sorted(part for part in parts if part))


def spelled_alike(counted: Mapping[str, int]) -> tuple[tuple[str, ...], ...]:
    """The trimmed texts of a column that may be one value, listed together, the most frequent first, letters last.

    Numbers and texts for "not known" are left alone: the one are codes, the other missing.
    """
    counts: dict[str, int] = {}
    for text, n in counted.items():
        if not is_number(text) and not looks_missing(text) and text.strip():
            counts[text.strip()] = counts.get(text.strip(), 0) + n
    together: dict[str, list[str]] = {}
    for text in counts:
        together.setdefault(folded(text), []).append(text)
    _add_initials(together)
    found = (sorted(texts, key=lambda text: (len(text) == 1, -counts[text], text)) for texts in together.values())
    return tuple(sorted(tuple(texts) for texts in found if len(texts) > 1))


def _add_initials(together: dict[str, list[str]]) -> None:
    """Put one letter beside the only longer value that begins with it, unless letters are mostly names of their own."""
    letters = [folding for folding in together if len(folding) == 1 and folding.isalpha()]
    words = [folding for folding in together if len(folding) > 1]
    starting = {letter: [word for word in words if word.startswith(letter)] for letter in letters}
    meant = {letter: found[0] for letter, found in starting.items() if len(found) == 1 and found[0].isalpha()}
    strangers = [letter for letter in letters if not starting[letter]]
    if len(meant) > len(strangers):
        for letter, word in meant.items():
            together[word] += together.pop(letter)


def same_answers(good: Iterable[str], others: Mapping[str, int]) -> dict[str, int]:
    """The other texts of an outcome that may be spellings of a good one, with their counts."""
    named = list(good)
    says = {truth for text in named if (truth := truth_of(text)) is not None}
    alike = [set(texts) for texts in spelled_alike({**others, **dict.fromkeys(named, 1)})]
    near = {text for texts in alike if texts & set(named) for text in texts}
    return {
        text: n
        for text, n in others.items()
        if text in near or (len(says) == 1 and truth_of(text) in says and not _are_numbers(text, named))
    }


def _are_numbers(text: str, named: list[str]) -> bool:
    return is_number(text) and all(map(is_number, named))
