"""Words of texts: where each stands, and which ones are seen often enough to be named.

A rare word can be somebody's name or address. Only words that many people use leave the rows by name: at least
`FEWEST` of those explained, in several groups; a word for a group of people may be one group's alone. All others are
counted together as `OTHER`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.counts import Groups
from core.models.words import words

FEWEST = 20
MOST_NAMED, LONGEST_SPELLED = 300, 1_000
OTHER = "(other words)"
_WORD = re.compile(r"\w+(?:['’]\w+)*")
# Words for groups of people; what the table calls its own groups is added.
IDENTITY = words(
    """woman women man men girl girls boy boys lady ladies female male mother father wife husband she her hers he him
    his gay lesbian straight trans transgender queer black white asian african american european indian latino latina
    jewish jew jews muslim muslims christian christians hindu hindus buddhist catholic atheist immigrant immigrants
    migrant migrants refugee refugees foreigner foreigners disabled deaf blind autistic old young elderly
    frau frauen mann männer mädchen junge schwul lesbisch muslimisch jüdisch ausländer behindert
    femme femmes homme hommes fille garçon noir noire juif juive musulman musulmane mujer mujeres hombre hombres"""
)


@dataclass(frozen=True)
class Piece:
    """A word with what follows it up to the next one: the pieces of a text together are the text."""

    word: str
    begin: int
    end: int


@dataclass(frozen=True)
class Vocabulary:
    """The words that are named, most frequent first."""

    words: tuple[str, ...]

    @property
    def features(self) -> tuple[str, ...]:
        """What is weighed: each named word, then all others together."""
        return (*self.words, OTHER)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.words)}

    def place(self, word: str) -> int:
        """The feature that a word belongs to."""
        return self._places.get(word, len(self.words))

    def present(self, texts: Iterable[str]) -> npt.NDArray[np.bool_]:
        """Which features each of n texts holds: bool of shape (n, features)."""
        rows = [{self.place(piece.word) for piece in pieces(text)} for text in texts]
        found = np.zeros((len(rows), len(self.features)), dtype=np.bool_)
        for row, places in enumerate(rows):
            found[row, list(places)] = True
        return found


def spelled(known: Vocabulary, text: str) -> dict[str, str]:
    """The words of a text for each feature, as they are written there; a feature that it lacks is absent."""
    found: dict[str, list[str]] = {}
    for piece in pieces(text):
        word = _WORD.search(text, piece.begin, piece.end)
        if word:
            found.setdefault(known.features[known.place(piece.word)], []).append(word.group())
    return {feature: " ".join(dict.fromkeys(own))[:LONGEST_SPELLED] for feature, own in found.items()}


def pieces(text: str) -> list[Piece]:
    """A text cut before each word but the first; one piece without a word where a text has none, and none if empty."""
    found = list(_WORD.finditer(text))
    if not found:
        return [Piece("", 0, len(text))] if text else []
    begins = [0, *(word.start() for word in found[1:])]
    ends = [*begins[1:], len(text)]
    return [Piece(w.group().casefold(), begin, end) for w, begin, end in zip(found, begins, ends, strict=True)]


def vocabulary(texts: Sequence[str], cells: npt.NDArray[np.integer], groups: Groups) -> Vocabulary:
    """The words of n people's texts that may be named; `cells` is each one's cell among the groups, shape (n,)."""
    people: Counter[str] = Counter()
    homes: dict[str, set[int]] = {}
    for text, cell in zip(texts, cells.tolist(), strict=True):
        for word in {piece.word for piece in pieces(text)}:
            people[word] += 1
            homes.setdefault(word, set()).add(cell)
    identity = IDENTITY | {word for cell in range(len(groups)) for word in _words_of(groups.names(cell))}
    often = [word for word, n in people.items() if word and n >= FEWEST and (len(homes[word]) > 1 or word in identity)]
    often.sort(key=lambda word: (word not in identity, -people[word], word))
    return Vocabulary(tuple(sorted(often[:MOST_NAMED], key=lambda word: (-people[word], word))))


def _words_of(names: dict[str, str]) -> set[str]:
    return {piece.word for name in names.values() for piece in pieces(name)}
