"""Groups that a word before "people" names, as in "Black people": a closed list, so that no name comes out odd."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.metrics.words.naming.columns import name_words

_COLUMNS = frozenset(["race", "races", "ethnicity", "ethnicities", "ethnic group", "ethnic origin", "racial group"])
# As people and surveys write them. "Other", "mixed" and their like are left out: "other people" is somebody else. So
# are words for men or women alone, such as "Latina", which stand beside a column of sexes that may say otherwise.
_ADJECTIVES = frozenset(
    [
        "aboriginal", "african", "african american", "amer indian eskimo", "american indian", "arab", "asian",
        "asian american", "asian pac islander", "black", "black african", "black american", "black british",
        "black caribbean", "black or african american", "caucasian", "chinese", "east asian", "european", "filipino",
        "hispanic", "hispanic or latino", "indian", "indigenous", "japanese", "korean", "latin american", "latinx",
        "middle eastern", "māori", "maori", "native american", "native hawaiian", "non hispanic black",
        "non hispanic white", "nonwhite", "non white", "pacific islander", "pakistani", "roma", "south asian",
        "southeast asian", "vietnamese", "white", "white british",
    ]
)  # fmt: skip

_JOINED = re.compile(r"(?<=\w)-(?=\w)")


def adjective(column: str, value: str, others: Iterable[str] = ()) -> str | None:
    """The value's words, as they are written, where they can stand before "people"; None where they cannot.

    Not where another value of the column, `others`, reads the same, as "Black" beside "black".
    """
    if " ".join(name_words(column)).casefold() not in _COLUMNS or _plain(value) not in _ADJECTIVES:
        return None
    alike = sum(_plain(other) == _plain(value) for other in others)
    return " ".join(value.split()) if alike <= 1 else None


def _plain(value: str) -> str:
    """A value in small letters, its words a space apart where a space or one hyphen is between them."""
    return " ".join(_JOINED.sub(" ", value.casefold()).split())
