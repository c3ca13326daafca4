"""`audit(plan, workers=..., on=...)`: parts counted by processes or by a cluster give the record of one process."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core import ClusterKeys, Plan, PlumblineError, audit
from core.engine.shards import shard
from tests.core.test_api import numbers
from tests.worlds.clusters import without_the_extra
from tests.worlds.loan_files import put_loans

pytestmark = pytest.mark.jobs
NO_KEYS = ClusterKeys(ca="no.pem", certificate="no.pem", key="no.pem")
TLS = "tls://10.0.0.1:8786"


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """A plan about 800 people, whose table has parts of 200 rows."""
    monkeypatch.setattr(shard, "SHARD_ROWS", 200)
    return Plan.load(put_loans(tmp_path, 120) / "plan.toml")


@pytest.mark.parametrize("asked", [{"workers": 3}, {"on": "local", "workers": 2}])
def test_the_record_is_that_of_one_process(plan: Plan, asked: dict[str, Any]) -> None:
    steps = list[tuple[int, int, str]]()
    found = audit(plan, **asked, progress=lambda *step: steps.append(step))
    assert numbers(found) == numbers(audit(plan))
    assert (800, 800, "rows scored") in steps
    assert "count" in found.provenance.seconds


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"workers": 0}, "workers is 0. Give how many processes count, from 1 to 512"),
        ({"workers": 513}, "workers is 513"),
        ({"workers": True}, "workers is True"),
        ({"workers": 2.0}, "workers is 2.0"),
        ({"workers": 0, "on": "local"}, "workers is 0"),
        ({"devices": ("cpu", "cpu"), "workers": 2}, "goes without workers"),
        ({"devices": ("cpu", "cpu"), "on": "local"}, "goes without on"),
        ({"devices": "cuda:0,cuda:1"}, "devices is 'cuda:0,cuda:1'. Give one name or more"),
        ({"devices": ()}, "Give one name or more"),
        ({"devices": 2}, "devices is 2"),
        ({"devices": ("cpu", 1)}, "1 is no device"),
        ({"devices": ("cuda:0", "cuda:0")}, "names cuda:0 2 times"),
        ({"on": "tcp://10.0.0.1:8786"}, "names no cluster that is encrypted. Give tls://HOST:PORT, or 'local'"),
        ({"on": "tls://10.0.0.1"}, "names no cluster"),
        ({"on": "tls://10.0.0.1:99999"}, "names no cluster"),
        ({"on": "tls://[10.0.0.1:8786"}, "names no cluster"),
        ({"on": Path("local")}, "names no cluster"),
        ({"on": 8786}, "names no cluster"),
        ({"on": TLS, "workers": 2}, "the cluster has its own"),
        ({"on": TLS}, r"needs keys=ClusterKeys\(ca=...\) \(or PLUMBLINE_TLS_CA\)"),
        ({"on": TLS, "keys": NO_KEYS}, "no.pem is no file"),
        ({"keys": NO_KEYS}, "on names none"),
        ({"on": "local", "keys": NO_KEYS}, "on names none"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(plan: Plan, asked: dict[str, Any], words: str) -> None:
    with pytest.raises(PlumblineError, match=words):
        audit(plan, **asked)


def test_without_the_extra_the_error_names_it(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    without_the_extra(monkeypatch)
    with pytest.raises(PlumblineError, match=r"plumbline\[cluster\]"):
        audit(plan, on="local")


UNGUARDED = """
import sys
from core import Plan, audit
from core.engine.shards import shard
shard.SHARD_ROWS = 200
audit(Plan.load(sys.argv[1]), on="local", workers=1)
"""


def test_a_script_that_the_clusters_processes_would_run_again_is_told(plan: Plan, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(UNGUARDED)
    command = [sys.executable, str(script), str(tmp_path / "plan.toml")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert 'In a script, call it under if __name__ == "__main__"' in ended.stderr.splitlines()[-1]
