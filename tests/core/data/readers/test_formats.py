"""Uploaded tables that are packed, or are workbooks or Parquet: opened, or refused in one clear line."""

import bz2
import gzip
import io
import lzma
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook
from pyarrow import feather

from core.data.readers import compressed, xlsx
from core.data.readers.opened import MOST_COLUMNS, distinct_names
from tests.worlds.table_looks import TABLE, Look, refusal, remarks
from tests.worlds.table_looks import look as look

# ---------------------------------------------------------------- compression


def zipped(*files: tuple[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return content.getvalue()


PACKED = {
    "gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "zip": lambda data: zipped(("t.csv", data)),
    "zstandard": lambda data: pa.compress(data, codec="zstd", asbytes=True),
}  # fmt: skip


@pytest.mark.parametrize("name", PACKED)
def test_packed_tables_are_unpacked(look: Look, name: str) -> None:
    profile, rows = look(PACKED[name](TABLE))
    assert rows == [("Ann", "1"), ("Bob", "2")]
    assert profile.words.endswith(f", {name}")


@pytest.mark.parametrize("name", PACKED)
def test_what_unpacks_to_too_much_is_refused_before_the_disk_is_full(
    look: Look, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setattr(compressed, "UNPACKED_CAP", 1 << 20)
    assert "unpacks to more than" in refusal(look, PACKED[name](b"a,b\n" + b"1,x\n" * 600_000))
    assert sum(path.stat().st_size for path in tmp_path.rglob("unpacked")) <= 1 << 20


@pytest.mark.parametrize("name", ["gzip", "bzip2", "xz", "zip"])
@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_damaged_archives_are_refused(look: Look, name: str, damage: str) -> None:
    content = bytearray(PACKED[name]("".join(f"{i},{i * i}\n" for i in range(3_000)).encode()))
    if damage == "cut":
        del content[len(content) // 2 :]
    else:
        content[len(content) // 2 : len(content) // 2 + 40] = b"\xff" * 40
    assert f"The {name} archive cannot be unpacked" in refusal(look, bytes(content))


def test_a_zip_must_hold_one_table(look: Look) -> None:
    assert "holds 2 files" in refusal(look, zipped(("a.csv", TABLE), ("b.csv", TABLE)))
    assert "holds 0 files" in refusal(look, zipped(("folder/", b"")))
    assert len(look(zipped(("folder/a.csv", TABLE), ("__MACOSX/._a.csv", b"x")))[1]) == 2


def test_a_zip_with_a_password_is_refused(look: Look) -> None:
    content = bytearray(zipped(("a.csv", TABLE)))
    content[6] |= 1
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    assert "password" in refusal(look, bytes(content))


# ---------------------------------------------------------------- XLSX


def workbook(*sheets: list[list[Any]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"sheet {number}")
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_sheet_xml(content: bytes, old: bytes, new: bytes) -> bytes:
    """The workbook with a part of its first sheet's XML replaced."""
    source = zipfile.ZipFile(io.BytesIO(content))
    parts = {name: source.read(name) for name in source.namelist()}
    assert old in parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(old, new)
    return zipped(*parts.items())


SHEET = [["name", "n", "x", "ok", "day", "at"], ["Ann", 1, 2.5, True, date(2020, 1, 2), datetime(2020, 1, 2, 3, 4)],
         ["007", None, 3.0, False, None, None]]  # fmt: skip


def test_a_workbook_with_one_sheet(look: Look) -> None:
    profile, rows = look(workbook(SHEET, []))
    assert profile.names == ("name", "n", "x", "ok", "day", "at")
    assert rows == [
        ("Ann", "1", "2.5", "TRUE", "2020-01-02T00:00:00", "2020-01-02T03:04:00"),
        ("007", "", "3", "FALSE", "", ""),
    ]
    assert profile.words == "XLSX, sheet sheet 1"


def test_a_workbook_that_is_wrong_about_its_own_size(look: Look) -> None:
    content = with_sheet_xml(workbook(SHEET), b'<dimension ref="A1:F3"', b'<dimension ref="A1"')
    assert look(content)[1] == look(workbook(SHEET))[1]


def test_formulas_that_were_never_computed_are_empty_and_said(look: Look) -> None:
    profile, rows = look(workbook([["a", "b"], [1, "=A2+1"], [2, "=A3+1"]]))
    assert rows == [("1", ""), ("2", "")]
    assert ("no cell is filled in", ("b",)) in [(o.text, o.columns) for o in profile.oddities]


def test_rows_of_a_workbook_that_do_not_fit(look: Look) -> None:
    rows = [["a", "b"], [1, "x"], [], [None, None], [2, "y", "extra"], *[[i, "z"] for i in range(3, 12)]]
    profile, found = look(workbook(rows))
    assert found[:2] == [("1", "x"), ("3", "z")]
    assert profile.left_out == (2,)
    assert "1 row(s) with extra cells, left out" in remarks(profile)


def test_titles_above_a_workbooks_table_are_left_out_and_said(look: Look) -> None:
    rows = [
        ["Report of May"],
        [],
        [None, "by the office"],
        ["a", "b"],
        *[[i, "z"] for i in range(9)],
        [9, "z", "extra"],
    ]
    profile, found = look(workbook(rows))
    assert (profile.names, len(found), found[0]) == (("a", "b"), 9, ("0", "z"))
    assert profile.left_out == (10,)
    assert "2 line(s) above the table left out" in remarks(profile)


@pytest.mark.parametrize("rows", [[["a"], [1], [2]], [["a"], ["x"], ["y"]], [["a", "b"], ["x"], ["y", 1]]])
def test_a_workbooks_first_row_is_its_header_where_no_row_of_names_follows(
    look: Look, rows: list[list[object]]
) -> None:
    profile, found = look(workbook(rows))
    assert (profile.names, len(found)) == (tuple(rows[0]), 2)


def test_a_workbook_must_have_one_sheet_with_content(look: Look) -> None:
    assert "2 sheets with content (sheet 1, sheet 2)" in refusal(look, workbook(SHEET, SHEET))
    assert "0 sheets with content (none)" in refusal(look, workbook([], []))
    assert "has a header but no rows" in refusal(look, workbook([["a", "b"]]))


def test_a_damaged_workbook_is_refused(look: Look) -> None:
    content = workbook(SHEET)
    assert "The workbook cannot be read" in refusal(look, with_sheet_xml(content, b"<sheetData>", b"<<sheetData>"))
    assert "cannot be unpacked" in refusal(look, content[:-100])


def test_a_workbook_that_unpacks_to_too_much_is_refused(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.data.readers import xlsx

    monkeypatch.setattr(xlsx, "UNPACKED_CAP", 4_000)
    assert "Save the sheet as CSV" in refusal(look, workbook(SHEET))


# ---------------------------------------------------------------- Parquet


def parquet(table: pa.Table) -> bytes:
    content = io.BytesIO()
    pq.write_table(table, content)
    return content.getvalue()


COLUMNS = {
    "float32": (pa.array([0.1, None, float("nan")], pa.float32()), ["0.1", "", ""]),
    "double": (pa.array([1e20, -0.5, 1e-7]), ["1e+20", "-0.5", "1e-7"]),
    "int": (pa.array([1, None, 3]), ["1", "", "3"]),
    "bool": (pa.array([True, False, None]), ["true", "false", ""]),
    "dictionary": (pa.array(["x", "y", None]).dictionary_encode(), ["x", "y", ""]),
    "numbers in a dictionary": (pa.array([5, 6, None]).dictionary_encode(), ["5", "6", ""]),
    "timestamp": (
        pa.array([datetime(2020, 1, 2, 3, 4), None, None], pa.timestamp("ms")), ["2020-01-02 03:04:00.000", "", ""],
    ),
    "date": (pa.array([date(2020, 1, 2), None, None]), ["2020-01-02", "", ""]),
    "decimal": (pa.array([1, 2, None]).cast(pa.decimal128(25, 2)), ["1.00", "2.00", ""]),
    "bytes": (pa.array([b"a", "é".encode(), None]), ["a", "é", ""]),
    "large": (pa.array(["a", "b", None], pa.large_string()), ["a", "b", ""]),
    "null": (pa.nulls(3), ["", "", ""]),
}  # fmt: skip


@pytest.mark.parametrize("kind", COLUMNS)
def test_parquet_columns_become_texts(look: Look, kind: str) -> None:
    column, expected = COLUMNS[kind]
    profile, rows = look(parquet(pa.table({"x": column, "y": ["a", "b", "c"]})))
    assert [row[0] for row in rows] == expected
    assert profile.words == "Parquet"


@pytest.mark.parametrize("column", [pa.array([[1], [2]]), pa.array([{"a": 1}, {"a": 2}])])
def test_nested_parquet_columns_are_refused_by_name(look: Look, column: pa.Array) -> None:
    assert "Columns ['deep'] hold lists or records" in refusal(look, parquet(pa.table({"deep": column, "y": [1, 2]})))


def test_damaged_parquet_is_refused(look: Look) -> None:
    content = bytearray(parquet(pa.table({"a": list(range(1_000)), "b": ["x" * i for i in range(1_000)]})))
    assert "The Parquet file cannot be read" in refusal(look, bytes(content[:-50]))
    content[50:400] = bytes(350)
    assert "The Parquet file cannot be read to its end" in refusal(look, bytes(content))
    assert "cannot be read to its end" in refusal(look, parquet(pa.table({"a": [b"\xff\xfe", b"x"]})))
    assert "no rows" in refusal(look, parquet(pa.table({"a": pa.array([], pa.int64())})))


# ---------------------------------------------------------------- formats that are named


def stata() -> bytes:
    content = io.BytesIO()
    pd.DataFrame({"sex": ["f", "m"], "y": [1, 0]}).to_stata(content)
    return content.getvalue()


def arrow() -> bytes:
    content = io.BytesIO()
    feather.write_feather(pa.table({"a": [1]}), content)
    return content.getvalue()


ODS = (("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"<x/>"))


@pytest.mark.parametrize(
    ("content", "named", "step"),
    [
        (zipped(*ODS), "OpenDocument spreadsheet (.ods", "save it as .xlsx or CSV"),
        (zipped(("xl/workbook.bin", b"")), "binary Excel file (.xlsb)", "save it as .xlsx or CSV"),
        (zipped(("word/document.xml", b"")), "Word document (.docx)", "copy its table"),
        (b"\xd0\xcf\x11\xe0" + bytes(20) + "EncryptedPackage".encode("utf-16-le"), "has a password", "without one"),
        (stata(), "Stata file (.dta)", "export delimited"),
        (b"<stata_dta><header><release>118", "Stata file (.dta)", "export delimited"),
        (b"$FL2@(#) SPSS DATA FILE", "SPSS file (.sav)", "Export, CSV"),
        (gzip.compress(b"X\n\0\0\0\x03\0\x04\x02"), "R file (.rds)", "write.csv(readRDS"),
        (gzip.compress(b"RDX3\nX\n\0\0"), "R file (.RData)", "write.csv("),
        (arrow(), "Feather (Arrow) file", "to_parquet"),
        (b"FEA1" + bytes(8), "Feather file", "to_parquet"),
        (bytes(12) + b"\xc2\xea\x81\x60" + bytes(40), "SAS file (.sas7bdat)", "PROC EXPORT"),
        (b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!", "SAS file (.xpt)", "PROC EXPORT"),
        (b"\x89HDF\r\n\x1a\n" + bytes(9), "HDF5", "read_hdf"),
        (b"SQLite format 3\0" + bytes(50), "SQLite database", "as CSV"),
    ],
)
def test_a_format_that_is_not_read_is_named_with_its_export(look: Look, content: bytes, named: str, step: str) -> None:
    words = refusal(look, content)
    assert named in words
    assert step in words


@pytest.mark.parametrize(
    "name", ["<30 days late", "<5", "< 2 years", "[id]", "{group}", "RDXa", "Xray", "ORC", "FL2", "days\nlate"]
)
def test_a_header_that_reads_like_another_format_is_a_header(look: Look, name: str) -> None:
    profile, rows = look(f'"{name}",b\n1,x\n2,y\n'.encode() if "\n" in name else f"{name},b\n1,x\n2,y\n".encode())
    assert profile.names == (name.replace("\n", " "), "b")
    assert rows == [("1", "x"), ("2", "y")]
    assert any("line break" in oddity.text for oddity in profile.oddities) is ("\n" in name)


# ---------------------------------------------------------------- no small file takes long


def test_more_columns_than_are_read_are_refused(look: Look) -> None:
    width = MOST_COLUMNS + 1
    assert "10,001 columns" in refusal(look, (",".join(f"c{i}" for i in range(width)) + "\n" + "1," * width).encode())


def test_many_equal_names_are_told_apart_at_once() -> None:
    names, warnings = distinct_names(("a",) * (MOST_COLUMNS - 1) + ("a (2)",))
    assert len(set(names)) == MOST_COLUMNS
    assert names[:2] == ("a", "a (3)")
    assert len(warnings[0]) < 2_000


def test_a_line_without_an_end_is_refused(look: Look) -> None:
    assert "longer than 8 MB" in refusal(look, b"a,b\n1,2\n" * 10 + b"x" * (20 << 20) + b",1\n")


def test_a_sheet_whose_cells_stand_far_apart_is_refused(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    far = with_sheet_xml(workbook(SHEET), b'<row r="3"', b'<row r="1900000000"')
    assert "cells too far apart" in refusal(look, far)
    wide = workbook([["a", "b"], *([None] * 200 + [1] for _ in range(40))])
    monkeypatch.setattr(xlsx, "_MOST_EMPTY", 1_000)
    assert "cells too far apart" in refusal(look, wide)


def test_a_workbook_of_many_sheets_is_refused(look: Look) -> None:
    assert "60 sheets" in refusal(look, workbook(*([["a"], [1]] for _ in range(60))))
