"""The report as a Word document: everything that the blocks hold, as headings, tables and pictures with words."""

from io import BytesIO

from docx import Document
from docx.oxml.ns import qn

from core.report.documents.papers.word import word_file
from core.report.sections import printed
from core.report.sections.blocks import Heading, PictureBlock, TableBlock
from tests.core.report.documents.papers.reports import HOSTILE_TEXT, whole_report


def test_every_block_is_in_it() -> None:
    audit = whole_report()
    document = Document(BytesIO(word_file(audit)))
    blocks = [block for section in printed(audit) for block in section.blocks]
    tables = [block for block in blocks if isinstance(block, TableBlock)]
    assert [len(table.rows) - 1 for table in document.tables] == [len(block.rows) for block in tables]
    assert [table.rows[0].cells[0].text for table in document.tables] == [block.columns[0] for block in tables]
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert set(headings) >= {block.text for block in blocks if isinstance(block, Heading)}
    pictures = [block for block in blocks if isinstance(block, PictureBlock)]
    assert [shape._inline.docPr.get("descr") for shape in document.inline_shapes] == [p.alt for p in pictures]
    assert pictures and all(p.alt for p in pictures)


def test_it_says_what_it_is_and_its_tables_repeat_their_heads() -> None:
    document = Document(BytesIO(word_file(whole_report())))
    said = document.core_properties
    assert (said.title, said.author, said.subject, said.language) == ("Loans", "Ana", "Yearly look", "en-GB")
    assert f"{said.created:%Y-%m-%d}" == "2026-11-21"
    for table in document.tables:
        heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
        assert heads[0] and not any(heads[1:])
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_hostile_names_are_texts() -> None:
    document = Document(BytesIO(word_file(whole_report(hostile=True))))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert any(HOSTILE_TEXT.replace("\x07", "\ufffd") in cell for cell in cells)
    relations = document.part.rels.values()
    assert not any(relation.is_external for relation in relations)
