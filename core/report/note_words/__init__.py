"""What a note says, by its kind: one sentence or two, made of its facts. One dictionary a subject, merged here."""

from __future__ import annotations

import json
from collections.abc import Iterable

from core.notes import Change, Note
from core.report.note_words import columns, direction, groups, leaks, left_out, models, rows, scores
from core.report.note_words.worded import SAID_WORDS, Worded

SUBJECTS = (columns, direction, groups, leaks, left_out, models, rows, scores)
WORDS: dict[str, Worded] = SAID_WORDS | {kind: words for subject in SUBJECTS for kind, words in subject.WORDS.items()}


def worded(note: Note) -> Worded:
    """How this kind of note is said. Raises KeyError for a kind that there is not."""
    return WORDS[note.kind]


def text(note: Note) -> str:
    """What the note says. Raises KeyError where its kind or a fact is not there."""
    return worded(note).words(note.facts)


def stands_first(note: Note, confirmed: tuple[str, ...]) -> bool:
    """Whether the note could make the answer meaningless, and nobody said that it is as it should be."""
    return worded(note).first and note.key not in confirmed


def in_order(notes: tuple[Note, ...], confirmed: tuple[str, ...]) -> tuple[Note, ...]:
    """The notes, those first that could make the answer meaningless."""
    return tuple(sorted(notes, key=lambda note: not stands_first(note, confirmed)))


def unanswered(notes: Iterable[Note], confirmed: tuple[str, ...]) -> str | None:
    """What must be answered before an audit runs, with the lines of the plan that answer it; None where nothing."""
    for note in notes:
        if worded(note).must_be_answered and note.key not in confirmed:
            lines = worded(note).in_plan
            own = [] if lines is None else [lines(note.facts)]
            ways = [*map(_line, note.changes), *own, f'confirmed = ["{note.key}"] under [data] if it is right as it is']
            return f"{text(note)} Write in the plan {', or '.join(ways)}."
    return None


def _line(change: Change) -> str:
    """An edit as a plan states it."""
    return f"{change.key} = {json.dumps(change.value, ensure_ascii=False)} under [{change.section}]"
