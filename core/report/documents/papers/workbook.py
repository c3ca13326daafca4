"""The report's tables as a workbook: one sheet a table, numbers as numbers, and nothing that a spreadsheet computes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from core.report.documents.papers import marked
from core.report.documents.spreadsheet import defused
from core.report.sections import PrintedSection, printed
from core.report.sections.blocks import Block, Cell, Heading, KeyFacts, MarkedFinding, Paragraph, TableBlock
from core.report.sections.reported import ReportedAudit
from core.report.xml_text import xml_text

_MOST_IN_A_NAME, _MOST_WIDE = 31, 60
_TINY = 0.001  # below, four digits behind the point show too little
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
ABOUT = "About"


def workbook_file(audit: ReportedAudit) -> bytes:
    """The file's bytes: a sheet of what was found, then one for each table. Raises PlanError as `printed` does."""
    from openpyxl import Workbook

    sections, book = printed(audit), Workbook()
    book.properties.title, book.properties.creator = xml_text(audit.name), xml_text(audit.asked.author or "Plumbline")
    book.properties.language = "en"
    first = book.active
    first.title = ABOUT
    _about(first, sections)
    for name, table in _tables(sections):
        _fill(book.create_sheet(_free(name, book.sheetnames)), table)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _about(sheet: Any, sections: tuple[PrintedSection, ...]) -> None:
    """What was found and what it is about, in words."""
    for row in (row for section in sections for block in section.blocks for row in _words(block)):
        sheet.append([defused(xml_text(text)) for text in row])
    _as_text(sheet)
    sheet.column_dimensions["A"].width = _MOST_WIDE
    sheet.column_dimensions["B"].width = _MOST_WIDE


def _words(block: Block) -> Iterator[tuple[str, ...]]:
    match block:
        case Heading(text) | Paragraph(text):
            yield (text,)
        case MarkedFinding():
            yield (f"{marked(block.word, block.verdict)}: {block.opening}",)
            yield from ((words,) for words in block.more)
        case KeyFacts(facts):
            yield from facts


def _tables(sections: tuple[PrintedSection, ...]) -> Iterator[tuple[str, TableBlock]]:
    """Every table with a name: its caption's, or the last heading above where the caption is a long one."""
    for section in sections:
        heading = ""
        for block in section.blocks:
            if isinstance(block, Heading):
                heading = block.text
            elif isinstance(block, TableBlock):
                yield (block.caption if len(block.caption) <= _MOST_IN_A_NAME else heading or block.caption), block


def _free(name: str, taken: list[str]) -> str:
    """A sheet's name that no other has, in characters that a spreadsheet takes."""
    plain = _NOT_IN_A_NAME.sub(" ", name).strip() or "Table"
    names = {each.casefold() for each in taken}
    for number in range(1, len(taken) + 2):
        end = "" if number == 1 else f" {number}"
        tried = plain[: _MOST_IN_A_NAME - len(end)].strip() + end
        if tried.casefold() not in names:
            return tried
    raise AssertionError("there are more names than sheets")


def _fill(sheet: Any, table: TableBlock) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.append([defused(xml_text(name)) for name in table.columns])
    for row in table.rows:
        sheet.append([_value(cell) for cell in row])
    _as_text(sheet)
    for y, x in _numbers(table):
        sheet.cell(y, x).number_format = _number_format(table.rows[y - 2][x - 1])
    for place, name in enumerate(table.columns, start=1):
        head = sheet.cell(1, place)
        head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        wide = max([len(name), *(len(row[place - 1].text) for row in table.rows)], default=0)
        sheet.column_dimensions[head.column_letter].width = min(_MOST_WIDE, wide + 2)
    sheet.freeze_panes = "B2"


def _numbers(table: TableBlock) -> Iterator[tuple[int, int]]:
    """Where a table's numbers stand in its sheet."""
    for y, row in enumerate(table.rows, start=2):
        for x, cell in enumerate(row, start=1):
            if isinstance(_value(cell), int | float):
                yield y, x


def _value(cell: Cell) -> str | int | float:
    """The number of a cell, for the sheet to round, or its text; a bound stays a text, such as "< 0.0001"."""
    if cell.value is None or cell.text.startswith("<"):
        return str(defused(xml_text(marked(cell.text, cell.mark))))
    return int(cell.value) if float(cell.value).is_integer() else float(cell.value)


def _number_format(cell: Cell) -> str:
    if "%" in cell.text:
        return "0.0%"
    if cell.value is not None and 0 < abs(cell.value) < _TINY:
        return "0.0##E+00"
    return "#,##0" if cell.value is not None and float(cell.value).is_integer() else "0.0###"


def _as_text(sheet: Any) -> None:
    """Let every text be a text, whatever it begins with."""
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type = "s"
