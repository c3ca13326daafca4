"""What every reader of tables gives: the names of the columns, what was odd, and batches of texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from core.errors import DataError

MOST_COLUMNS = 10_000
_MOST_NAMED = 20
_BREAK = re.compile(r"\s*[\r\n]+\s*")


@dataclass
class OpenedTable:
    """A table being read: its shape is known, its rows come once, in order, as Arrow batches of strings.

    `left_out` fills while reading: the numbers (from 1, header not counted) of rows that do not fit the header,
    each with its number of cells. `decimal_told` says whether the cells looked at show which decimal sign is theirs;
    the last `of_folders` columns stand in no file.
    """

    words: str
    names: tuple[str, ...]
    decimal: str
    batches: Iterator[Any]
    warnings: list[str]
    has_header: bool = True
    left_out: list[tuple[int, int]] = field(default_factory=list)
    decimal_told: bool = True
    of_folders: int = 0


def distinct_names(names: tuple[str, ...]) -> tuple[tuple[str, ...], list[str]]:
    """Unique column names (the first keeps its name, later ones become "name (2)"), and what was odd about them.

    Raises DataError where there are more than `MOST_COLUMNS`.
    """
    if len(names) > MOST_COLUMNS:
        raise DataError(
            f"The table has {len(names):,} columns, more than the {MOST_COLUMNS:,} that Plumbline reads. Keep those"
            " that the question needs, and upload the table again."
        )
    given = [_BREAK.sub(" ", raw.strip()) or f"column {position}" for position, raw in enumerate(names, 1)]
    stated, taken, copies = set(given), dict[str, None](), dict[str, int]()
    duplicates: list[str] = []
    for position, name in enumerate(given, 1):
        unique = name
        while unique in taken or (unique != name and unique in stated):
            copies[name] = copies.get(name, 1) + 1
            unique = f"{name} ({copies[name]})"
        if unique != name:
            duplicates.append(f'"{name}" (column {position}, now "{unique}")')
        taken[unique] = None
    warnings = []
    if duplicates:
        more = f" and {len(duplicates) - _MOST_NAMED} more" if len(duplicates) > _MOST_NAMED else ""
        warnings.append(f"duplicate column names: {', '.join(duplicates[:_MOST_NAMED])}{more}")
    broken = [str(position) for position, raw in enumerate(names, 1) if _BREAK.search(raw.strip())]
    if broken:
        warnings.append(f"a line break in the name of column {', '.join(broken[:_MOST_NAMED])}: read as a blank")
    unnamed = [str(position) for position, raw in enumerate(names, 1) if not raw.strip()]
    if unnamed:
        warnings.append(f"no name in the header for column {', '.join(unnamed[:_MOST_NAMED])}: called by its position")
    return tuple(taken), warnings
