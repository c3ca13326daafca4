"""Excel workbooks of one sheet, values only."""

from __future__ import annotations

import io
import mimetypes
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

from core.data.readers.compressed import UNPACKED_CAP
from core.data.readers.opened import OpenedTable, distinct_names
from core.errors import DataError, PlumblineError
from core.plan.values import is_number

_MOST_TITLES = 20
_MOST_SHEETS = 50
# Excel's own number of rows; empty cells, which cost time as well, up to so many and so many for each filled one.
_MOST_ROWS, _MOST_EMPTY, _MOST_EMPTY_EACH = 1 << 20, 20_000_000, 20


def read_xlsx(path: Path) -> OpenedTable:
    """Open a workbook with one filled sheet. Raises DataError where there are several, or it is damaged or too big."""
    mimetypes.knownfiles.clear()  # openpyxl's import has them read, and a job may not open files in /etc
    from openpyxl import load_workbook

    with zipfile.ZipFile(path) as archive:
        if sum(info.file_size for info in archive.infolist()) > UNPACKED_CAP // 4:
            raise DataError("The workbook unpacks to over 2 GB. Save the sheet as CSV and upload that.")
    with _readable_workbook():
        # From bytes: by its path openpyxl would judge a file by the ending of its name, and uploads have none.
        book = load_workbook(io.BytesIO(path.read_bytes()), read_only=True, data_only=True, keep_links=False)
        if len(book.worksheets) > _MOST_SHEETS:
            raise DataError(
                f"The workbook has {len(book.worksheets):,} sheets. Copy the table into a new one, and upload that."
            )
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what the file says of its own size is often wrong
        filled = [sheet for sheet in book.worksheets if _first_row(sheet)]
    if len(filled) != 1:
        titles = ", ".join(sheet.title for sheet in filled) or "none"
        raise DataError(
            f"The workbook has {len(filled)} sheets with content ({titles}). Keep one sheet, or save it as CSV."
        )
    with _readable_workbook():
        header, titles_above = _header(filled[0])
    names, warnings = distinct_names(tuple(header))
    if titles_above:
        warnings.append(f"{titles_above} line(s) above the table left out")
    opened = OpenedTable(f"XLSX, sheet {filled[0].title}", names, ".", iter(()), warnings)
    opened.batches = _xlsx_batches(filled[0], titles_above + 1, len(names), opened.left_out)
    return opened


@contextmanager
def _readable_workbook() -> Iterator[None]:
    """A damaged workbook is one kind of error, whatever openpyxl stumbles over."""
    try:
        yield
    except PlumblineError:
        raise
    except Exception as error:
        raise DataError(
            "The workbook cannot be read because it is damaged. Open it in Excel and save it again, as .xlsx or CSV."
        ) from error


def _first_row(sheet: Any) -> list[str]:
    """The cells of the first row that has any, without empty ones at its end."""
    return next(_filled(sheet), [])


def _header(sheet: Any) -> tuple[list[str], int]:
    """The row that names the columns and the number of titles above it: rows of one cell, then one of several texts."""
    first, *below = islice(_filled(sheet), _MOST_TITLES + 1)
    titles = [first, *takewhile(_is_title, below)] if _is_title(first) else []
    if titles and len(titles) <= len(below) and not any(is_number(text, ".") for text in below[len(titles) - 1]):
        return below[len(titles) - 1], len(titles)
    return first, 0


def _is_title(texts: list[str]) -> bool:
    return sum(map(bool, texts)) == 1


def _filled(sheet: Any) -> Iterator[list[str]]:
    """The cells of each row that has any, without empty ones at its end. Raises DataError where nearly all is empty."""
    empty = filled = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        empty += len(row) + 1 - (seen := len(row) - row.count(None))
        filled += seen
        if number > _MOST_ROWS or empty > _MOST_EMPTY + _MOST_EMPTY_EACH * filled:
            raise DataError(
                f"The sheet {sheet.title} has its cells too far apart: {filled:,} filled ones in {number:,} rows. Copy"
                " the table into a new sheet, without the empty rows and columns, and save that as .xlsx or CSV."
            )
        texts = [_excel_text(value) for value in row]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            yield texts


def _xlsx_batches(sheet: Any, above: int, width: int, left_out: list[tuple[int, int]]) -> Iterator[Any]:
    rows = _xlsx_rows(sheet, above, width, left_out)
    with _readable_workbook():
        while block := list(islice(rows, 1 << 14)):
            yield _batch(block, width)


def _xlsx_rows(sheet: Any, above: int, width: int, left_out: list[tuple[int, int]]) -> Iterator[list[str]]:
    """The rows below the first `above` that fit the header, blank ones left out."""
    for number, texts in enumerate(islice(_filled(sheet), above, None), 1):
        extra = sum(1 for text in texts[width:] if text)
        if extra:
            left_out.append((number, width + extra))
        else:
            yield (texts + [""] * width)[:width]


def _batch(rows: list[list[str]], width: int) -> Any:
    import pyarrow as pa

    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    return pa.RecordBatch.from_arrays(columns, names=[str(i) for i in range(width)])


def _excel_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
