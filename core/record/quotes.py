"""Which of a record's notes quote the rows."""

from __future__ import annotations

from typing import Any

from core.metrics.words.notes import worded
from core.notes import SAID, Note


def without_quotes(warnings: list[Any]) -> list[Any]:
    """Of a record's `warnings` those that hold no cells of columns which its plan does not name.

    Raises KeyError, TypeError or ValueError where they are no warnings.
    """
    notes = [(value, Note.from_json(value)) for value in warnings]
    return [value for value, note in notes if note.kind == SAID or not worded(note).quotes]
