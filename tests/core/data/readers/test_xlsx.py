"""Uploaded workbooks: opened, or refused in one clear line."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from core.data.readers import xlsx
from tests.worlds.table_looks import Look, refusal, remarks, zipped
from tests.worlds.table_looks import look as look


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


def test_a_sheet_whose_cells_stand_far_apart_is_refused(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    far = with_sheet_xml(workbook(SHEET), b'<row r="3"', b'<row r="1900000000"')
    assert "cells too far apart" in refusal(look, far)
    wide = workbook([["a", "b"], *([None] * 200 + [1] for _ in range(40))])
    monkeypatch.setattr(xlsx, "_MOST_EMPTY", 1_000)
    assert "cells too far apart" in refusal(look, wide)


def test_a_workbook_of_many_sheets_is_refused(look: Look) -> None:
    assert "60 sheets" in refusal(look, workbook(*([["a"], [1]] for _ in range(60))))
