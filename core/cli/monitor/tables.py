"""The tables that patterns name, in order of time."""

from __future__ import annotations

import glob
from collections import Counter
from pathlib import Path

from core.errors import DataError
from core.record.series.periods import Period


def tables_of(patterns: list[str]) -> list[Path]:
    """The files that these name, each once, by the dates in their names.

    A file of exactly that name is meant before a pattern. Raises DataError where a pattern matches no file, or two
    files in different folders have one name: the later of two audits of one name counts.
    """
    found: dict[Path, None] = {}
    for pattern in patterns:
        exact = Path(pattern)
        matched = (
            [exact] if exact.is_file() else [path for name in glob.glob(pattern) if (path := Path(name)).is_file()]
        )
        if not matched:
            raise DataError(f"No file is named by --data {pattern}. Give a table, or a pattern in quotation marks.")
        found |= dict.fromkeys(matched)
    twice = next((name for name, n in Counter(path.name for path in found).items() if n > 1), None)
    if twice is not None:
        raise DataError(f"Two tables are called {twice}, and of one name only the latest counts. Rename one of them.")
    return sorted(found, key=lambda path: (Period.of_name(path.name).order, str(path)))
