"""Where in a report the evidence stands that some texts ask for. It says where to look, and judges nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.report.sections.account import FIXES_HIDDEN
from core.report.sections.blocks import Block, Heading, Paragraph, TableBlock
from core.report.sections.reported import ReportedAudit

_EU, _US, _ANYWHERE = "European Union", "United States", "International"
_READ = "28 November 2026"
NOWHERE = "not in this report"


@dataclass(frozen=True)
class EvidenceRow:
    """What one passage asks for, in our own words, and the sections that hold something of it."""

    text: str
    passage: str
    asks: str
    jurisdiction: str
    sections: tuple[str, ...]
    read: str = _READ


EVIDENCE = (
    EvidenceRow(
        "EU AI Act", "Art. 10(2)(f) to (h), 10(3)", "Look at the data for bias, name its gaps, say whom it represents.",
        _EU, ("people", "unknowns", "not_measured"),
    ),
    EvidenceRow(
        "EU AI Act", "Art. 10(5)", "Say why special categories of data were needed, who had them, and when they went.",
        _EU, ("columns",),
    ),
    EvidenceRow(
        "EU AI Act", "Art. 11 and Annex IV", "Technical documents: measures, methods, tests with a date and a name.",
        _EU, ("group_numbers", "gap_numbers", "methods", "run", "signed", "scenarios"),
    ),
    EvidenceRow(
        "EU AI Act", "Art. 13", "Tell those who use it how well it works, for whom, and where it does not.",
        _EU, ("finding", "groups", "grid", "scope"),
    ),
    EvidenceRow(
        "EU AI Act", "Art. 15(1), (3), (4)", "State accuracy and its measures; watch for bias that feeds itself.",
        _EU, ("group_numbers", "limits", "scenarios"),
    ),
    EvidenceRow(
        "NIST AI RMF 1.0", "MEASURE 2.11", "Evaluate fairness and bias, and document it with what was not measured.",
        _US, ("grid", "four_fifths", "intersections", "not_measured"),
    ),
    EvidenceRow(
        "ISO/IEC TR 24027:2021", "The whole text", "Measure bias in decisions that are aided by AI.",
        _ANYWHERE, ("grid", "group_numbers", "methods"),
    ),
    EvidenceRow(
        "ISO/IEC TS 12791:2024", "The whole text", "Treat unwanted bias, and document what was tried and what is left.",
        _ANYWHERE, ("done", "alternatives", "responses"),
    ),
)  # fmt: skip


def index(audit: ReportedAudit) -> Iterator[Block]:
    """Each passage with the sections of this report that hold something of what it asks for."""
    from core.report.sections import SECTIONS, asked_sections

    named = {name for row in EVIDENCE for name in row.sections}
    sections = [SECTIONS[name] for name in asked_sections(audit.asked) if name in named]
    here = {each.name: each.title for each in sections if any(map(_says_something, each.blocks(audit)))}
    yield Heading("Where the evidence stands")
    yield TableBlock.of(
        "What some texts ask for, and where this report holds something of it",
        ("Text", "Passage", "Asks for", "Jurisdiction", "Read on", "In this report"),
        (
            (row.text, row.passage, row.asks, row.jurisdiction, row.read, "; ".join(_titles(row, here)) or NOWHERE)
            for row in EVIDENCE
        ),
    )
    yield Paragraph(
        "These texts were read in summaries, on the day named; laws change. The table says where to look. Whether "
        "what stands there is enough is for whoever answers for the law where you are.",
        "soft",
    )


def _says_something(block: Block) -> bool:
    """Whether a block is more than a heading, a table of nothing, or the word that something is withheld."""
    if isinstance(block, TableBlock):
        return any(cell.text not in ("", "–") for row in block.rows for cell in row[1:])
    return not isinstance(block, Heading) and block != Paragraph(FIXES_HIDDEN)


def _titles(row: EvidenceRow, here: dict[str, str]) -> list[str]:
    return [here[name] for name in row.sections if name in here]
