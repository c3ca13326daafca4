"""Files that are not read here: each named as what it is, with the step that makes a table of it."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

_WAYS = "Upload a CSV, TSV, XLSX or Parquet file."
_PICKLES = tuple(bytes((0x80, protocol)) for protocol in range(2, 6))
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_LOOKED_AT = 1 << 20

_PICKLE = f"This is a Python pickle, which can run code when opened, so Plumbline never opens it. {_WAYS}"
_XLS = "This is an old Excel file (.xls). Open it and save it as .xlsx or CSV, then upload that."
_LOCKED = "This Excel file has a password. Open it, save it without one as .xlsx or CSV, then upload that."

_SPSS = "This is an SPSS file ({}). In SPSS choose File, Export, CSV; in Python pandas.read_spss(...).to_csv(...)."
_STATA = (
    "This is a Stata file (.dta). In Stata write: export delimited using people.csv; in Python"
    " pandas.read_stata(...).to_csv(...). Upload the CSV file."
)
_SAS = "This is a SAS file ({}). In SAS use PROC EXPORT with DBMS=CSV; in Python pandas.read_sas(...).to_csv(...)."
_R = 'This is an R file ({}). In R write: write.csv({}, "people.csv", row.names = FALSE). Upload the CSV file.'
_PANDAS = "This is {}. In Python pandas.{}(...).to_parquet(...) makes a Parquet file of it, which can be uploaded."
_OFFICE = "This is {}. Open it there and save it as .xlsx or CSV, then upload that."
_HTML = (
    "This looks like a web page or XML, not a table. Some programs save tables so under the name .xls: open it in Excel"
    " or LibreOffice and save it as .xlsx or CSV, then upload that."
)
_HEADS = (
    *((head, _PICKLE) for head in _PICKLES),
    (b"$FL2", _SPSS.format(".sav")),
    (b"$FL3", _SPSS.format(".zsav")),
    (b"ASCII SPSS PORT", _SPSS.format(".por")),
    (b"<stata_dta>", _STATA),
    (b"HEADER RECORD*******LIBRARY", _SAS.format(".xpt")),
    (b"RDX2\n", _R.format(".RData", "people")),
    (b"RDX3\n", _R.format(".RData", "people")),
    (b"X\n\0\0\0", _R.format(".rds", 'readRDS("people.rds")')),
    (b"ARROW1\0\0", _PANDAS.format("a Feather (Arrow) file", "read_feather")),
    (b"FEA1", _PANDAS.format("a Feather file", "read_feather")),
    (b"ORC\x0a", _PANDAS.format("an ORC file", "read_orc")),
    (b"\x89HDF\r\n\x1a\n", _PANDAS.format("an HDF5 file", "read_hdf")),
    (b"\x93NUMPY", f"This is a NumPy array, which has no names of columns. {_WAYS}"),
    (b"Obj\x01", f"This is an Avro file. {_WAYS}"),
    (b"SQLite format 3\0", f"This is an SQLite database, not a table. Export one of its tables as CSV. {_WAYS}"),
    (b"%PDF", f"This is a PDF document, not a table that Plumbline knows. {_WAYS}"),
    (b"{\\rtf", f"This is a text document (.rtf), not a table. {_WAYS}"),
)
# Stata before version 13: a version, an order of bytes, a file of data.
_OLD_STATA = re.compile(rb"[\x69-\x73][\x01\x02]\x01\x00")
_SAS7BDAT = bytes(12) + b"\xc2\xea\x81\x60"
_PAGE = re.compile(rb"\s*<(\?xml|!doctype|!--|/?[a-z][\w:-]*[\s/>])", re.IGNORECASE)
_JSON = re.compile(rb'\s*(\{\s*["}]|\[\s*[\[{"\]])')
# The member of a zip archive that says what the archive is.
_MEMBERS = (
    ("xl/workbook.bin", _OFFICE.format("a binary Excel file (.xlsb)")),
    ("word/document.xml", _OFFICE.format("a Word document (.docx), not a table; copy its table into Excel")),
    ("ppt/presentation.xml", _OFFICE.format("a presentation (.pptx), not a table; copy its table into Excel")),
    ("Index/Document.iwa", _OFFICE.format("an Apple Numbers file (.numbers)")),
)
_OPEN_DOCUMENT = (
    ("opendocument.spreadsheet", "an OpenDocument spreadsheet (.ods, LibreOffice Calc)"),
    ("opendocument.text", "an OpenDocument text (.odt), not a table; copy its table into a spreadsheet"),
)


def foreign(head: bytes, path: Path) -> str | None:
    """What a file is that begins with `head` and is of a known kind that is not read; None for others.

    A zip archive is asked for its members, since office documents are such archives.
    """
    if head.startswith(_OLE):
        with open(path, "rb") as file:
            return _LOCKED if _ENCRYPTED in file.read(_LOOKED_AT) else _XLS
    if head.startswith(b"PK\x03\x04"):
        return _office(path)
    if _OLD_STATA.match(head):
        return _STATA
    if head.startswith(_SAS7BDAT):
        return _SAS.format(".sas7bdat")
    for start, words in _HEADS:
        if head.startswith(start):
            return words
    if _JSON.match(head):
        return f"This looks like JSON, not a table. {_WAYS}"
    return _HTML if _PAGE.match(head.removeprefix(b"\xef\xbb\xbf")) else None


def _office(path: Path) -> str | None:
    """What an office document in a zip archive is; None for a plain archive, an .xlsx file, or a damaged one."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            kind = archive.open("mimetype").read(200).decode("ascii", "replace") if "mimetype" in names else ""
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError):
        return None
    for part, words in _OPEN_DOCUMENT:
        if part in kind:
            return _OFFICE.format(words)
    return next((words for name, words in _MEMBERS if name in names), None)
