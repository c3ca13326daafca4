"""One look at an uploaded table: its columns, what their cells hold, and what is odd about them.

Runs in a job process. The table is rewritten as Parquet, every cell as the text that stood in the file; every later
read uses this profile's schema, so nothing is inferred per batch.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from core.data.column_profile import ColumnSurvey, DetectedStyle, Oddity
from core.data.progress import Progress
from core.data.readers import OpenedTable, open_table
from core.errors import DataError
from core.jobs.digest import sha256
from core.plan.notation.numbers import NumberStyle
from core.plan.notation.numbers import style_of as style_of

TABLE, PROFILE = "table.parquet", "profile.json"
# What the files' names of a second table begin with.
SECOND = "second_"
HEAD_ROWS = 20
_LEFT_OUT_SHARE = 0.2
_ROWS_NAMED = 10
_ROW_GROUP = 1 << 17

Kind = Literal["number", "text", "empty"]


@dataclass(frozen=True)
class Column:
    """One column: what its cells are.

    `distinct` is None and `values` holds only the most frequent texts where there are more than `survey.CAP`
    distinct ones; `low` and `high` span its numbers. `unique` says that no two of the first rows are the same.
    `written` is the style in which its numbers seem to be written, `style` the one that a plan reads them by.
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


@dataclass(frozen=True)
class Profile:
    """What one look at a table found.

    `rows` counts the rows that are used; `left_out` numbers those that are not because they do not fit the header.
    Row numbers start at 1 with the first row of data.
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

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in the file's order."""
        return tuple(column.name for column in self.columns)

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
        """What a reader of a result should know about rows that are in the file and in no count."""
        if not self.left_out:
            return ()
        rows = ", ".join(map(str, self.left_out[:_ROWS_NAMED])) + (" ..." if len(self.left_out) > _ROWS_NAMED else "")
        return (f"rows of {self.name} with missing or extra cells, left out: {len(self.left_out)} (row {rows})",)

    def file_row(self, index: int) -> int:
        """The number, from 1, that the used row with this index (from 0) has in the file."""
        return _file_row(index, self.left_out)

    def index_of(self, file_row: int) -> int | None:
        """The index, from 0, of the used row with this number, from 1, in the file; None where it is not used."""
        index = file_row - 1 - bisect_left(self.left_out, file_row)
        return index if file_row not in self.left_out and 0 <= index < self.rows else None

    def row_words(self, index: int) -> str:
        """How a person finds the used row with this index (from 0) in the file."""
        return f"row {self.file_row(index)}{' below the header' if self.has_header else ''}"

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
    )


def _written_from_json(document: dict[str, Any]) -> DetectedStyle:
    style_of(str(document["example"]))
    low, high = float(document["low"]), float(document["high"])
    return DetectedStyle(str(document["example"]), low, high, int(document["others"]))


def run(folder: Path, request: dict[str, Any], progress: Progress) -> None:
    """The profile job: in/table and request["name"] become out/table.parquet and out/profile.json."""
    out = folder / "out"
    profile = take_profile(folder / "in" / "table", str(request["name"]), out, progress)
    (out / PROFILE).write_text(json.dumps(profile.to_json(), ensure_ascii=False), encoding="utf-8")


def take_profile(path: Path, name: str, out: Path, progress: Progress) -> Profile:
    """Read a table once, write it as Parquet into `out`, and return what was found. A DataError names the table."""
    try:
        opened, surveys, head, rows = _read(path, out, progress)
    except DataError as error:
        raise DataError(f"{name}: {error}") from None
    _check_shape(name, opened, rows)
    columns = tuple(_column(column, survey, rows) for column, survey in zip(opened.names, surveys, strict=True))
    return Profile(
        name=name,
        sha256=sha256(path),
        words=opened.words,
        rows=rows,
        columns=columns,
        decimal=opened.decimal,
        has_header=opened.has_header,
        left_out=tuple(row for row, _ in opened.left_out),
        oddities=_oddities(opened, surveys),
        head=tuple(head[:HEAD_ROWS]),
    )


def _read(
    path: Path, out: Path, progress: Progress
) -> tuple[OpenedTable, list[ColumnSurvey], list[tuple[str, ...]], int]:
    """The table as it was opened, what each column holds, its first rows, and how many it has; all of it in `out`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    opened = open_table(path, out)
    surveys = [ColumnSurvey(opened.decimal) for _ in opened.names]
    schema = pa.schema([(column, pa.string()) for column in opened.names])
    head: list[tuple[str, ...]] = []
    rows = 0
    with pq.ParquetWriter(out / TABLE, schema, compression="lz4", write_statistics=False, store_schema=False) as writer:
        for batch in _regrouped(opened, schema):
            for survey, column in zip(surveys, batch.columns, strict=True):
                survey.add(column, rows)
            if len(head) < HEAD_ROWS:
                head += zip(*(column.slice(0, HEAD_ROWS).to_pylist() for column in batch.columns), strict=True)
            writer.write_table(batch, row_group_size=_ROW_GROUP)
            rows += batch.num_rows
            progress(rows, 0, "rows read")
    return opened, surveys, head, rows


def _regrouped(opened: OpenedTable, schema: Any) -> Any:
    """The batches as tables of about one row group each, so that Parquet's dictionaries pay."""
    import pyarrow as pa

    waiting, size = [], 0
    for batch in opened.batches:
        waiting.append(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
        size += batch.num_rows
        if size >= _ROW_GROUP:
            yield pa.Table.from_batches(waiting).combine_chunks()
            waiting, size = [], 0
    if size:
        yield pa.Table.from_batches(waiting).combine_chunks()


def _check_shape(name: str, opened: OpenedTable, rows: int) -> None:
    left_out = len(opened.left_out)
    if rows == 0:
        raise DataError(
            f"{name} has a header but no rows that fit it. Export the table again, with at least one row of data."
        )
    if left_out > _LEFT_OUT_SHARE * (rows + left_out):
        row, cells = opened.left_out[0]
        raise DataError(
            f"{name}: {left_out} of {rows + left_out} rows do not have the header's {len(opened.names)} cells (row"
            f" {row} has {cells}). The separator inside a text without quotation marks is the usual cause; export the"
            " table again."
        )


def _oddities(opened: OpenedTable, surveys: list[ColumnSurvey]) -> tuple[Oddity, ...]:
    """What is odd about the file, then about its columns; the same remark on several columns is made once."""
    found = [Oddity(warning) for warning in opened.warnings]
    left_out = tuple(row for row, _ in opened.left_out)
    for extra, word in ((True, "extra"), (False, "missing")):
        rows = [row for row, cells in opened.left_out if (cells > len(opened.names)) is extra]
        if rows:
            found.append(Oddity(f"{len(rows)} row(s) with {word} cells, left out", rows=tuple(rows[:_ROWS_NAMED])))
    merged: dict[Oddity, tuple[str, ...]] = {}
    for name, survey in zip(opened.names, surveys, strict=True):
        for oddity in survey.oddities(name):
            in_file = tuple(_file_row(row - 1, left_out) for row in oddity.rows)
            remark = replace(oddity, columns=(), rows=in_file)
            merged[remark] = merged.get(remark, ()) + oddity.columns
    return (*found, *(replace(remark, columns=columns) for remark, columns in merged.items()))


def _file_row(index: int, left_out: tuple[int, ...]) -> int:
    """The number in the file, from 1, of the used row with this index, from 0."""
    row = index + 1
    while (shifted := index + 1 + bisect_right(left_out, row)) != row:
        row = shifted
    return row


def _column(name: str, survey: ColumnSurvey, rows: int) -> Column:
    values = survey.values()
    kind: Kind = "empty" if survey.missing == rows else "number" if survey.is_numeric else "text"
    return Column(
        name,
        kind,
        survey.missing,
        survey.distinct,
        tuple(values),
        survey.low,
        survey.high,
        survey.unique,
        survey.written,
    )
