"""What every reader of tables gives: the names of the columns, what was odd, and batches of texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Opened:
    """A table being read: its shape is known, its rows come once, in order, as Arrow batches of strings.

    `left_out` fills while reading: the numbers (from 1, header not counted) of rows that do not fit the header,
    each with its number of cells.
    """

    words: str
    names: tuple[str, ...]
    decimal: str
    batches: Iterator[Any]
    warnings: list[str]
    has_header: bool = True
    left_out: list[tuple[int, int]] = field(default_factory=list)


def distinct_names(names: tuple[str, ...]) -> tuple[tuple[str, ...], list[str]]:
    """Unique column names (the first keeps its name, later ones become "name (2)"), and what was odd about them."""
    taken: list[str] = []
    duplicates: list[str] = []
    for position, raw in enumerate(names, 1):
        name = raw.strip() or f"column {position}"
        unique, copy = name, 1
        while unique in taken or (copy > 1 and unique in names):
            copy += 1
            unique = f"{name} ({copy})"
        if unique != name:
            duplicates.append(f'"{name}" (column {position}, now "{unique}")')
        taken.append(unique)
    warnings = [f"duplicate column names: {', '.join(duplicates)}"] if duplicates else []
    unnamed = [str(position) for position, raw in enumerate(names, 1) if not raw.strip()]
    if unnamed:
        warnings.append(f"no name in the header for column {', '.join(unnamed)}: called by its position")
    return tuple(taken), warnings
