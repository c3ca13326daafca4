"""One entry of the glossary, and how entries are found by typed words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.report.glossary.pictures import GlossaryPicture

Part = Literal["words", "verdicts", "measures", "areas", "fixes", "explanations", "data"]
PART_WORDS: dict[Part, str] = {
    "words": "Words",
    "verdicts": "Verdicts",
    "measures": "Measures",
    "areas": "Which measure for what",
    "fixes": "Fixes",
    "explanations": "Explanations",
    "data": "Your data, and this program",
}


@dataclass(frozen=True)
class Entry:
    """What a page says of one thing.

    Attributes
    ----------
    name
        What addresses call it: small letters and hyphens.
    title, said
        What it is called, and what it is, in plain sentences.
    part
        Where it stands.
    picture
        A small picture of it.
    names
        What the field, plans and files call it; it is found by each.
    see
        The names of entries to go on with.
    """

    name: str
    title: str
    said: tuple[str, ...]
    part: Part
    picture: GlossaryPicture
    names: tuple[str, ...] = ()
    see: tuple[str, ...] = ()


def address(name: str) -> str:
    """The name of a row as it stands in an address."""
    return name.replace("_", "-")


def found_by(typed: str, entries: Sequence[Entry]) -> list[Entry]:
    """The entries in which every typed word stands somewhere, those first that have them all in their titles."""
    sought = typed.casefold().replace("_", " ").split()
    hits = [entry for entry in entries if _has(sought, entry, (*entry.said, *entry.names, entry.title))]
    return sorted(hits, key=lambda entry: not _has(sought, entry, (entry.title, *entry.names)))


def _has(sought: Sequence[str], entry: Entry, texts: Sequence[str]) -> bool:
    text = " ".join(texts).casefold().replace("_", " ").replace("-", " ").replace("\u00a0", " ")
    return all(word.replace("-", " ") in text for word in sought)
