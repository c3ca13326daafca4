"""Uploaded tables that are Parquet, or of a format that is not read: opened, or refused in one clear line."""

import gzip
import io
from datetime import date, datetime

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from core.data.readers.opened import MOST_COLUMNS, distinct_names
from tests.worlds.table_looks import Look, refusal, zipped
from tests.worlds.table_looks import look as look

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
