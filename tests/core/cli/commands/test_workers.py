"""`plumbline audit --workers N`: the same results, in parts, and a run that broke off is taken up again."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.cli.progress_line import progress_line
from core.engine.shards import shard
from core.engine.shards.driver import Driver
from core.engine.shards.engine import Delivered
from core.errors import JobError
from tests.worlds.loan_files import put_loans

pytestmark = pytest.mark.jobs


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plan about 800 people, whose table has parts of 200 rows."""
    monkeypatch.setattr(shard, "SHARD_ROWS", 200)
    return put_loans(tmp_path, 120) / "plan.toml"


def results(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "result.json").read_text())
    for key in ("seconds", "batch_size"):
        found["provenance"].pop(key)
    return found


def test_the_results_are_those_of_one_process(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts, whole = plan.parent / "parts", plan.parent / "whole"
    assert main(["audit", str(plan), "--workers", "2", "--out", str(parts)]) == 0
    said = capsys.readouterr().out
    assert main(["audit", str(plan), "--out", str(whole)]) == 0
    finding = capsys.readouterr().out.splitlines()[0]
    how = "Counted in 4 parts by 2 processes.\n"
    assert said.startswith(finding) and how in said and said.index(finding) < said.index(how)
    assert results(parts) == results(whole)


def test_a_run_that_broke_off_is_taken_up_where_a_ledger_is_named(
    plan: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["audit", str(plan), "--workers", "1", "--ledger", str(plan.parent / "ledger.sqlite3")]
    monkeypatch.setenv("PLUMBLINE_KEYS", str(plan.parent / "keys"))
    take_in = Driver._take_in

    def breaks_off(driver: Driver, event: Delivered) -> None:
        if event.shard.index == 3:
            raise JobError("The power went.")
        take_in(driver, event)

    with monkeypatch.context() as broken:
        broken.setattr(Driver, "_take_in", breaks_off)
        assert main([*command, "--out", str(plan.parent / "broken")]) == 2
    assert "The power went" in capsys.readouterr().err
    assert main([*command, "--out", str(plan.parent / "out")]) == 0
    assert "Counted in 4 parts by 1 process; 3 of them an earlier run had counted." in capsys.readouterr().out
    assert main([*command, "--out", str(plan.parent / "out")]) == 0
    assert "Counted in 4 parts by 1 process.\n" in capsys.readouterr().out


@pytest.mark.parametrize("workers", ["0", "-1", "two", "100000"])
def test_a_number_of_processes_that_is_none_is_refused(
    plan: Path, workers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["audit", str(plan), f"--workers={workers}"])
    assert ended.value.code == 2 and "is no number of processes" in capsys.readouterr().err


def test_a_small_table_and_two_audits_at_once_have_no_parts(
    plan: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shard, "SHARD_ROWS", 1 << 18)
    assert main(["audit", str(plan), "--workers", "2", "--out", str(plan.parent / "out")]) == 0
    said = capsys.readouterr()
    assert "\nOne process counted the table: it is too small to be parted.\n" in said.out and said.err == ""
    again = ["audit", str(plan), "--workers", "2", "--against", str(plan.parent / "out")]
    assert main([*again, "--out", str(plan.parent / "two")]) == 2
    assert "Leave one of them out" in capsys.readouterr().err


def test_a_terminal_shows_how_far_it_is_and_keeps_none_of_it(
    plan: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert main(["audit", str(plan), "--workers", "2", "--out", str(plan.parent / "out")]) == 0
    said = capsys.readouterr()
    written = said.err.split("\r\x1b[2K")
    assert any(re.match(r"(\d+) of \1 rows scored", line) for line in written)
    assert written[-1] == "" and "\n" not in said.err
    assert "scored" not in said.out


def test_the_time_left_is_told_from_what_this_run_did(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    clock = iter([0.0, 10.0, 20.0, 50.0])
    monkeypatch.setattr("core.cli.progress_line.time.monotonic", lambda: next(clock))
    with progress_line() as tell:
        assert tell is not None
        tell(4_000, 10_000, "rows scored")  # an earlier run had counted them
        tell(4_500, 10_000, "rows scored")
        tell(6_000, 10_000, "rows scored")
        tell(10_000, 10_000, "rows\x1b scored")
    assert capsys.readouterr().err.split("\r\x1b[2K")[1:] == [
        "4,000 of 10,000 rows scored",
        "4,500 of 10,000 rows scored, about 2 minutes left",
        "6,000 of 10,000 rows scored, about 40 seconds left",
        r"10,000 of 10,000 rows\x1b scored",
        "",
    ]
