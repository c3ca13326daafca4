"""The profile job: a table read once, rewritten as Parquet, with what its columns hold and what is odd about them.

Every cell stays the text that stood in the file; every later read uses the profile's schema, so nothing is inferred
per batch.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.data.column_days import in_file
from core.data.column_profile import ColumnSurvey, Oddity
from core.data.profile import HEAD_ROWS, PROFILE, ROWS_NAMED, TABLE, Column, FileRows, Kind, Profile, file_row
from core.data.progress import Progress
from core.data.read_ahead import read_ahead, threads
from core.data.readers import OpenedTable, open_table
from core.data.table_files.opened_files import open_files
from core.data.table_files.part import TablePart
from core.errors import DataError

_LEFT_OUT_SHARE = 0.2
_ROW_GROUP = 1 << 17


def run(folder: Path, request: dict[str, Any], progress: Progress) -> None:
    """The profile job: in/table and request["name"] become out/table.parquet and out/profile.json."""
    out = folder / "out"
    write_profile(take_profile(folder / "in" / "table", str(request["name"]), out, progress), out)


def write_profile(profile: Profile, out: Path) -> None:
    """Write a profile beside its table."""
    (out / PROFILE).write_text(json.dumps(profile.to_json(), ensure_ascii=False), encoding="utf-8")


def take_profile(path: Path, name: str, out: Path, progress: Progress) -> Profile:
    """Read a table once, write it as Parquet into `out`, and return what was found. A DataError names the table."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    try:
        opened = open_table(path, out)
        surveys, head, rows = _read(opened, out, progress)
    except DataError as error:
        raise DataError(f"{name}: {error}") from None
    return _profile(name, digest, opened, surveys, head, rows, ())


def take_profile_of(parts: Sequence[TablePart], name: str, out: Path, progress: Progress) -> Profile:
    """Read the files of a table one after the other, as `take_profile` reads one. A DataError names the file."""
    opened = open_files(parts, out, progress)
    surveys, head, rows = _read(opened.table, out, progress)
    return _profile(name, opened.sha256, opened.table, surveys, head, rows, tuple(opened.files))


def _profile(
    name: str,
    digest: str,
    opened: OpenedTable,
    surveys: list[ColumnSurvey],
    head: list[tuple[str, ...]],
    rows: int,
    files: tuple[FileRows, ...],
) -> Profile:
    left_out = tuple(row for row, _ in opened.left_out)
    columns = tuple(
        _column(column, survey, rows, left_out) for column, survey in zip(opened.names, surveys, strict=True)
    )
    profile = Profile(
        name=name,
        sha256=digest,
        words=opened.words,
        rows=rows,
        columns=columns,
        decimal=opened.decimal,
        has_header=opened.has_header,
        left_out=left_out,
        oddities=_oddities(opened, surveys),
        head=tuple(head[:HEAD_ROWS]),
        files=files,
    )
    _check_shape(profile, opened)
    return profile


def _read(opened: OpenedTable, out: Path, progress: Progress) -> tuple[list[ColumnSurvey], list[tuple[str, ...]], int]:
    """What each column of an opened table holds, its first rows, and how many it has; all of it is written to `out`.

    Reading, each column's survey and writing share the threads that this process may use. Every survey still sees its
    column from the first row to the last, so their number makes no difference to what is found.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    surveys = [ColumnSurvey(opened.decimal) for _ in opened.names]
    schema = pa.schema([(column, pa.string()) for column in opened.names])
    head: list[tuple[str, ...]] = []
    rows = 0
    with (
        pq.ParquetWriter(out / TABLE, schema, compression="lz4", write_statistics=False, store_schema=False) as writer,
        ThreadPoolExecutor(threads()) as pool,
    ):
        for batch in read_ahead(_regrouped(opened, schema), pool):
            work = [
                pool.submit(survey.add, column, rows) for survey, column in zip(surveys, batch.columns, strict=True)
            ]
            work.append(pool.submit(writer.write_table, batch, row_group_size=_ROW_GROUP))
            if len(head) < HEAD_ROWS:
                head += zip(*(column.slice(0, HEAD_ROWS).to_pylist() for column in batch.columns), strict=True)
            for each in work:
                each.result()
            rows += batch.num_rows
            progress(rows, 0, "rows read")
    return surveys, head, rows


def _regrouped(opened: OpenedTable, schema: Any) -> Any:
    """The rows as tables of one row group each, however they come, so that Parquet's dictionaries pay.

    Where a file ends, or its reader's batch, makes no difference to what is found in the first rows.
    """
    import pyarrow as pa

    waiting, size = [], 0
    for batch in opened.batches:
        waiting.append(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
        size += batch.num_rows
        if size >= _ROW_GROUP:
            table = pa.Table.from_batches(waiting)
            whole = size - size % _ROW_GROUP
            for start in range(0, whole, _ROW_GROUP):
                yield table.slice(start, _ROW_GROUP).combine_chunks()
            waiting, size = table.slice(whole).to_batches(), size - whole
    if size:
        yield pa.Table.from_batches(waiting).combine_chunks()


def _check_shape(profile: Profile, opened: OpenedTable) -> None:
    left_out, rows = len(opened.left_out), profile.rows
    if rows == 0:
        raise DataError(
            f"{profile.name} has a header but no rows that fit it. Export the table again, with at least one row of"
            " data."
        )
    if left_out > _LEFT_OUT_SHARE * (rows + left_out):
        row, cells = opened.left_out[0]
        raise DataError(
            f"{profile.name}: {left_out} of {rows + left_out} rows do not have the header's"
            f" {len(opened.names) - opened.of_folders} cells ({profile.rows_words([row])} has {cells}). The separator"
            " inside a text without quotation marks is the usual cause; export the table again."
        )


def _oddities(opened: OpenedTable, surveys: list[ColumnSurvey]) -> tuple[Oddity, ...]:
    """What is odd about the file, then about its columns; the same remark on several columns is made once."""
    found = [Oddity(warning) for warning in opened.warnings]
    left_out = tuple(row for row, _ in opened.left_out)
    for extra, word in ((True, "extra"), (False, "missing")):
        rows = [row for row, cells in opened.left_out if (cells > len(opened.names) - opened.of_folders) is extra]
        if rows:
            found.append(Oddity(f"{len(rows)} row(s) with {word} cells, left out", rows=tuple(rows[:ROWS_NAMED])))
    merged: dict[Oddity, tuple[str, ...]] = {}
    for name, survey in zip(opened.names, surveys, strict=True):
        for oddity in survey.oddities(name):
            in_file = tuple(file_row(row - 1, left_out) for row in oddity.rows)
            remark = replace(oddity, columns=(), rows=in_file)
            merged[remark] = merged.get(remark, ()) + oddity.columns
    return (*found, *(replace(remark, columns=columns) for remark, columns in merged.items()))


def _column(name: str, survey: ColumnSurvey, rows: int, left_out: tuple[int, ...]) -> Column:
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
        days=in_file(survey.days.found(), lambda row: file_row(row, left_out)),
    )
