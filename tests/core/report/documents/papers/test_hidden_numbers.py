"""A report that hides small numbers: no paper that it is written as holds one, nor what one follows from."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook

from core.plan.parts import READERS, ReportPlan
from core.record import AuditRecord
from core.record.registers import Alternative, Registers
from core.report.documents.formats import REPORT_FORMATS
from core.report.documents.json import as_text, result
from core.report.sections.account import FIXES_HIDDEN, HIDES_SMALL
from core.report.sections.reported import ReportedAudit
from tests.core.report.sections.test_sections import FIX
from tests.worlds.people import labelled, plan_of, selections
from tests.worlds.records import record_of

# 3 people, whom whoever knows the 9,780 of all and the other groups would find.
PEOPLE = {"a": (3001, 6000), "b": (2111, 3777), "c": (1, 3)}
HIDDEN = ("2111", "3777", "55.9", "0.559", "3003")


def texts(ending: str, content: bytes) -> Iterator[str]:
    """Everything that somebody can read in a file."""
    if ending == "xlsx":
        book = load_workbook(BytesIO(content))
        yield from (str(cell.value) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
    elif ending == "docx":
        with zipfile.ZipFile(BytesIO(content)) as packed:
            yield from (packed.read(name).decode() for name in packed.namelist() if name.endswith(".xml"))
    else:
        yield content.decode()


def found_in(record: AuditRecord, asked: ReportPlan, ending: str) -> list[str]:
    content = REPORT_FORMATS[ending].content(ReportedAudit(record, asked))
    # Markdown escapes points; a picture's places are no numbers of people, and its words stand in texts.
    plain = "\n".join(texts(ending, content)).replace(",", "").replace("\\", "")
    said = re.sub(r'(?:d|transform|x|y|x1|x2|y1|y2|width|height)="[^"]*"', "", plain)
    return [number for number in HIDDEN if number in said]


@pytest.mark.parametrize("ending", ["html", "docx", "xlsx", "md", "svg"])
def test_no_paper_holds_a_hidden_number(ending: str) -> None:
    record = record_of(plan_of(), selections(PEOPLE))
    asked = ReportPlan(readers=READERS)
    assert found_in(record, asked, ending), "it would be there"
    assert found_in(record, replace(asked, hide_small=True), ending) == []
    own = replace(record, plan=replace(record.plan, report=replace(asked, hide_small=True)))
    assert found_in(own, asked, ending) == [], "as the plan says, whoever writes it"
    assert "3777" not in as_text(result(own)) and "3777" in as_text(result(record))


def test_the_row_stays_and_says_that_it_is_hidden() -> None:
    record = record_of(plan_of(), selections(PEOPLE))
    page = REPORT_FORMATS["html"].content(ReportedAudit(record, ReportPlan(readers=READERS, hide_small=True))).decode()
    assert HIDES_SMALL in page and ">hidden<" in page and "hidden on request: fewer than 5 people" in page


MODEL = 'model = "m.onnx"\nthreshold = 0.5'
KEEP = 'keep = [{column = "a", in = ["x"]}, {column = "b", in = ["y"]}]'


@pytest.mark.parametrize(
    ("dropped", "near", "told"),
    [
        ((3, 0), 2, ("fewer than 5 were left out", "Fewer than 5 decisions could differ")),
        ((3, 70), 80, ("73 were left out", "80 decisions could differ")),
        ((30, 70), 80, ("100 were left out", "80 decisions could differ")),
    ],
)
def test_a_small_total_is_told_nowhere(dropped: tuple[int, int], near: int, told: tuple[str, str]) -> None:
    counts = labelled({"a": (300, 100, 100, 100), "b": (200, 100, 100, 100)})
    plain = record_of(plan_of(label=True, decision=MODEL, data=KEEP), counts, near=near)
    plain = replace(plain, dropped=dropped, rows_read=counts.people + sum(dropped))
    page = REPORT_FORMATS["html"].content(ReportedAudit(plain, ReportPlan(readers=READERS, hide_small=True))).decode()
    shown = result(plain.without_small_cells())
    assert all(words in page for words in told)
    is_small, few = 3 in dropped, sum(dropped) < 5
    assert shown["dropped"] == [None if is_small and n else n for n in dropped]
    assert shown["rows"]["read"] == (None if few else plain.rows_read)
    assert (f"{plain.rows_read:,}" not in page) is few
    assert shown["provenance"]["near_threshold"] == (None if near < 5 else near)
    assert result(plain)["dropped"] == list(dropped)


def test_what_else_was_considered_is_withheld_as_fixes_are() -> None:
    tried = Registers(alternatives=(Alternative("one cut-off a group", disparity="1.2 points (0.1 to 2.3)"),))
    record = record_of(plan_of(), selections(PEOPLE))
    for hides in (True, False):
        asked = ReportPlan(readers=READERS, hide_small=hides)
        page = REPORT_FORMATS["html"].content(ReportedAudit(record, asked, registers=tried)).decode()
        assert ("1.2 points" in page) is not hides and page.count(FIXES_HIDDEN) == hides


def test_no_digest_of_the_record_lets_a_hidden_number_be_guessed() -> None:
    record = record_of(plan_of(), selections(PEOPLE))
    for hides in (True, False):
        asked = ReportPlan(readers=READERS, hide_small=hides)
        page = REPORT_FORMATS["html"].content(ReportedAudit(record, asked)).decode()
        assert (record.digest in page) is not hides


def test_what_is_hidden_is_neither_silent_nor_an_all_clear() -> None:
    """Of b too few people have the good outcome: who gets selected is told, who is wrongly denied is not."""
    record = record_of(plan_of(label=True), labelled({"a": (300, 100, 50, 350), "b": (2, 100, 2, 350)}))
    asked = ReportPlan(readers=READERS)
    pages = {
        hides: REPORT_FORMATS["html"].content(ReportedAudit(record, replace(asked, hide_small=hides))).decode()
        for hides in (False, True)
    }
    silent = "7 of 7 comparisons on other questions are hidden, so a gap among them is not told."
    assert "Gaps also on: " in pages[False] and silent not in pages[False]
    assert "Gaps also on: " not in pages[True] and silent in pages[True]
    limits = pages[True].partition('<section class="limits">')[2].partition("</section>")[0]
    rows = {found[0]: found[1:] for found in map(cells, limits.split("<tr>")[2:])}
    assert rows["false negative rate difference"][-3:] == ["1", "–, hidden", "–, hidden"]
    assert rows["disparate impact"][-3:] == ["1", "1", "1"], "what is shown is counted"


def cells(row: str) -> list[str]:
    """The texts of a row of a table."""
    return [re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]


def test_hidden_comparisons_are_counted_as_hidden() -> None:
    record = record_of(plan_of(), selections(PEOPLE))
    page = REPORT_FORMATS["html"].content(ReportedAudit(record, ReportPlan(hide_small=True))).decode()
    assert "All 2 comparisons on this question: Hidden: 2." in page and "Not measurable" not in page


def test_that_a_fix_is_left_out_is_said_only_where_one_was_looked_for() -> None:
    record, asked = record_of(plan_of(), selections(PEOPLE)), ReportPlan(hide_small=True)
    told = {
        fixes: REPORT_FORMATS["html"].content(ReportedAudit(record, asked, fixes=fixes)).decode()
        for fixes in ((), (FIX,))
    }
    assert FIXES_HIDDEN not in told[()] and "No fix was audited" in told[()]
    assert FIXES_HIDDEN in told[(FIX,)] and FIX.said not in told[(FIX,)]
