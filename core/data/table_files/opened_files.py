"""Several files opened as one table: each by its own reader and dialect, one after the other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.data.profile import FileRows
from core.data.progress import Progress
from core.data.readers import OpenedTable, open_table
from core.data.readers.compressed import is_packed
from core.data.table_files.differences import all_columns, refuse_different
from core.data.table_files.part import TablePart, digest_of
from core.errors import DataError

_MOST_NAMED = 3


@dataclass
class OpenedFiles:
    """Files being read as one table, whose rows are numbered through all of them.

    `files` fills while reading, as the `left_out` of `table` does: each file's name with its number of rows.
    """

    table: OpenedTable
    sha256: str
    files: list[FileRows] = field(default_factory=list)


def open_files(parts: Sequence[TablePart], scratch: Path, progress: Progress) -> OpenedFiles:
    """Look at every file, and open all as one table with the first one's order of columns.

    Raises DataError naming the files that cannot be read, do not go together, or hold the same bytes.
    """
    looked, digests = [], []
    for place, part in enumerate(parts):
        progress(place, len(parts), "files looked at")
        looked.append((part, _open(part, scratch)))
        with part.path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").hexdigest())
    decimal = refuse_different(looked)
    _, first = looked[0]
    kinds = dict.fromkeys(opened.words for _, opened in looked)
    names = all_columns(*looked[0])
    table = OpenedTable(
        f"{len(parts)} file{'s' * (len(parts) > 1)}, {'; '.join(list(kinds)[:_MOST_NAMED])}",
        names,
        decimal,
        iter(()),
        _warnings(looked),
        first.has_header,
        of_folders=len(parts[0].columns),
    )
    digest = digest_of((part.digest_name, sha) for part, sha in zip(parts, digests, strict=True))
    opened_files = OpenedFiles(table, digest)
    table.batches = _batches(opened_files, looked, digests, scratch)
    return opened_files


def _open(part: TablePart, scratch: Path) -> OpenedTable:
    try:
        return open_table(part.path, scratch)
    except DataError as error:
        raise DataError(f"{part.name}: {error}") from None


def _batches(
    into: OpenedFiles, looked: list[tuple[TablePart, OpenedTable]], digests: list[str], scratch: Path
) -> Iterator[Any]:
    by_digest: dict[str, FileRows] = {}
    before = 0
    for (part, look), digest in zip(looked, digests, strict=True):
        _refuse_twice(part, by_digest.get(digest))
        opened = _open(part, scratch) if is_packed(part.path) else look  # one unpacked file lies in scratch at a time
        rows = 0
        for batch in _in_order(part, opened, into.table.names):
            rows += batch.num_rows
            yield batch
        read = FileRows(part.name, rows + len(opened.left_out))
        into.table.left_out += [(before + row, cells) for row, cells in opened.left_out]
        into.files.append(read)
        by_digest[digest] = read
        before += read.rows


def _refuse_twice(part: TablePart, same: FileRows | None) -> None:
    """Raise DataError where a file holds what another held; parts of a data set without rows are often alike."""
    if same is not None and same.rows:
        raise DataError(
            f"{part.name} holds the same as {same.name}, and its people would be counted twice. Take one of the two"
            " out."
        )


def _in_order(part: TablePart, opened: OpenedTable, names: tuple[str, ...]) -> Iterator[Any]:
    """A file's rows with its columns as the table has them, and those of its folders behind."""
    import pyarrow as pa

    there, of_folders = {name: place for place, name in enumerate(opened.names)}, dict(part.columns)
    try:
        for batch in opened.batches:
            columns = [
                pa.repeat(of_folders[name], batch.num_rows) if name in of_folders else batch.column(there[name])
                for name in names
            ]
            yield pa.RecordBatch.from_arrays(columns, names=list(names))
    except DataError as error:
        raise DataError(f"{part.name}: {error}") from None


def _warnings(looked: list[tuple[TablePart, OpenedTable]]) -> list[str]:
    """What was odd about the files: named by file, unless it is so of all."""
    by_words: dict[str, list[str]] = {}
    for part, opened in looked:
        for words in opened.warnings:
            by_words.setdefault(words, []).append(part.name)
    return [words if len(names) == len(looked) else f"{_listed(names)}: {words}" for words, names in by_words.items()]


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
