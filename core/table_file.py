"""Reading an uploaded table: CSV, TSV, XLSX or Parquet, plain or compressed, as batches of texts.

Every cell is kept as the text that stands in the file; what a text means is decided by the plan, not by the reader.
"""

from __future__ import annotations

import io
import mimetypes
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from core.csv_dialect import WIDE_BOMS, Dialect, detect
from core.errors import DataError, PlumblineError
from core.unpacking import UNPACKED_CAP, is_xlsx, unpacked

_BLOCK = 1 << 23
_PICKLES = tuple(bytes((0x80, protocol)) for protocol in range(2, 6))


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


def open_table(path: Path, scratch: Path) -> Opened:
    """Open a table of any known kind, recognised by its content.

    Parameters
    ----------
    path
        The uploaded file.
    scratch
        A folder for unpacking; at most `UNPACKED_CAP` bytes are written there.
    """
    path, packed = unpacked(path, scratch)
    with open(path, "rb") as file:
        head = file.read(512)
    for recognise, read in _READERS:
        if recognise(head, path):
            opened = read(path)
            opened.words = f"{opened.words}{packed}"
            return opened
    raise DataError(_not_a_table(head))


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


# ---------------------------------------------------------------- Parquet


def _is_parquet(head: bytes, path: Path) -> bool:
    return head.startswith(b"PAR1")


def _read_parquet(path: Path) -> Opened:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path, memory_map=False)
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(f"The Parquet file cannot be read ({error}). Write it again.") from None
    nested = [f.name for f in file.schema_arrow if pa.types.is_nested(f.type)]
    if nested:
        raise DataError(f"Columns {nested} hold lists or records. Leave them out, or write one value a cell.")
    names, warnings = distinct_names(tuple(file.schema_arrow.names))
    return Opened("Parquet", names, ".", _parquet_batches(file, names), warnings)


def _parquet_batches(file: Any, names: tuple[str, ...]) -> Iterator[Any]:
    import pyarrow as pa

    try:
        for batch in file.iter_batches(batch_size=1 << 16):
            yield pa.RecordBatch.from_arrays([_as_text(column) for column in batch.columns], names=list(names))
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"The Parquet file cannot be read to its end ({error}). Write it again.") from None


def _as_text(column: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        column = pc.cast(column, pa.binary())
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    return pc.fill_null(pc.cast(column, pa.string()), "")


# ---------------------------------------------------------------- XLSX


def _read_xlsx(path: Path) -> Opened:
    mimetypes.knownfiles.clear()  # openpyxl's import has them read, and a job may not open files in /etc
    from openpyxl import load_workbook

    with zipfile.ZipFile(path) as archive:
        if sum(info.file_size for info in archive.infolist()) > UNPACKED_CAP // 4:
            raise DataError("The workbook unpacks to over 2 GB. Save the sheet as CSV and upload that.")
    with _readable_workbook():
        # From bytes: by its path openpyxl would judge a file by the ending of its name, and uploads have none.
        book = load_workbook(io.BytesIO(path.read_bytes()), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what the file says of its own size is often wrong
        filled = [sheet for sheet in book.worksheets if _first_row(sheet)]
    if len(filled) != 1:
        titles = ", ".join(sheet.title for sheet in filled) or "none"
        raise DataError(
            f"The workbook has {len(filled)} sheets with content ({titles}). Keep one sheet, or save it as CSV."
        )
    header = _first_row(filled[0])
    names, warnings = distinct_names(tuple(header))
    opened = Opened(f"XLSX, sheet {filled[0].title}", names, ".", iter(()), warnings)
    opened.batches = _xlsx_batches(filled[0], len(names), opened.left_out)
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
            f"The workbook cannot be read ({error}). Open it in Excel and save it again, as .xlsx or CSV."
        ) from None


def _first_row(sheet: Any) -> list[str]:
    """The cells of the first row that has any, without empty ones at its end."""
    for row in sheet.iter_rows(values_only=True):
        texts = [_excel_text(value) for value in row]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            return texts
    return []


def _xlsx_batches(sheet: Any, width: int, left_out: list[tuple[int, int]]) -> Iterator[Any]:
    rows = _xlsx_rows(sheet, width, left_out)
    with _readable_workbook():
        while block := list(islice(rows, 1 << 14)):
            yield _batch(block, width)


def _xlsx_rows(sheet: Any, width: int, left_out: list[tuple[int, int]]) -> Iterator[list[str]]:
    """The rows below the header that fit it, blank ones left out."""
    filled = (texts for values in sheet.iter_rows(values_only=True) if any(texts := [*map(_excel_text, values)]))
    for number, texts in enumerate(islice(filled, 1, None), 1):
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


# ---------------------------------------------------------------- CSV and TSV


def _is_text(head: bytes, path: Path) -> bool:
    foreign = (
        *_PICKLES,
        b"%PDF",
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"GIF8",
        b"\xd0\xcf\x11\xe0",
        b"SQLite format 3\0",
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"<",
        b"{",
        b"[",
    )
    if head.lstrip().startswith(foreign):
        return False
    if head.startswith(WIDE_BOMS):  # any byte may occur in such text
        return True
    control = sum(byte < 9 or 13 < byte < 32 for byte in head.replace(b"\0", b""))
    return control <= len(head) // 50


def _read_csv(path: Path) -> Opened:
    dialect = detect(path)
    if dialect.header is None:
        names, warnings = (
            tuple(f"column {i + 1}" for i in range(dialect.width)),
            ["no header row: columns are called by their position"],
        )
    else:
        names, warnings = distinct_names(dialect.header)
    if dialect.titles_above:
        warnings.append(f"{dialect.titles_above} line(s) above the table left out")
    if dialect.nul_bytes:
        warnings.append(f"{dialect.nul_bytes} NUL byte(s) in the file, removed from the text")
    kind = "TSV" if dialect.separator == "\t" else "CSV"
    decimal = ", decimal commas" if dialect.decimal == "," else ""
    opened = Opened(
        f"{kind}, {dialect.words}{decimal}", names, dialect.decimal, iter(()), warnings, dialect.header is not None
    )
    opened.batches = _csv_batches(path, dialect, names, opened.left_out)
    return opened


def _csv_batches(
    path: Path, dialect: Dialect, names: tuple[str, ...], left_out: list[tuple[int, int]]
) -> Iterator[Any]:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    above = dialect.lines_above + (dialect.header is not None)
    # A row of our own after the last one, with a cell too many: a quotation mark that never closes swallows it.
    end = dialect.separator.join(["end"] * (len(names) + 1))
    ends = []

    def leave_out(row: Any) -> str:
        if row.text == end:
            ends.append(row.number)
        else:
            left_out.append((row.number - above, row.actual_columns))
        return "skip"

    source = _Stream(chain(_utf8_chunks(path, dialect), [f"\n{end}\n".encode()]))
    try:
        yield from arrow_csv.open_csv(
            source,
            # One thread: only then does Arrow tell the number of a row that does not fit.
            read_options=arrow_csv.ReadOptions(
                use_threads=False,
                block_size=_BLOCK,
                column_names=list(names),
                skip_rows=dialect.lines_above,
                skip_rows_after_names=int(dialect.header is not None),
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=dialect.separator,
                quote_char=dialect.quote,
                newlines_in_values=True,
                invalid_row_handler=leave_out,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise DataError(_unfinished(str(error).splitlines()[0])) from None
    if not ends:
        raise DataError(_unfinished("its last cell has no end"))


def _unfinished(why: str) -> str:
    return (
        f"The table cannot be read to its end ({why}). A quotation mark that opens and never closes is the usual cause:"
        " look for one in a long cell, and export the table again."
    )


def _utf8_chunks(path: Path, dialect: Dialect) -> Iterator[bytes]:
    """The file as UTF-8 without NULs, piece by piece."""
    if dialect.encoding == "utf-8" and not dialect.nul_bytes:
        with open(path, "rb") as file:
            yield from iter(lambda: file.read(_BLOCK), b"")
    else:
        with open(path, encoding=dialect.encoding, errors="replace", newline="") as text:
            for characters in iter(lambda: text.read(1 << 20), ""):
                yield characters.replace("\0", "").encode()


class _Stream(io.RawIOBase):
    """Pieces of bytes as a file that is read once."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        filled = 0
        while filled < len(buffer) and (self._left or self._next()):
            size = min(len(buffer) - filled, len(self._left))
            buffer[filled : filled + size], self._left = self._left[:size], self._left[size:]
            filled += size
        return filled

    def _next(self) -> bool:
        """Whether there is another piece; empty ones are passed over."""
        self._left = memoryview(next((piece for piece in self._pieces if piece), b""))
        return len(self._left) > 0


def _not_a_table(head: bytes) -> str:
    ways = "Upload a CSV, TSV, XLSX or Parquet file."
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "This is an old Excel file (.xls). Open it and save it as .xlsx or CSV, then upload that."
    if head.startswith(_PICKLES):
        return f"This is a Python pickle, which can run code when opened, so Plumbline never opens it. {ways}"
    if head.lstrip().startswith((b"{", b"[")):
        return f"This looks like JSON, not a table. {ways}"
    if head.lstrip().startswith(b"<"):
        return f"This looks like a web page or XML, not a table. {ways}"
    if not head.strip():
        return "The file is empty. Export the table again, with a header row and at least one row of data."
    return f"This file is not a table that Plumbline knows. {ways}"


_READERS: tuple[tuple[Callable[[bytes, Path], bool], Callable[[Path], Opened]], ...] = (
    (_is_parquet, _read_parquet),
    (is_xlsx, _read_xlsx),
    (_is_text, _read_csv),
)
