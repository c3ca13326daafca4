"""Reading an uploaded table: CSV, TSV, XLSX or Parquet, plain or compressed, as batches of texts.

Every cell is kept as the text that stands in the file; what a text means is decided by the plan, not by the reader.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.data.readers.compressed import is_xlsx, unpacked
from core.data.readers.csv import is_text, read_csv
from core.data.readers.foreign import foreign
from core.data.readers.opened import OpenedTable as OpenedTable
from core.data.readers.opened import distinct_names as distinct_names
from core.data.readers.parquet import is_parquet, read_parquet
from core.data.readers.xlsx import read_xlsx
from core.errors import DataError


def open_table(path: Path, scratch: Path) -> OpenedTable:
    """Open a table of any known kind, recognised by its content.

    Parameters
    ----------
    path
        The uploaded file.
    scratch
        A folder for unpacking; at most `UNPACKED_CAP` bytes are written there.
    """
    _refuse_foreign(path)
    path, packed = unpacked(path, scratch)
    head = _refuse_foreign(path)
    for recognise, read in _READERS:
        if recognise(head, path):
            opened = read(path)
            opened.words = f"{opened.words}{packed}"
            return opened
    if not head.strip():
        raise DataError("The file is empty. Export the table again, with a header row and at least one row of data.")
    raise DataError("This file is not a table that Plumbline knows. Upload a CSV, TSV, XLSX or Parquet file.")


def _refuse_foreign(path: Path) -> bytes:
    """The first bytes of a file that is of no kind that is known and not read. Raises DataError naming the kind."""
    with open(path, "rb") as file:
        head = file.read(512)
    words = foreign(head, path)
    if words is not None:
        raise DataError(words)
    return head


_READERS: tuple[tuple[Callable[[bytes, Path], bool], Callable[[Path], OpenedTable]], ...] = (
    (is_parquet, read_parquet),
    (is_xlsx, read_xlsx),
    (is_text, read_csv),
)
