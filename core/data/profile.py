"""What is known of an uploaded table that was read: its columns, what their cells hold, and what is odd about them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate, groupby
from typing import Any, Literal

from core.data.column_days import DetectedDays
from core.data.column_profile import DetectedStyle, Oddity
from core.errors import DataError
from core.plan.notation.numbers import NumberStyle, style_of
from core.plan.tables.data import called

TABLE, PROFILE = "table.parquet", "profile.json"
# What the files' names of a second table begin with.
SECOND = "second_"
HEAD_ROWS = 20
ROWS_NAMED = 10

Kind = Literal["number", "text", "empty"]


@dataclass(frozen=True)
class Column:
    """One column: what its cells are.

    `distinct` is None and `values` holds only the most frequent texts where there are more than `survey.CAP`
    distinct ones; `low` and `high` span its numbers. `unique` says that no two of the first rows are the same.
    `written` is the style in which its numbers seem to be written, `style` the one that a plan reads them by.
    `days` says which days its cells name, where they are dates.
    """

    name: str
    kind: Kind
    missing: int
    distinct: int | None
    values: tuple[tuple[str, int], ...]
    low: float | None = None
    high: float | None = None
    unique: bool = False
    written: DetectedStyle | None = None
    style: NumberStyle | None = None
    days: DetectedDays | None = None


@dataclass(frozen=True)
class FileRows:
    """One file of a table in several: its name, and how many rows of data it has, those left out among them."""

    name: str
    rows: int


@dataclass(frozen=True)
class Profile:
    """What one look at a table found.

    `rows` counts the rows that are used; `left_out` numbers those that are not because they do not fit the header.
    Row numbers start at 1 with the first row of data. Of a table in several `files` they go on from file to file;
    `passed_over` are the names of files that were not taken for parts of it, though they might have been meant.
    """

    name: str
    sha256: str
    words: str
    rows: int
    columns: tuple[Column, ...]
    decimal: str = "."
    has_header: bool = True
    left_out: tuple[int, ...] = ()
    oddities: tuple[Oddity, ...] = ()
    head: tuple[tuple[str, ...], ...] = ()
    files: tuple[FileRows, ...] = ()
    passed_over: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in the file's order."""
        return tuple(column.name for column in self.columns)

    @property
    def named_files(self) -> tuple[str, ...]:
        """The files that a plan lists for this table; none where it names one file, a folder or a pattern."""
        names = tuple(file.name for file in self.files)
        return names if len(names) > 1 and self.name == called(names) else ()

    def column(self, name: str) -> Column:
        """The column of this name. Raises DataError listing the columns there are."""
        for column in self.columns:
            if column.name == name:
                return column
        message = f'{self.name} has no column "{name}". Its columns are: {", ".join(self.names)}.'
        if not self.has_header:
            message += " Its first row reads like data, not like names: put a row with the columns' names on top."
        raise DataError(message)

    def left_out_words(self) -> tuple[str, ...]:
        """What a reader of a result should know about rows, or files, that are there and in no count."""
        words = []
        if self.left_out:
            more = " ..." if len(self.left_out) > ROWS_NAMED else ""
            rows = f"{self.rows_words(self.left_out[:ROWS_NAMED])}{more}"
            words.append(f"rows of {self.name} with missing or extra cells, left out: {len(self.left_out)} ({rows})")
        if self.passed_over:
            more = " ..." if len(self.passed_over) > ROWS_NAMED else ""
            names = ", ".join(self.passed_over[:ROWS_NAMED]) + more
            words.append(f"files of {self.name} not read, as links or for an underscore before their names: {names}")
        return tuple(words)

    def file_row(self, index: int) -> int:
        """The number, from 1, that the used row with this index (from 0) has in the file, or through all files."""
        return file_row(index, self.left_out)

    def index_of(self, file_row: int) -> int | None:
        """The index, from 0, of the used row with this number, from 1, in the file; None where it is not used."""
        index = file_row - 1 - bisect_left(self.left_out, file_row)
        return index if file_row not in self.left_out and 0 <= index < self.rows else None

    def row_words(self, index: int) -> str:
        """How a person finds the used row with this index (from 0) in the file."""
        name, row = self._in_file(self.file_row(index))
        return f"row {row}{' below the header' if self.has_header else ''}{f' of {name}' if name else ''}"

    def rows_words(self, rows: Sequence[int], digits: str = "") -> str:
        """How a person finds the rows with these numbers: "row 3, 7", and of several files with each one's name.

        `digits` is how a number is written, "," for 1,234.
        """
        found = groupby(map(self._in_file, rows), key=lambda place: place[0])
        return "; ".join(
            f"row {', '.join(f'{row:{digits}}' for _, row in places)}{f' of {name}' if name else ''}"
            for name, places in found
        )

    def _in_file(self, number: int) -> tuple[str, int]:
        """The file that holds the row with this number, and its number there; no name where the table is one file."""
        if not self.files:
            return "", number
        ends = list(accumulate(file.rows for file in self.files))
        place = bisect_left(ends, number)
        return self.files[place].name, number - (ends[place - 1] if place else 0)

    def to_json(self) -> dict[str, Any]:
        """The profile as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Profile:
        """The profile from `to_json`'s values. Raises TypeError, KeyError or ValueError where they are not that."""
        oddities = tuple(
            Oddity(
                str(o["text"]),
                tuple(map(str, o["columns"])),
                tuple(map(int, o["rows"])),
                str(o.get("kind", "")),
                tuple(map(str, o.get("cells", ()))),
            )
            for o in document["oddities"]
        )
        if document["decimal"] not in (".", ","):
            raise ValueError("it has an unknown decimal sign")
        return cls(
            name=str(document["name"]),
            sha256=str(document["sha256"]),
            words=str(document["words"]),
            rows=int(document["rows"]),
            columns=tuple(map(_column_from_json, document["columns"])),
            decimal=document["decimal"],
            has_header=document["has_header"] is True,
            left_out=tuple(map(int, document["left_out"])),
            oddities=oddities,
            head=tuple(tuple(map(str, row)) for row in document["head"]),
            files=tuple(FileRows(str(file["name"]), int(file["rows"])) for file in document.get("files", ())),
            passed_over=tuple(map(str, document.get("passed_over", ()))),
        )


def _column_from_json(document: dict[str, Any]) -> Column:
    if document["kind"] not in ("number", "text", "empty"):
        raise ValueError("it has a column of an unknown kind")
    low, high = (None if end is None else float(end) for end in (document["low"], document["high"]))
    return Column(
        name=str(document["name"]),
        kind=document["kind"],
        missing=int(document["missing"]),
        distinct=None if document["distinct"] is None else int(document["distinct"]),
        values=tuple((str(text), int(count)) for text, count in document["values"]),
        low=low,
        high=high,
        unique=document["unique"] is True,
        written=None if document.get("written") is None else _written_from_json(document["written"]),
        days=None if document.get("days") is None else DetectedDays.from_json(document["days"]),
    )


def _written_from_json(document: dict[str, Any]) -> DetectedStyle:
    style_of(str(document["example"]))
    low, high = float(document["low"]), float(document["high"])
    return DetectedStyle(str(document["example"]), low, high, int(document["others"]))


def file_row(index: int, left_out: tuple[int, ...]) -> int:
    """The number in the file, from 1, of the used row with this index, from 0; `left_out` ascends, from 1 too."""
    row = index + 1
    while (shifted := index + 1 + bisect_right(left_out, row)) != row:
        row = shifted
    return row
