"""`follow` in Python: the series that the command makes, from files and from tables in memory."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core import Plan, PlumblineError, follow
from core.cli import main
from core.report.documents.series import series_document

pytestmark = pytest.mark.jobs
PLAN = """plumbline = 1
[data]
file = "people.csv"
[decision]
score = "score"
threshold = 0.5
[groups]
sensitive = ["sex"]
"""


def table(seed: int, less: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    sex = np.where(np.arange(600) < 280, "F", "M")
    return pd.DataFrame({"sex": sex, "score": (rng.random(600) - less * (sex == "F")).clip(0, 1).round(3)})


def test_tables_in_memory_and_in_files_are_one_series_and_that_of_the_command(tmp_path: Path) -> None:
    months = {f"2026-0{at}.csv": table(at, 0.3 if at == 5 else 0) for at in (3, 1, 5, 2, 4)}
    for name, frame in months.items():
        frame.to_csv(tmp_path / name, index=False)
    (tmp_path / "plan.toml").write_text(PLAN)
    plan = Plan.load(tmp_path / "plan.toml")
    files = [tmp_path / name for name in months]
    assert main(["monitor", str(tmp_path / "plan.toml"), "--data", *map(str, files), "--out", str(tmp_path / "o")]) == 1
    by_command = json.loads((tmp_path / "o" / "series.json").read_text())
    in_memory, in_files = follow(plan, months), follow(plan, files)
    assert in_memory.periods == in_files.periods == ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05")
    for series in (in_memory, in_files):
        assert series.is_alarm and json.loads(json.dumps(series_document(series)["gaps"])) == by_command["gaps"]
    assert len({record.counts.axis.edges for record in in_memory.records}) == 1


def test_two_of_one_name_and_a_column_of_months_are_refused(tmp_path: Path) -> None:
    plan = Plan.from_toml(PLAN)
    with pytest.raises(PlumblineError, match="Two tables are called alike"):
        follow(plan, [tmp_path / "a" / "1.csv", tmp_path / "b" / "1.csv"])
    with pytest.raises(PlumblineError, match="plumbline monitor"):
        follow(Plan.from_toml(f'{PLAN}[monitor]\ndate = "day"'), {"1": table(1)})
