"""Reports for tests of what they are written as."""

from __future__ import annotations

from dataclasses import replace

from core.plan.parts import READERS, ReportPlan
from core.report.sections.reported import ReportedAudit
from tests.worlds.records import HOSTILE, decided

HOSTILE_TEXT = "=1+1 <script>alert(1)</script> [a](http://x.y) ![b](c) | `d` *e* \x07"


def whole_report(hostile: bool = False) -> ReportedAudit:
    """A report for all three readers, with a register; with `hostile`, groups and texts are named to do harm."""
    table = {"a": (80, 20, 20, 80), "b": (40, 10, 60, 90), "c": (30, 30, 20, 20)}
    names = dict(zip(table, (HOSTILE, HOSTILE_TEXT, "c"), strict=True))
    record = decided({names[name] if hostile else name: people for name, people in table.items()})
    record = replace(record, plan=replace(record.plan, name=HOSTILE_TEXT if hostile else "Loans"))
    asked = ReportPlan(author="Ana", purpose="Yearly look", readers=READERS)
    return ReportedAudit(record, asked)
