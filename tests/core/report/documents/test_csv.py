"""Every number as CSV: all of them, exactly, and nothing that a spreadsheet would run."""

import csv
import io

import pytest

from core.record import AuditRecord
from core.report.documents.csv import COLUMNS, numbers_csv
from tests.worlds.records import decided, scored

FORMULA = '=HYPERLINK("http://evil.example","click")'


def rows_of(record: AuditRecord) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(numbers_csv(record.judgement()), newline="")))


@pytest.mark.parametrize(
    "record", [decided(), decided(label=False), scored()], ids=["decisions", "no outcome", "scores"]
)
def test_every_metric_and_every_gap_has_a_row_with_its_exact_value(record: AuditRecord) -> None:
    judgement, rows = record.judgement(), rows_of(record)
    metrics = [(g.group["g"], name, e.value) for g in judgement.groups for name, e in g.metrics.items()]
    gaps = [(gap.group["g"], gap.measure, gap.value) for gap in judgement.gaps]
    for kind, wanted in (("metric", metrics), ("gap", gaps)):
        found = [(row["group"], row["measure"], row["value"]) for row in rows if row["kind"] == kind]
        assert found == [(group, name, "" if value is None else repr(value)) for group, name, value in wanted]


def test_the_population_has_its_row() -> None:
    (row,) = [row for row in rows_of(decided()) if row["kind"] == "population"]
    assert row["measure"] == "theil_index" and float(row["value"]) > 0


def test_what_cannot_be_computed_is_empty_with_its_reason() -> None:
    rows = rows_of(decided({"a": (40, 20, 10, 30), "b": (0, 5, 0, 60)}))
    (row,) = [r for r in rows if (r["group"], r["measure"]) == ("b", "true_positive_rate")]
    assert row["value"] == "" and row["reason"] == "no one in this group has the good outcome"


def test_a_formula_in_a_group_name_is_text_in_every_cell() -> None:
    rows = rows_of(decided({FORMULA: (40, 20, 10, 30), "+b": (10, 5, 25, 60)}))
    cells = [cell for row in rows for cell in row.values()]
    assert f"'{FORMULA}" in cells and "'+b" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


def test_every_text_stands_in_quotation_marks_and_every_number_bare() -> None:
    header, *rows = list(csv.reader(io.StringIO(numbers_csv(decided().judgement())), quoting=csv.QUOTE_NONNUMERIC))
    assert header == list(COLUMNS)  # read so, whatever is not in quotation marks is a number, or an error
    value, measure = COLUMNS.index("value"), COLUMNS.index("measure")
    assert {type(row[value]) for row in rows} <= {float, str} and {type(row[measure]) for row in rows} == {str}


def test_the_header_names_each_column_once() -> None:
    header = next(csv.reader(io.StringIO(numbers_csv(decided().judgement()))))
    assert header == list(COLUMNS) and len(set(header)) == len(header)
