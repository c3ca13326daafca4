"""The report as a workbook: one sheet a table, rounded numbers, and nothing that is computed."""

from io import BytesIO

from openpyxl import load_workbook

from core.report.documents.papers.workbook import ABOUT, DIGITS, workbook_file
from core.report.sections import printed
from core.report.sections.blocks import TableBlock
from tests.core.report.documents.papers.reports import whole_report


def test_each_table_is_a_sheet_with_its_numbers_as_numbers() -> None:
    audit = whole_report()
    book = load_workbook(BytesIO(workbook_file(audit)))
    tables = [block for section in printed(audit) for block in section.blocks if isinstance(block, TableBlock)]
    first, *sheets = book.worksheets
    assert first.title == ABOUT and len(sheets) == len(tables) and book.properties.title == "Loans"
    for sheet, table in zip(sheets, tables, strict=True):
        assert tuple(cell.value for cell in sheet[1]) == table.columns
        assert sheet.max_row == len(table.rows) + 1
        for row, cells in zip(sheet.iter_rows(min_row=2), table.rows, strict=True):
            for written, cell in zip(row, cells, strict=True):
                if cell.value is None:
                    assert isinstance(written.value, str | None)
                elif isinstance(written.value, int | float):
                    assert written.value == round(cell.value, DIGITS)
    numbers = [cell.value for sheet in sheets for row in sheet.iter_rows() for cell in row]
    assert sum(isinstance(value, float) for value in numbers) > 20


def test_no_cell_is_a_formula_and_none_can_become_one() -> None:
    book = load_workbook(BytesIO(workbook_file(whole_report(hostile=True))))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any("script" in str(cell.value) for cell in cells)
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert not [cell.value for cell in cells if isinstance(cell.value, str) and cell.value[:1] in "=+@"]
    assert len({sheet.title.casefold() for sheet in book.worksheets}) == len(book.worksheets)
