"""Tables of four calm months, and the command that follows them."""

import json
from pathlib import Path
from typing import Any

from core.cli import main
from tests.worlds.people import csv_text

PLAN = """plumbline = 1
[data]
file = "loans.csv"
[decision]
prediction = "approved"
favourable = "yes"
[groups]
sensitive = ["sex"]
reference = {{sex = "M"}}
[words]
selected = "approved"
{more}
"""
CALM = (160, 158, 162, 161)
Rows = list[tuple[str, ...]]


def rows(women: int, month: int) -> Rows:
    """400 women and 400 men of a month, so many of the women and 180 of the men approved."""
    return [
        (sex, "yes" if i < k else "no", f"2026-{month:02}-{i % 28 + 1:02}")
        for sex, k in (("F", women), ("M", 180))
        for i in range(400)
    ]


def put(folder: Path, name: str, table: Rows) -> None:
    (folder / name).write_text(csv_text(("sex", "approved", "day"), table))


def with_months(folder: Path) -> Path:
    """The folder with the plan and a table for each calm month."""
    (folder / "plan.toml").write_text(PLAN.format(more=""))
    for month, women in enumerate(CALM, start=1):
        put(folder, f"loans-2026-{month:02}.csv", rows(women, month))
    return folder


def monitored(folder: Path, *data: str) -> int:
    patterns = data or (str(folder / "loans-*.csv"),)
    return main(["monitor", str(folder / "plan.toml"), "--data", *patterns, "--out", str(folder / "out")])


def series(folder: Path, out: str = "out") -> dict[str, Any]:
    return dict(json.loads((folder / out / "series.json").read_text(encoding="utf-8")))
