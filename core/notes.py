"""A note: something that a reader of an answer must know, as a kind and its facts. Its words are core/report's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

# A note whose words came ready-made: a sentence of a model file's loader, or of a record from before there were kinds.
SAID = "said"


class PlanEdit(NamedTuple):
    """One edit of a plan that answers a note: [section] key = value; a table is laid over the one that is there."""

    section: str
    key: str
    value: Any


@dataclass(frozen=True)
class Note:
    """Something a reader must know.

    Attributes
    ----------
    kind
        A row of `core.metrics.words.notes.WORDS`; code decides by it and never by words.
    facts
        Plain JSON values; `column` is the column that it is about, where it is about one.
    changes
        Edits of the plan that would answer it, for a button that applies all of them together.
    """

    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    changes: tuple[PlanEdit, ...] = ()

    @property
    def key(self) -> str:
        """What a plan lists under `[data] confirmed` once a person said that it is as it should be."""
        return f"{self.kind}:{self.facts['column']}" if "column" in self.facts else self.kind

    def to_json(self) -> dict[str, Any] | str:
        """The note as plain JSON values; ready-made words as they are, so that an older record keeps its digest."""
        if self.kind == SAID:
            return str(self.facts["text"])
        changes = [[change.section, change.key, change.value] for change in self.changes]
        return {"kind": self.kind, "facts": dict(self.facts), "changes": changes}

    @classmethod
    def from_json(cls, document: Any) -> Note:
        """The note from `to_json`'s values, or from a sentence. Raises KeyError, TypeError or ValueError otherwise."""
        if isinstance(document, str):
            return said(document)
        changes = tuple(PlanEdit(str(section), str(key), value) for section, key, value in document["changes"])
        return cls(str(document["kind"]), dict(document["facts"]), changes)


def said(words: str) -> Note:
    """A note whose words are ready-made."""
    return Note(SAID, {"text": words})


def as_notes(found: Iterable[str | Note]) -> tuple[Note, ...]:
    """Notes, and sentences as notes, each once."""
    notes = [said(each) if isinstance(each, str) else each for each in found]
    return tuple(note for place, note in enumerate(notes) if note not in notes[:place])
