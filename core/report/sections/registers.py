"""What people wrote down beside the audit: each register as a table, where there is anything in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.record.registers import REGISTERS
from core.report.sections.account import FIXES_HIDDEN
from core.report.sections.blocks import Block, Heading, Paragraph, TableBlock
from core.report.sections.reported import ReportedAudit


def printing(name: str) -> Callable[[ReportedAudit], Iterator[Block]]:
    """What prints one register of an audit."""
    register = REGISTERS[name]

    def blocks(audit: ReportedAudit) -> Iterator[Block]:
        rows = audit.registers.rows(name)
        if rows:
            yield Heading(register.title)
            if name == "alternatives" and audit.record.hidden:  # the search fills it with gaps of all people
                yield Paragraph(FIXES_HIDDEN)
                return
            yield Paragraph(register.says, "soft")
            cells = ([getattr(row, column) or "–" for column in register.columns] for row in rows)
            yield TableBlock.of(register.title, tuple(register.columns.values()), cells)

    return blocks
