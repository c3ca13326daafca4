"""Reading an uploaded table: CSV, TSV, XLSX or Parquet, plain or compressed, as batches of texts.

Every cell is kept as the text that stands in the file; what a text means is decided by the plan, not by the reader.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.errors import DataError
from core.table_file.opened import Opened as Opened
from core.table_file.opened import distinct_names as distinct_names
from core.table_file.parquet import is_parquet, read_parquet
from core.table_file.text import PICKLES, is_text, read_csv
from core.table_file.xlsx import read_xlsx
from core.unpacking import is_xlsx, unpacked


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


def _not_a_table(head: bytes) -> str:
    ways = "Upload a CSV, TSV, XLSX or Parquet file."
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "This is an old Excel file (.xls). Open it and save it as .xlsx or CSV, then upload that."
    if head.startswith(PICKLES):
        return f"This is a Python pickle, which can run code when opened, so Plumbline never opens it. {ways}"
    if head.lstrip().startswith((b"{", b"[")):
        return f"This looks like JSON, not a table. {ways}"
    if head.lstrip().startswith(b"<"):
        return f"This looks like a web page or XML, not a table. {ways}"
    if not head.strip():
        return "The file is empty. Export the table again, with a header row and at least one row of data."
    return f"This file is not a table that Plumbline knows. {ways}"


_READERS: tuple[tuple[Callable[[bytes, Path], bool], Callable[[Path], Opened]], ...] = (
    (is_parquet, read_parquet),
    (is_xlsx, read_xlsx),
    (is_text, read_csv),
)
