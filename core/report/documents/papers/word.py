"""The report as a Word document: headings, tables with header rows, pictures with words for who does not see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

from core.report.documents.papers import marked, verdict_words
from core.report.documents.papers.pictures import png
from core.report.sections import printed
from core.report.sections.blocks import (
    Block,
    Heading,
    KeyFacts,
    MarkedFinding,
    Paragraph,
    PictureBlock,
    Preformatted,
    TableBlock,
)
from core.report.sections.reported import ReportedAudit
from core.report.xml_text import xml_text

_WIDE_CM = 16.0
_SMALL = 8.5
LANGUAGE = "en-GB"


def word_file(audit: ReportedAudit) -> bytes:
    """The file's bytes. Raises PlanError for a section that there is not."""
    from docx import Document

    document = Document()
    _say_what_it_is(document, audit)
    if audit.logo is not None:
        from docx.shared import Cm

        document.add_picture(BytesIO(audit.logo), height=Cm(1.5))
    for section in printed(audit):
        for block in section.blocks:
            _WRITERS[type(block)](document, block)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _say_what_it_is(document: Any, audit: ReportedAudit) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    said = document.core_properties
    said.title, said.language = xml_text(audit.name)[:255], LANGUAGE
    said.author, said.subject = xml_text(audit.asked.author or "Plumbline"), xml_text(audit.asked.purpose)[:255]
    said.created = said.modified = datetime.fromisoformat(audit.record.created).replace(tzinfo=None)
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.left_margin = page.right_margin = Cm((21.0 - _WIDE_CM) / 2)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(10)
    fonts = normal.element.rPr.rFonts
    fonts.set(qn("w:eastAsia"), "Arial")
    language = normal.element.rPr.makeelement(qn("w:lang"), {qn("w:val"): LANGUAGE})
    normal.element.rPr.append(language)


def _heading(document: Any, block: Heading) -> None:
    document.add_heading(xml_text(block.text), level=block.level)


def _paragraph(document: Any, block: Paragraph) -> None:
    written = document.add_paragraph(style="Intense Quote" if block.kind == "doubt" else None)
    written.add_run(xml_text(block.text)).italic = block.kind == "soft"


def _finding(document: Any, block: MarkedFinding) -> None:
    document.add_paragraph().add_run(verdict_words(block.verdict, block.word)).bold = True
    if block.is_title:
        document.add_heading(xml_text(block.opening), level=1)
    else:
        document.add_paragraph(xml_text(block.opening))
    for words in block.more:
        document.add_paragraph(xml_text(words))


def _facts(document: Any, block: KeyFacts) -> None:
    for name, said in block.facts:
        written = document.add_paragraph()
        written.add_run(f"{xml_text(name)}: ").bold = True
        written.add_run(xml_text(said))


def _preformatted(document: Any, block: Preformatted) -> None:
    from docx.shared import Pt

    run = document.add_paragraph().add_run(xml_text(block.text))
    run.font.name, run.font.size = "Courier New", Pt(_SMALL)


def _picture(document: Any, block: PictureBlock) -> None:
    from docx.shared import Cm

    document.add_picture(BytesIO(png(block)), width=Cm(_WIDE_CM * block.share))
    drawn = document.inline_shapes[-1]._inline.docPr
    drawn.set("title", xml_text(block.title))
    drawn.set("descr", xml_text(block.alt))


def _table(document: Any, block: TableBlock) -> None:
    document.add_paragraph(xml_text(block.caption), style="Caption").paragraph_format.keep_with_next = True
    rows = [list(block.columns), *([marked(cell.text, cell.mark) for cell in row] for row in block.rows)]
    table = document.add_table(rows=len(rows), cols=len(block.columns), style="Table Grid")
    for place, (row, texts) in enumerate(zip(table.rows, rows, strict=True)):
        _keep_whole(row, is_head=place == 0)
        for cell, text in zip(row.cells, texts, strict=True):
            _cell(cell, text, is_bold=place == 0)


def _keep_whole(row: Any, is_head: bool) -> None:
    """Let no page split the row, and have a head repeated on each page."""
    from docx.oxml.ns import qn

    told = row._tr.get_or_add_trPr()
    for name in ("w:cantSplit", *(("w:tblHeader",) if is_head else ())):
        told.append(told.makeelement(qn(name), {}))


def _cell(cell: Any, text: str, is_bold: bool) -> None:
    from docx.shared import Pt

    run = cell.paragraphs[0].add_run(xml_text(text))
    run.bold, run.font.size = is_bold, Pt(_SMALL)


_WRITERS: dict[type[Block], Callable[[Any, Any], None]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    MarkedFinding: _finding,
    TableBlock: _table,
    PictureBlock: _picture,
    KeyFacts: _facts,
    Preformatted: _preformatted,
}
