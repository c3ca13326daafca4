"""What a note says, by its kind: one sentence or two, made of its facts. One dictionary a subject, merged here."""

from __future__ import annotations

from collections.abc import Iterable

from core.metrics.words.naming.terms import PLAIN, Terms
from core.metrics.words.notes import columns, direction, groups, leaks, left_out, models, rows, scores
from core.metrics.words.notes.worded import SAID_WORDS, Worded
from core.notes import Note
from core.plan.reader import in_a_plan

SUBJECTS = (columns, direction, groups, leaks, left_out, models, rows, scores)
# The kinds that say of each group how many people it has.
COUNTS_GROUPS = frozenset(left_out.WORDS)
WORDS: dict[str, Worded] = SAID_WORDS | {kind: words for subject in SUBJECTS for kind, words in subject.WORDS.items()}


def worded(note: Note) -> Worded:
    """How this kind of note is said. Raises KeyError for a kind that there is not."""
    return WORDS[note.kind]


def text(note: Note, terms: Terms = PLAIN) -> str:
    """What the note says, in the words of a plan. Raises KeyError where its kind or a fact is not there."""
    return worded(note).said(note.facts, terms)


def stands_first(note: Note, confirmed: tuple[str, ...]) -> bool:
    """Whether the note could make the answer meaningless, and nobody said that it is as it should be."""
    return worded(note).first and note.key not in confirmed


def in_order(notes: tuple[Note, ...], confirmed: tuple[str, ...]) -> tuple[Note, ...]:
    """The notes, those first that could make the answer meaningless."""
    return tuple(sorted(notes, key=lambda note: not stands_first(note, confirmed)))


def told(note: Note, confirmed: tuple[str, ...], terms: Terms = PLAIN) -> str:
    """What the note says to somebody with a plan file: with the lines that answer it, where nobody has answered it."""
    lines = [] if note.key in confirmed else _lines(note)
    words = text(note, terms)
    return f"{words} In a plan file: {', or '.join(lines)}." if lines else words


def unanswered(notes: Iterable[Note], confirmed: tuple[str, ...]) -> tuple[str, str] | None:
    """What must be answered before an audit runs, and the lines of a plan that answer it; None where nothing."""
    for note in notes:
        if worded(note).must_be_answered and note.key not in confirmed:
            as_it_is = f"confirmed = {in_a_plan([note.key])} under [data] if it is right as it is"
            return text(note), ", or ".join([*_lines(note), as_it_is])
    return None


def _lines(note: Note) -> list[str]:
    """The lines of a plan that answer a note, each."""
    own = worded(note).in_plan
    changes = [f"{change.key} = {in_a_plan(change.value)} under [{change.section}]" for change in note.changes]
    return changes if own is None else [*changes, own(note.facts)]
