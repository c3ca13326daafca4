"""Whether several files are one table: the same columns in any order, one decimal sign, all with a header or none."""

from __future__ import annotations

from collections.abc import Sequence

from core.data.readers.opened import OpenedTable
from core.data.table_files.part import TablePart
from core.errors import DataError, quoted

_MOST_NAMED = 8

Looked = Sequence[tuple[TablePart, OpenedTable]]


def refuse_different(files: Looked) -> str:
    """The decimal sign of all files. Raises DataError naming those that do not go with the first."""
    found = [words for part, opened in files[1:] for words in _against(files[0], part, opened)]
    if found:
        raise DataError(
            f"{'; '.join(found[:_MOST_NAMED])}{_more(len(found))}. Give every file the same columns, or name only those"
            " that belong together."
        )
    signs = {sign: [part.name for part, o in files if o.decimal_told and o.decimal == sign] for sign in ".,"}
    if all(signs.values()):
        raise DataError(
            f"{_listed(signs[','])} write numbers with a decimal comma, as in 1,5, and {_listed(signs['.'])} with a"
            " point. Export all files alike."
        )
    return "," if signs[","] else "."


def _against(first: tuple[TablePart, OpenedTable], part: TablePart, opened: OpenedTable) -> list[str]:
    """How a file differs from the first one, in words."""
    if opened.has_header is not first[1].has_header:
        lacks, has = (first[0], part) if opened.has_header else (part, first[0])
        return [f"{lacks.name} has no row with the names of its columns, as {has.name} has"]
    here, there = all_columns(part, opened), all_columns(*first)
    found = []
    if lacking := [name for name in there if name not in here]:
        found.append(f"{part.name} lacks the column{'s' * (len(lacking) > 1)} {quoted(lacking)} of {first[0].name}")
    if more := [name for name in here if name not in there]:
        found.append(f"{part.name} has the column{'s' * (len(more) > 1)} {quoted(more)}, which {first[0].name} has not")
    return found


def all_columns(part: TablePart, opened: OpenedTable) -> tuple[str, ...]:
    """The columns of a file and of its folders. Raises DataError where a folder names one that the file has."""
    of_folders = tuple(name for name, _ in part.columns)
    names = (*opened.names, *of_folders)
    twice = next((name for name in of_folders if names.count(name) > 1), None)
    if twice is not None:
        raise DataError(
            f'{part.name}: the column "{twice}" is named by a folder, and once more by the file or another folder.'
            " Rename one of the two."
        )
    return names


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + _more(len(names))


def _more(n: int) -> str:
    return f" and {n - _MOST_NAMED} more" if n > _MOST_NAMED else ""
