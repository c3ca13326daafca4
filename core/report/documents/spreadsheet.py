"""CSV for spreadsheets: every text in quotation marks, and nothing that one would compute."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

from core.plan.values import is_number

# Spreadsheets take the wide forms of East Asian keyboards for the same signs.
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_FORMULA = re.compile(rf"\s*[{_SIGNS}]|[\t\r\n]")
# Where a spreadsheet splits at semicolons or tabs, as in half of Europe, a cell begins also in the middle of one.
_LATER_FORMULA = re.compile(rf"([;\t\r\n]\s*)(?=[{_SIGNS}])")


def csv_text(rows: Iterable[Iterable[Any]], line_end: str = "\r\n") -> str:
    """The rows as CSV: texts in quotation marks and defused, numbers bare, None an empty text."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator=line_end)
    writer.writerows([str(cell) if isinstance(cell, bool) else defused(cell) for cell in row] for row in rows)
    return text.getvalue()


def defused(cell: Any) -> Any:
    """The cell so that a spreadsheet shows it and never computes it; numbers, also as text, stay what they are."""
    if cell is None:
        return ""
    if not isinstance(cell, str) or is_number(cell):
        return cell
    return ("'" if _FORMULA.match(cell) else "") + _LATER_FORMULA.sub(r"\1'", cell)
