"""Which device a model runs on, and what becomes of an audit whose GPU fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core import Plan, audit
from core.errors import JobError
from core.jobs.machine import asked_device
from core.metrics.words.notes import text
from core.models.device import ASKED, chosen_device, or_on_the_cpu
from core.models.opening import open_chosen
from tests.worlds.jobs.forked import shared_line

BEST = "cuda" if Path("/dev/nvidiactl").exists() else "cpu"
IN_THE_MIDDLE = """
import os, pathlib
from tests.worlds import half_a_device
half_a_device.bring()
from core import Plan, audit
from core.metrics.words.notes import text
from core.models.device import chosen_device
plan = Plan.load("core/samples/loans.toml")
before = audit(plan)
os.environ["PLUMBLINE_DEVICE"] = half_a_device.NAME
assert chosen_device().name == half_a_device.NAME, "it passes the first computation"
after = audit(plan)
assert after.provenance.device == "cpu" and after.decided_sha256 == before.decided_sha256
assert (after.counts.n == before.counts.n).all() and (after.counts.sums == before.counts.sums).all()
print(*(text(note) for note in after.notes if note not in before.notes), sep="\\n")
"""
IN_A_PART = """
import os, pathlib
from tests.worlds import half_a_device
from tests.worlds.jobs.forked import fork_jobs
half_a_device.bring()
fork_jobs(True, line=os.environ.get("LINE"))
from core import Plan
from core.engine.plan_files import Files
from core.engine.shards.audit import audit_in_parts
from core.engine.shards.engine import PartialsInMemory
from core.metrics.words.notes import text
from tests.worlds.shard_engines import here
plan = Plan.load(pathlib.Path("core/samples/loans.toml").resolve())
def some_wobble(work):
    engine = here(1)(work)
    count = engine.submit
    def submit(chunk, is_last):
        os.environ["PLUMBLINE_DEVICE"] = half_a_device.NAME if chunk[0].index == 2 else "cpu"
        count(chunk)
        os.environ["PLUMBLINE_DEVICE"] = "cpu"
    engine.submit, engine.workers = submit, 3
    return engine
def audited(engine):
    with audit_in_parts(plan, Files.beside(plan, plan.folder), engine, PartialsInMemory(), each=400) as found:
        return found.record
os.environ["PLUMBLINE_DEVICE"] = "cpu"
before, after = audited(here(1)), audited(some_wobble)
assert (after.counts.n == before.counts.n).all() and (after.counts.sums == before.counts.sums).all()
print(*(text(note) for note in after.notes if note not in before.notes), sep="\\n")
"""


@pytest.mark.parametrize(("asked", "there"), [(None, BEST), ("cpu", "cpu")])
def test_the_setting_stands_above_the_best_there_is(
    asked: str | None, there: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ASKED, asked) if asked else monkeypatch.delenv(ASKED, raising=False)
    assert (chosen_device().name, chosen_device().instead) == (there, "")


@pytest.mark.parametrize("asked", ["cuda:99", "meta", "no such thing"])
def test_a_device_that_cannot_compute_is_said_and_the_cpu_is_used(
    asked: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ASKED, asked)
    model = open_chosen(root / "core" / "samples" / "loans.pt2", "loans.pt2")
    assert model.device == "cpu"
    assert model.warnings[-1].startswith(f"The model ran on the CPU, because the GPU ({asked}) failed: ")
    record = audit(Plan.load(root / "core" / "samples" / "loans.toml"))
    assert record.provenance.device == "cpu"
    assert model.warnings[-1] in map(text, record.notes)


@pytest.mark.jobs
@pytest.mark.parametrize("script", [IN_THE_MIDDLE, IN_A_PART], ids=["the whole", "a part"])
def test_a_device_that_fails_in_the_middle_changes_no_count_and_is_said(root: Path, script: str) -> None:
    line = shared_line()  # its jobs are forked as those of this process are
    there = os.environ | {"PYTHONPATH": str(root)} | ({} if line is None else {"LINE": str(line)})
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=root,
        env=there,
        pass_fds=[] if line is None else [line],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    assert done.stdout.startswith("The model ran on the CPU, because the GPU (wobbly) failed: Could not run")


def test_what_fails_on_the_cpu_fails_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ASKED, "cpu")
    tries = []

    def work() -> None:
        tries.append(1)
        raise RuntimeError("it is the model's fault")

    with pytest.raises(RuntimeError, match="the model's fault"):
        or_on_the_cpu(work)
    assert len(tries) == 1


def test_a_setting_that_is_no_device_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ASKED, "gpu")
    with pytest.raises(JobError, match="Give cpu, cuda, or cuda:1"):
        asked_device()
