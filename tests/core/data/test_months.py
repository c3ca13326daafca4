"""A month is cut out of a table by a column of dates, however they are written; what is in doubt is refused."""

import datetime
import io
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.cell_reading.months import months
from core.data.column_days import MOST_MONTHS, DetectedDays
from core.data.dataset import Dataset
from core.data.filters import filters, select
from core.data.profile import Profile
from core.errors import DataError
from core.plan.notation.dates import read_days
from core.plan.plan import Plan
from tests.worlds.people import csv_text, dataset_of, plan_of

NO_DATE = ("2026-02-30", "2026-13-01", "2026-00-10", "2026-03-00", "31.04.2026", "26-03-15", "2026-03/15",
    "1899-12-31",
    "Foo 3, 2026", "2026-03-15 someday", "00/00/2026", "", "March", "12345")  # fmt: skip
MARCH = ("2026-03-15", " 2026-03-15 ", "2026/03/15", "2026.3.5", "15.03.2026", "15/03/2026", "03-15-2026",
    "2026-03-31T23:59:59",
    "2026-03-31 23:59:59.999999Z", "2026-03-31T23:59:59+02:00", "15.03.2026 10:00", "3/15/2026, 1:05 PM", "20260315",
    "15 March 2026", "15-Mar-2026", "15. mar 2026", "March 15, 2026", "Mar 15th, 2026", "2026-03", "March 2026",
    "2026\u5e743\u670815\u65e5", "2026\u5e743\u6708", "03/03/2026")  # fmt: skip


def dates(folder: Path, *cells: str) -> Dataset:
    return dataset_of(csv_text(("date", "p"), [(cell, "1") for cell in cells]), folder)


def cut(dataset: Dataset, month: str, plan: Plan | None = None, at_once: int = 3) -> tuple[list[int], list[str]]:
    """The rows, from 1, that a month keeps, and what is said of the column."""
    plan = plan or plan_of()
    plan = replace(plan, data=plan.data.in_month("date", month))
    (rule,) = filters(plan, dataset)
    rows = [int(row) + 1 for batch in dataset.batches(("date",), at_once) for row in select((rule,), batch).kept.rows]
    return rows, list(rule.known)


@pytest.mark.parametrize("cell", MARCH)
def test_every_spelling_of_a_day_is_in_its_month(cell: str) -> None:
    (number,) = read_days(pa.array([cell])).numbers("").tolist()
    assert number // 100 == 202603


@pytest.mark.parametrize("cell", NO_DATE)
def test_what_is_no_day_of_the_calendar_is_in_no_month(cell: str) -> None:
    for order in ("", "day", "month"):
        assert read_days(pa.array([cell])).numbers(order).tolist() == [0]  # type: ignore[arg-type]


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)))
def test_a_day_written_in_any_order_is_the_same_day(day: datetime.date) -> None:
    number = day.year * 10_000 + day.month * 100 + day.day
    iso, dotted, american = (day.strftime(f) for f in ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y"))
    assert read_days(pa.array([iso])).numbers("").tolist() == [number]
    assert read_days(pa.array([dotted, iso])).numbers("day").tolist() == [number, number]
    assert read_days(pa.array([american, iso])).numbers("month").tolist() == [number, number]
    undecided = day.day <= 12 and day.day != day.month
    assert read_days(pa.array([dotted, american])).numbers("").tolist() == [0 if undecided else number] * 2


def test_a_profile_tells_months_with_their_rows_and_its_ends_and_survives_json(tmp_path: Path) -> None:
    profile = dates(
        tmp_path, "2026-02-10", "2026-03-02", "2026-03-30", "", "NA", "2026-02-03", *["2026-04-01"] * 9
    ).profile
    assert months(profile, "date") == DetectedDays(
        first="2026-02-03", last="2026-04-01", months=(("2026-02", 2), ("2026-03", 2), ("2026-04", 9))
    )
    assert Profile.from_json(profile.to_json()) == profile and profile.column("p").days is None


def test_the_rows_of_a_month_are_kept_and_those_without_a_day_are_in_none(tmp_path: Path) -> None:
    dataset = dates(tmp_path, "2026-03-01", "2026-04-01", "", "2026-03-31", "NA", "2025-03-10")
    assert cut(dataset, "2026-03") == ([1, 4], [])


def test_a_cell_that_decides_the_order_stands_for_the_whole_column_wherever_it_stands(tmp_path: Path) -> None:
    early = [f"0{i % 9 + 1}/04/2026" for i in range(70_000)]
    day_first = dates(tmp_path, *early, "13/04/2026")
    assert (months(day_first.profile, "date").order, len(cut(day_first, "2026-04", at_once=10_000)[0])) == (
        "day",
        70_001,
    )
    american = dates(tmp_path, "03/04/2026", "03/13/2026", "04/03/2026")
    assert (months(american.profile, "date").order, cut(american, "2026-03")[0]) == ("month", [1, 2])


REFUSED = {
    "ambiguous": (("03/04/2026", "05/06/2026"), '"03/04/2026", and no cell says which number is the day.'),
    "both orders": (("13/04/2026", "04/13/2026", "01/01/2026"), '"13/04/2026" has the day first, "04/13/2026"'),
    "no dates": (("red", "green"), 'column "date" holds too few dates that can be read, such as "green". Write'),
    "mostly no dates": (("2026-03-01", "x", "y", "z"), "holds too few dates that can be read"),
    "nothing": (("", "NA"), "holds too few dates that can be read"),
    "another month": (("2026-03-01", "2026-05-01"), 'no row has a day of April 2026 in "date". Its months are: 2026'),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_read_for_certain_is_refused_in_words(why: str, tmp_path: Path) -> None:
    cells, words = REFUSED[why]
    with pytest.raises(DataError) as refusal:
        cut(dates(tmp_path, *cells), "2026-04")
    assert words in str(refusal.value)


def test_a_cell_that_is_no_date_is_told_by_its_row(tmp_path: Path) -> None:
    dataset = dates(tmp_path, *["2026-03-01"] * 20, "soon", "2026-02-30")
    rows, known = cut(dataset, "2026-03")
    assert rows == list(range(1, 21))
    assert known == ['keep: 2 cell(s) of "date" are no dates, so their rows are in no month (row 21, 22)']


def test_a_date_that_means_not_known_is_in_no_month(tmp_path: Path) -> None:
    content = csv_text(("date", "p"), [("1900-01-01", "1"), ("2026-03-01", "1")])
    assert cut(dataset_of(content, tmp_path, ("1900-01-01",)), "1900-01")[0] == []


def test_rows_without_a_place_in_the_header_shift_the_row_that_is_named(tmp_path: Path) -> None:
    lines = ["date,p", *["2026-03-01,1"] * 20, "2026-03-01,1,2", "soon,1"]
    assert cut(dataset_of("\n".join(lines), tmp_path), "2026-03")[1] == [
        'keep: 1 cell(s) of "date" are no dates, so their rows are in no month (row 22)'
    ]


def test_birth_dates_have_ends_and_an_order_but_no_list_of_months(tmp_path: Path) -> None:
    cells = [f"{1900 + i // 12}-{i % 12 + 1:02}-17" for i in range(MOST_MONTHS + 1)]
    days = months(dates(tmp_path, *cells).profile, "date")
    assert (days.months, days.first, days.last) == ((), "1900-01-17", "1950-01-17")
    assert cut(dates(tmp_path, *cells), "1900-02")[0] == [2]


BERLIN = "Europe/Berlin"
DAYS = [datetime.datetime(2026, 3, 31, 23, 30), datetime.datetime(2026, 4, 1), None]


def parquet(array: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"date": array, "p": ["1"] * len(array)}), buffer)
    return buffer.getvalue()


def workbook() -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    for row in (("date", "p"), *((day, 1) for day in DAYS)):
        book.active.append(row)
    book.save(buffer)
    return buffer.getvalue()


FILES = {
    **{unit: lambda unit=unit: parquet(pa.array(DAYS, pa.timestamp(unit))) for unit in ("s", "ms", "us", "ns")},
    "date32": lambda: parquet(pa.array([day and day.date() for day in DAYS], pa.date32())),
    "UTC": lambda: parquet(pa.array(DAYS, pa.timestamp("us", "UTC"))),
    "Berlin": lambda: parquet(
        pa.array([day and day.replace(tzinfo=ZoneInfo(BERLIN)) for day in DAYS], pa.timestamp("us", BERLIN))
    ),
    "workbook": workbook,
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_days_of_parquet_and_excel_are_in_the_month_that_the_file_shows(kind: str, tmp_path: Path) -> None:
    dataset = dataset_of(FILES[kind](), tmp_path)
    assert [cut(dataset, month)[0] for month in ("2026-03", "2026-04")] == [[1], [2]]
