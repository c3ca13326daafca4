"""The report as a workbook: one sheet a table, its numbers as they are, and nothing that is computed."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from core.plan.parts import READERS, ReportPlan
from core.report.documents.papers.workbook import ABOUT, workbook_file
from core.report.sections import printed
from core.report.sections.blocks import TableBlock
from core.report.sections.reported import ReportedAudit
from tests.core.report.documents.papers.reports import whole_report
from tests.worlds.records import decided


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
                    assert written.value == pytest.approx(cell.value, rel=1e-12)
                else:
                    assert written.value == cell.text and cell.text.startswith("<")
    numbers = [cell.value for sheet in sheets for row in sheet.iter_rows() for cell in row]
    assert sum(isinstance(value, float) for value in numbers) > 20


def test_a_number_that_is_almost_nothing_is_no_zero() -> None:
    """Two of 100,000 is 2e-05, which four digits would have written as 0.0."""
    record = decided({"a": (2, 0, 60_000, 40_000), "b": (90, 10, 60_000, 40_000)})
    audit = ReportedAudit(record, ReportPlan(readers=READERS))
    book = load_workbook(BytesIO(workbook_file(audit)))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    rate = audit.judgement.groups[0].metrics["selection_rate"].value
    found = [cell for cell in cells if isinstance(cell.value, float) and cell.value == pytest.approx(rate, rel=1e-12)]
    assert rate is not None and rate < 0.0001 and found
    assert {cell.number_format for cell in found} <= {"0.0%", "0.0##E+00"}
    assert not [cell.value for cell in cells if cell.value == 0 and isinstance(cell.value, float)]


def test_no_cell_is_a_formula_and_none_can_become_one() -> None:
    book = load_workbook(BytesIO(workbook_file(whole_report(hostile=True))))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any("script" in str(cell.value) for cell in cells)
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert not [cell.value for cell in cells if isinstance(cell.value, str) and cell.value[:1] in "=+@"]
    assert len({sheet.title.casefold() for sheet in book.worksheets}) == len(book.worksheets)
