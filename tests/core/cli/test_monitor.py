"""`plumbline monitor`: each table once, a broken one named, an alarm in the exit code, and the same after a kill."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pyarrow.csv import read_csv
from pyarrow.parquet import write_table

from core.cli import main
from tests.worlds.jobs.supervised import until
from tests.worlds.monitored import CALM, PLAN, monitored, put, rows, series, with_months
from tests.worlds.people import csv_text

pytestmark = pytest.mark.jobs

ROOT = Path(__file__).resolve().parents[3]
PLUMBLINE = Path(sys.executable).with_name("plumbline")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return with_months(tmp_path)


def test_tables_are_audited_in_order_of_time_and_each_has_its_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert monitored(folder) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[:4] == [f"loans-2026-0{month}.csv: audited, 800 people." for month in range(1, 5)]
    assert out[4] == "Since January 2026 nothing has changed that chance would not explain."
    found = series(folder)
    assert [each["period"] for each in found["audits"]] == ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert found["sentence"] == out[4] and not found["alarm"] and found["ready"] and found["failed"] == []
    (gap,) = found["gaps"]
    assert gap["group"] == {"sex": "F"} and gap["points"][3]["value"] == pytest.approx((161 - 180) / 400)


def test_a_table_is_audited_once_whatever_it_is_called(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert monitored(folder) == 0
    before = {path: path.stat().st_mtime_ns for path in (folder / "out" / "audits").rglob("*.json")}
    first = series(folder)
    (folder / "loans-again\nNothing has changed.csv").write_bytes((folder / "loans-2026-01.csv").read_bytes())
    capsys.readouterr()
    assert monitored(folder) == 0
    said = capsys.readouterr().out
    line = "loans-again\\nNothing has changed.csv: the same as loans-2026-01.csv, audited once, 800 people."
    assert line in said.splitlines(), "no forged line"
    assert {path: path.stat().st_mtime_ns for path in (folder / "out" / "audits").rglob("*.json")} == before
    assert series(folder) == first


def test_an_alarm_is_the_exit_code_and_a_broken_table_is_named_while_others_are_audited(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "loans-2026-03.csv").write_text("sex,approved\nF,yes,too,many\n")
    assert monitored(folder) == 2
    said = capsys.readouterr()
    assert said.err.startswith("plumbline: loans-2026-03.csv") and said.err.count("\n") == 1
    assert series(folder)["failed"] == ["loans-2026-03.csv"] and len(series(folder)["audits"]) == 3
    put(folder, "loans-2026-05.csv", rows(40, 5))
    assert monitored(folder) == 1
    said = capsys.readouterr()
    assert "Since May 2026 the gap between women and men has grown" in said.out and "loans-2026-03.csv" in said.err
    assert series(folder)["gaps"][0]["since"] == "2026-05"


def test_a_table_with_a_column_of_dates_is_cut_into_months(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "plan.toml").write_text(PLAN.format(more='[monitor]\ndate = "day"'))
    put(folder, "all.csv", [row for month, women in enumerate(CALM, start=1) for row in rows(women, month)])
    assert monitored(folder, str(folder / "all.csv")) == 0
    assert "all.csv: audited, 4 months, 3,200 people." in capsys.readouterr().out
    cut = series(folder)
    assert [each["period"] for each in cut["audits"]] == ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert monitored(folder, str(folder / "all.csv")) == 0
    assert "all.csv: audited before, 4 months" in capsys.readouterr().out and series(folder) == cut
    (folder / "plan.toml").write_text(PLAN.format(more=""))
    assert (
        main(["monitor", str(folder / "plan.toml"), "--data", str(folder / "loans-*.csv"), "--out", str(folder / "x")])
        == 0
    )
    assert series(folder, "x")["gaps"] == cut["gaps"]


def test_two_tables_with_the_same_months_are_told_and_two_of_one_name_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "plan.toml").write_text(PLAN.format(more='[monitor]\ndate = "day"'))
    put(folder, "north.csv", rows(160, 1))
    put(folder, "south.csv", rows(150, 1))
    assert monitored(folder, str(folder / "north.csv"), str(folder / "south.csv")) == 0
    assert "2026-01: audited in several tables, of which the one" in capsys.readouterr().out
    (folder / "more").mkdir()
    put(folder / "more", "north.csv", rows(161, 1))
    assert monitored(folder, str(folder / "north.csv"), str(folder / "more" / "*.csv")) == 2
    assert "Two tables are called north.csv" in capsys.readouterr().err


def test_the_first_tables_comparison_group_and_edges_serve_the_others(tmp_path: Path) -> None:
    plan = PLAN.replace('prediction = "approved"', 'score = "score"').replace('favourable = "yes"', "threshold = 0.5")
    (tmp_path / "plan.toml").write_text(plan.replace('reference = {{sex = "M"}}', "").format(more=""))
    header = ("sex", "score", "day")
    for month, (women, men) in enumerate(((100, 200), (200, 100)), start=1):
        table = [
            (sex, f"{(i * 37 % 1999) / 1999 * month:.6f}", "")
            for sex, n in (("F", women), ("M", men))
            for i in range(n * 10)
        ]
        (tmp_path / f"loans-2026-{month:02}.csv").write_text(csv_text(header, table))
    assert monitored(tmp_path) == 0
    records = [
        json.loads((tmp_path / "out" / "audits" / each["data_sha256"] / "record.json").read_text())
        for each in series(tmp_path)["audits"]
    ]
    assert records[0]["references"] == records[1]["references"] == [{"by": ["sex"], "values": ["M"]}]
    edges = [next(line for line in record["plan"].splitlines() if line.startswith("edges")) for record in records]
    assert edges[0] == edges[1]


@pytest.mark.parametrize(
    ("more", "data", "says"),
    [
        ("", "none-*.csv", "No file is named by --data"),
        ('[monitor]\nwatch = [{measure = "average_abs_odds_difference", by = "sex", group = "F"}]', "", "no direction"),
        ('[monitor]\nwatch = [{measure = "accuracy_difference", by = "sex", group = "F"}]', "", "names no label"),
    ],
)
def test_what_cannot_be_watched_is_refused_before_anything_is_audited(
    folder: Path, more: str, data: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "plan.toml").write_text(PLAN.format(more=more))
    assert monitored(folder, *([str(folder / data)] if data else [])) == 2
    said = capsys.readouterr()
    assert says in said.err and said.err.count("\n") == 1 and not (folder / "out" / "audits").exists()


def test_a_folder_of_another_question_and_a_damaged_audit_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = str(folder / "loans-2026-01.csv")
    assert monitored(folder, one) == 0
    plan = (folder / "plan.toml").read_text()
    (folder / "plan.toml").write_text(plan.replace('"yes"', '"no"'))
    assert monitored(folder, one) == 2
    assert "another question" in capsys.readouterr().err
    (folder / "plan.toml").write_text(plan)
    (record,) = (folder / "out" / "audits").glob("*/record.json")
    record.write_text("{")
    assert monitored(folder, one) == 2
    assert f"Or remove {record.parent}" in capsys.readouterr().err


def test_hostile_names_are_spelled_out_on_a_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(folder, "loans-\x1b[2J.csv", rows(160, 1))
    assert monitored(folder, str(folder / "loans-\x1b*.csv")) == 0
    said = capsys.readouterr().out
    assert "\x1b" not in said and r"loans-\x1b[2J.csv: audited" in said


def test_the_lines_for_cron_systemd_and_a_schedule_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = (ROOT / "core" / "cli" / "monitor" / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"\.venv/bin/plumbline (monitor plan\.toml .+)$", words, re.MULTILINE)
    assert len(lines) == 3
    monkeypatch.chdir(folder)
    for name in [path.name for path in folder.glob("*.csv")]:
        (folder / name).rename(folder / name.replace(".csv", ".parquet"))
    for path in folder.glob("*.parquet"):
        write_table(read_csv(path), path)
    for line in lines:
        assert main(shlex.split(line)) == 0
    keys = set(re.findall(r"`(\w+)`", " ".join(row for row in words.splitlines() if row.startswith("| `"))))
    document = json.loads((folder / "series" / "series.json").read_text())
    gap = document["gaps"][0]
    assert {*document, *gap, *document["audits"][0], *gap["points"][0]} - {"plumbline"} <= keys


def same(document: Mapping[str, Any]) -> dict[str, Any]:
    """A series without when and how long each audit ran."""
    audits = [{key: each[key] for key in ("period", "file", "data_sha256", "people")} for each in document["audits"]]
    return {**document, "audits": audits}


@pytest.mark.crash
def test_killed_in_the_middle_and_run_again_it_gives_the_same_series(folder: Path) -> None:
    (folder / "loans-2026-04.csv").unlink()  # three are enough to have a middle
    assert monitored(folder) == 0
    begun = subprocess.Popen(
        [PLUMBLINE, "monitor", "plan.toml", "--data", "loans-*.csv", "--out", "killed"],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    until(lambda: any((folder / "killed" / "audits").glob("*")))
    begun.kill()
    assert begun.wait(timeout=300) == -9
    begun.communicate()
    assert not (folder / "killed" / "series.json").exists()
    assert 0 < len(list((folder / "killed" / "audits").iterdir())) < 3
    (folder / "killed" / ".part-left").mkdir()
    again = subprocess.run(
        [PLUMBLINE, "monitor", "plan.toml", "--data", "loans-*.csv", "--out", "killed"],
        cwd=folder, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert again.returncode == 0 and "loans-2026-01.csv: audited before" in again.stdout
    assert same(series(folder, "killed")) == same(series(folder))
    assert not list((folder / "killed").glob(".part-*"))
