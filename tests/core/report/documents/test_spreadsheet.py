"""CSV that a spreadsheet shows and never computes, whichever sign it splits at."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.report.documents.spreadsheet import csv_text, defused

FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")


@pytest.mark.parametrize(
    "cell", ["=1+1", "+x", "-x", "@SUM(A1)", "\tx", "\rx", "\nx", " =1", "\u00a0=1", "＝1+1", "-1+1", "+1-1"]
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    assert defused(cell) == f"'{cell}"


@pytest.mark.parametrize(
    ("cell", "shown"), [("a;=1+1", "a;'=1+1"), ("a; @x;-y", "a; '@x;'-y"), ("a\t=1", "a\t'=1"), ("\t=1", "'\t'=1")]
)
def test_also_where_a_cell_begins_in_the_middle_of_one(cell: str, shown: str) -> None:
    assert defused(cell) == shown


@pytest.mark.parametrize("cell", [-0.25, -3, "-3", "+4.5", "1e-9", "-1e-9", "under 25", "", True, "a-b; c", "A = B"])
def test_numbers_and_plain_text_stay_what_they_are(cell: object) -> None:
    assert defused(cell) == cell


CELLS = st.text(st.sampled_from('=+-@;,\t\n\r" ab1＝'), max_size=8)


@given(st.lists(CELLS, min_size=1, max_size=4))
def test_no_cell_begins_with_a_formula_at_whatever_sign_a_line_is_split(cells: list[str]) -> None:
    text = csv_text([cells])
    (row,) = csv.reader(io.StringIO(text, newline=""))
    assert len(row) == len(cells)
    for cell in row:
        for piece in re.split(r"[;\t]", cell):
            assert not FORMULA.match(piece) or re.fullmatch(r"\s*[+-]?[0-9.]+\s*", piece), text


def test_texts_are_in_quotation_marks_and_numbers_bare() -> None:
    assert csv_text([["a", 1, 0.1, None, True, 'b "c"']], "\n") == '"a",1,0.1,"","True","b ""c"""\n'
