"""`plumbline audit --workers N`: the same results, in parts, and a run that broke off is taken up again."""

import json
from pathlib import Path
from typing import Any

import pytest

from core import Plan, audit
from core.cli import main
from core.engine.shards import shard
from core.engine.shards.driver import Driver
from core.engine.shards.engine import Delivered
from core.errors import JobError, PlanError
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
    assert said.startswith("Counted in 4 parts by 2 processes.\n")
    assert main(["audit", str(plan), "--out", str(whole)]) == 0
    assert said.splitlines()[1] == capsys.readouterr().out.splitlines()[0]
    assert results(parts) == results(whole)
    assert audit(Plan.load(plan), workers=3).counts.n.tolist() == audit(Plan.load(plan)).counts.n.tolist()


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
    assert capsys.readouterr().out.startswith("One process counted the table: it is too small to be parted.\n")
    again = ["audit", str(plan), "--workers", "2", "--against", str(plan.parent / "out")]
    assert main([*again, "--out", str(plan.parent / "two")]) == 2
    assert "Leave one of them out" in capsys.readouterr().err
    with pytest.raises(PlanError, match="workers is 0"):
        audit(Plan.load(plan), workers=0)
