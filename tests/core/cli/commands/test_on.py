"""`plumbline audit --on`: a cluster counts, and a run whose command was killed is taken up again."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from core.cli import main
from core.engine.shards import shard
from tests.core.cli.commands.test_workers import results
from tests.worlds.clusters import without_the_extra
from tests.worlds.jobs.supervised import until
from tests.worlds.loan_files import put_loans

pytestmark = pytest.mark.jobs


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plan about 800 people, whose table has parts of 200 rows."""
    monkeypatch.setattr(shard, "SHARD_ROWS", 200)
    return put_loans(tmp_path, 120) / "plan.toml"


def test_the_results_are_those_of_one_process(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts, whole = plan.parent / "parts", plan.parent / "whole"
    assert main(["audit", str(plan), "--on", "local", "--workers", "2", "--out", str(parts)]) == 0
    said = capsys.readouterr()
    assert "\nCounted in 4 parts on a cluster of this machine.\n" in said.out and not said.err
    assert main(["audit", str(plan), "--out", str(whole)]) == 0
    assert results(parts) == results(whole)


@pytest.mark.parametrize("on", ["tcp://10.0.0.1:8786", "10.0.0.1:8786", "http://x", "", "tcp://127.0.0.1:8786"])
def test_a_cluster_without_encryption_is_refused(plan: Path, on: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(plan), "--on", on]) == 2
    assert f"{on!r} names no cluster that is encrypted. Give tls://HOST:PORT" in capsys.readouterr().err


def test_without_the_extra_the_error_names_it(
    plan: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_the_extra(monkeypatch)
    assert main(["audit", str(plan), "--on", "local"]) == 2
    assert 'pip install --editable ".[cluster]"' in capsys.readouterr().err


KILLED = """
import sys
from core.engine.shards import shard
shard.SHARD_ROWS = 200
from core.cli import main
if __name__ == "__main__":
    main(sys.argv[1:])
"""


def test_a_command_that_was_killed_leaves_no_process_and_is_taken_up_again(
    plan: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLUMBLINE_KEYS", str(plan.parent / "keys"))
    ledger = plan.parent / "ledger.sqlite3"
    options = ["audit", str(plan), "--on", "local", "--workers", "1", "--ledger", str(ledger), "--out"]
    script = plan.parent / "command.py"
    script.write_text(KILLED)
    command = subprocess.Popen([sys.executable, str(script), *options, str(plan.parent / "killed")])
    started: list[psutil.Process] = []

    def counts() -> bool:
        started[:] = psutil.Process(command.pid).children(recursive=True)
        return _parts(ledger) > 0

    until(counts)
    command.kill()
    command.wait()
    until(lambda: not any(each.is_running() for each in started))
    kept = _parts(ledger)
    assert main([*options, str(plan.parent / "out")]) == 0
    assert f"; {kept} of them an earlier run had counted." in capsys.readouterr().out


def _parts(ledger: Path) -> int:
    """How many parts are kept beside a ledger."""
    import sqlite3

    try:
        with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as opened:
            return int(opened.execute("select count(*) from partials").fetchone()[0])
    except sqlite3.Error:
        return 0
    finally:
        if "opened" in locals():
            opened.close()
