"""Where the evidence stands: each passage with its jurisdiction and day, and only sections that are printed."""

from dataclasses import replace

import pytest

from core.plan.parts import READERS, ReportPlan
from core.record.registers import REGISTERS, Registers, Response
from core.report.documents.html import report_html
from core.report.sections import SECTIONS, printed
from core.report.sections.blocks import TableBlock
from core.report.sections.evidence import EVIDENCE, NOWHERE
from core.report.sections.reported import ReportedAudit
from tests.core.report.sections.test_sections import FIX
from tests.worlds.people import plan_of, selections
from tests.worlds.records import decided, record_of


def index_of(audit: ReportedAudit) -> dict[tuple[str, str], list[str]]:
    """The last cell of each passage's row, as the sections that it names."""
    (section,) = printed(audit, ["evidence"])
    (table,) = (block for block in section.blocks if isinstance(block, TableBlock))
    return {(row[0].text, row[1].text): row[-1].text.split("; ") for row in table.rows}


def test_every_passage_says_where_it_holds_and_when_it_was_read() -> None:
    texts = {(row.text, row.passage) for row in EVIDENCE}
    assert {"Art. 13", "Art. 11 and Annex IV", "MEASURE 2.11"} <= {passage for _, passage in texts}
    assert {"ISO/IEC TR 24027:2021", "ISO/IEC TS 12791:2024"} <= {text for text, _ in texts}
    assert all(row.jurisdiction and row.read.endswith("2026") for row in EVIDENCE)
    assert {name for row in EVIDENCE for name in row.sections} <= set(SECTIONS)


def test_it_names_what_this_report_prints_and_nothing_else() -> None:
    whole = ReportedAudit(decided(), ReportPlan(readers=READERS))
    rows = index_of(whole)
    assert rows[("ISO/IEC TS 12791:2024", "The whole text")] == [SECTIONS["done"].title]
    assert rows[("EU AI Act", "Art. 10(5)")] == [NOWHERE]
    some = replace(whole, registers=Registers(responses=(Response("a gap", "another cut-off"),)))
    assert REGISTERS["responses"].title in index_of(some)[("ISO/IEC TS 12791:2024", "The whole text")]
    little = replace(whole, asked=ReportPlan(readers=("policy",), sections=("grid", "evidence")))
    assert {name for names in index_of(little).values() for name in names} == {SECTIONS["grid"].title, NOWHERE}


def test_a_section_that_is_empty_is_no_evidence() -> None:
    """One group is compared with nobody: the sections of comparisons have a heading, or nothing."""
    alone = ReportedAudit(decided({"a": (40, 20, 10, 30)}), ReportPlan(readers=READERS))
    named = {title for titles in index_of(alone).values() for title in titles}
    for name in ("groups", "gap_numbers", "grid", "limits"):
        assert SECTIONS[name].title not in named, name
    assert {SECTIONS["group_numbers"].title, SECTIONS["methods"].title} <= named
    record = record_of(plan_of(), selections({"a": (3001, 6000), "b": (2111, 3777), "c": (1, 3)}))
    withheld = ReportedAudit(record.without_small_cells(), ReportPlan(readers=READERS), fixes=(FIX,))
    assert index_of(withheld)[("ISO/IEC TS 12791:2024", "The whole text")] == [NOWHERE]


@pytest.mark.parametrize("reader", READERS)
def test_no_report_calls_anything_compliant(reader: str) -> None:
    assert "complian" not in report_html(ReportedAudit(decided(), ReportPlan(readers=(reader,)))).lower()
