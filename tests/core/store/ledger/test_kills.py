"""Killed at random moments while it appends, on a full disk, in a folder that nobody may write to."""

import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.store.ledger import rows
from core.store.ledger.checking import problems
from core.store.ledger.key_folder import KeyFolder
from core.store.ledger.ledger import Ledger
from tests.core.store.ledger.conftest import Opened

KILLS = int(os.environ.get("PLUMBLINE_KILLS", "6"))
LONGEST_SECONDS = 0.06
_APPENDS = """
import sys
from pathlib import Path
from core.store.ledger.key_folder import KeyFolder
from core.store.ledger.ledger import Ledger
ledger = Ledger(sys.argv[1], KeyFolder(Path(sys.argv[2])))
for n in range(int(sys.argv[3]), 10**6):
    ledger.append("note", {"n": n, "filling": "x" * 5000}, f"note/{n}")
    print(n, flush=True)
"""
# A process that is told of this or that by its limits, and not by rights that root does not need.
_TRIES = """
import os, resource, signal, sys
from pathlib import Path
from core.store.ledger.key_folder import KeyFolder
from core.store.ledger.ledger import Ledger, LedgerError
warm = Ledger(sys.argv[1] + ".warm", KeyFolder(Path(sys.argv[2] + "warm")))
warm.append("note", {})  # imports everything, which nobody may not do
if sys.argv[3] == "nobody":
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
else:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
ledger = Ledger(sys.argv[1], KeyFolder(Path(sys.argv[2])))
try:
    for n in range(200):
        ledger.append("note", {"n": n, "filling": "x" * 5000})
except LedgerError as problem:
    print(problem)
"""


@pytest.mark.crash
def test_nothing_acknowledged_is_lost_wherever_it_is_killed(url: str, opened: Opened, tmp_path: Path) -> None:
    chance, acknowledged = random.Random(13), -1
    for _ in range(KILLS):
        command = [sys.executable, "-c", _APPENDS, url, str(tmp_path / "keys"), str(acknowledged + 1)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            first = process.stdout.readline()
            time.sleep(chance.uniform(0, LONGEST_SECONDS))
            process.kill()
            said = [int(line) for line in [first, *process.stdout] if line.endswith("\n")]
        acknowledged = said[-1]
        ledger = opened()
        assert problems(ledger) == []
        with ledger.reading() as (connection, _):
            there = [entry.body["n"] for entry in rows.entries(connection, 1)]
        assert there == list(range(len(there))) and acknowledged + 1 <= len(there) <= acknowledged + 2
        ledger.append("note", {"n": len(there)}, f"note/{len(there)}")
        acknowledged = len(there)
        ledger.close()


def told(tmp_path: Path, limit: str) -> str:
    """What is said where a process may not write, or not so much."""
    command = [sys.executable, "-c", _TRIES, str(tmp_path / "l" / "ledger.sqlite3"), str(tmp_path / "k"), limit]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_full_disk_ends_in_a_message_and_loses_nothing(tmp_path: Path) -> None:
    said = told(tmp_path, "300000")
    assert "Free some space" in said and said.count("\n") == 1
    ledger = Ledger(str(tmp_path / "l" / "ledger.sqlite3"), KeyFolder(tmp_path / "k"))
    assert problems(ledger) == []
    ledger.append("note", {"after": True})
    assert problems(ledger) == []
    ledger.close()
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_a_folder_that_cannot_be_written_to_ends_in_a_message(tmp_path: Path) -> None:
    for folder in (tmp_path / "l", tmp_path / "k"):
        folder.mkdir()
    for above in (tmp_path, *tmp_path.parents[:3]):
        if above != Path("/tmp"):
            above.chmod(0o755)
    said = told(tmp_path, "nobody")
    assert "can be written to" in said and said.count("\n") == 1
