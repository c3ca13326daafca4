"""CSV and TSV files."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from core.data.readers.csv_dialect import WIDE_BOMS, Dialect, detect
from core.data.readers.opened import OpenedTable, distinct_names
from core.errors import DataError

_BLOCK = 1 << 23
_TOO_LONG = (
    f"A line of the table is longer than {_BLOCK >> 20} MB. The usual cause is a quotation mark that never closes, or a"
    " file without line ends: export the table again."
)
_BINARY = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"PK\x05\x06")


def is_text(head: bytes, path: Path) -> bool:
    """Whether a file that starts with `head` is text, and no kind of file that is known to be something else."""
    if head.startswith(_BINARY):
        return False
    if head.startswith(WIDE_BOMS):  # any byte may occur in such text
        return True
    control = sum(byte < 9 or 13 < byte < 32 for byte in head.replace(b"\0", b""))
    return control <= len(head) // 50


def read_csv(path: Path) -> OpenedTable:
    """Open separated text, its dialect found by its content. Raises DataError where it cannot be read to its end."""
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
    opened = OpenedTable(
        f"{kind}, {dialect.words}{decimal}",
        names,
        dialect.decimal,
        iter(()),
        warnings,
        dialect.header is not None,
        decimal_told=dialect.decimal_told,
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
        if "straddl" in str(error):
            raise DataError(_TOO_LONG) from None
        raise DataError(_unfinished("a row has no end")) from None
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
