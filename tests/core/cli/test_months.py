"""`[data] keep` by a month from the command line: the same numbers as a table that holds only that month."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from tests.worlds.people import csv_text

pytestmark = pytest.mark.jobs

ROWS = [("fm"[i % 2], "1" if i % (3 + i % 2) else "0", f"{i % 28 + 1:02}/0{i % 3 + 3}/2026") for i in range(600)]
PLAN = """plumbline = 1
[data]
file = "{table}.csv"
keep = [{keep}]
[decision]
prediction = "p"
favourable = 1
[groups]
sensitive = ["g"]
"""


def audited(folder: Path, table: str, keep: str = "") -> dict[str, Any]:
    plan, out = folder / f"{table}.toml", folder / f"{table} out"
    plan.write_text(PLAN.format(table=table, keep=keep))
    assert main(["audit", str(plan), "--out", str(out)]) == 0
    return dict(json.loads((out / "result.json").read_text()))


def test_a_month_of_a_year_s_table_is_audited_as_its_own_table_would_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "year.csv").write_text(csv_text(("g", "p", "day"), [*ROWS, ("f", "1", "soon")]))
    (tmp_path / "april.csv").write_text(csv_text(("g", "p", "day"), [row for row in ROWS if row[2][3:5] == "04"]))
    year = audited(tmp_path, "year", '{column = "day", month = "2026-04"}')
    assert year["groups"] == audited(tmp_path, "april")["groups"]
    assert 'cell(s) of "day" are no dates, so their rows are in no month (row 601)' in capsys.readouterr().out
    assert year["rows"]["read"] - year["rows"]["kept"] == 401
