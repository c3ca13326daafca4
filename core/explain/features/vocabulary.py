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
from html import unescape

import numpy as np
import numpy.typing as npt

from core.counts.counts import Groups
from core.models.name_lists import words

FEWEST = 20
MOST_NAMED, LONGEST_SPELLED = 300, 1_000
OTHER = "(other words)"
_WORD = re.compile(r"\w+(?:['’]\w+)*")
# What a web page wrote for a character, such as "&#8220;" for a quotation mark: no number, and no word "amp".
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
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
    for piece, word in zip(pieces(text), _words_in(text), strict=False):  # a text without words is one piece
        found.setdefault(known.features[known.place(piece.word)], []).append(word.group())
    return {feature: " ".join(dict.fromkeys(own))[:LONGEST_SPELLED] for feature, own in found.items()}


def pieces(text: str) -> list[Piece]:
    """A text cut before each word but the first; one piece without a word where a text has none, and none if empty.

    The text stays as the model is given it: what a web page wrote for a character is one piece, and only its name says
    which character is meant.
    """
    found = _words_in(text)
    if not found:
        return [Piece("", 0, len(text))] if text else []
    begins = [0, *(word.start() for word in found[1:])]
    ends = [*begins[1:], len(text)]
    return [Piece(_name(w.group()), begin, end) for w, begin, end in zip(found, begins, ends, strict=True)]


def _words_in(text: str) -> list[re.Match[str]]:
    """The words of a text and what a web page wrote for characters, in order."""
    found, done = list[re.Match[str]](), 0
    for entity in _ENTITY.finditer(text) if "&" in text else ():
        if unescape(entity.group()) != entity.group():
            found += [*_WORD.finditer(text, done, entity.start()), entity]
            done = entity.end()
    return [*found, *_WORD.finditer(text, done)]


def _name(word: str) -> str:
    """What a word is called: in small letters; what a web page wrote for a character by both."""
    if not word.startswith("&"):
        return word.casefold()
    meant = unescape(word)
    return f"{meant if meant.isprintable() and meant.strip() else 'blank'} (written as {word})"


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
