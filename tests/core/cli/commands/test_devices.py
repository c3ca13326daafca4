"""`plumbline audit --devices`: one process for each device, and a device that fails is said and costs nothing."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core import Plan, audit
from core.cli import main
from core.engine.shards import shard
from core.engine.shards.device_pools import device_pools
from core.engine.shards.engine import Chunk, ChunkEnded, CountingWork, Delivered
from core.engine.shards.local_pool import LocalPool
from core.engine.shards.shard import Shard
from core.errors import JobError
from core.jobs.machine import DEVICE
from core.metrics.words.notes import text
from core.samples import SAMPLES
from tests.core.cli.commands.test_workers import results
from tests.core.engine.shards.test_parts import running_jobs
from tests.core.test_api import numbers
from tests.worlds.jobs.forked import holding_jobs
from tests.worlds.jobs.supervised import until

pytestmark = pytest.mark.jobs
LOANS = SAMPLES["loans"].plan


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample's 2,000 people are four parts."""
    monkeypatch.setattr(shard, "SHARD_ROWS", 500)


def test_each_process_has_its_own_device_and_one_that_fails_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No machine has these two: each process says which one it was given, and counts on the CPU."""
    monkeypatch.setenv(DEVICE, "cpu")
    assert main(["audit", str(LOANS), "--workers", "2", "--out", str(tmp_path / "whole")]) == 0
    capsys.readouterr()
    assert main(["audit", str(LOANS), "--devices", "cuda:98,cuda:99", "--out", str(tmp_path / "parts")]) == 0
    said = capsys.readouterr().out
    assert "\nCounted in 4 parts by 2 processes, one each for cuda:98, cuda:99.\n" in said
    whole, found = results(tmp_path / "whole"), results(tmp_path / "parts")
    more = sorted(note["text"] for note in found["warnings"] if note not in whole["warnings"])
    for name, words in zip(("cuda:98", "cuda:99"), more, strict=True):
        assert words.startswith(f"The model ran on the CPU, because the GPU ({name}) failed: ") and words in said
    assert found | {"warnings": []} == whole | {"warnings": []}
    assert found["provenance"]["device"] == "cpu"


@pytest.mark.parametrize(
    ("asked", "where"),
    [({"devices": ("cuda:98", "cuda:99")}, "device_pools"), ({"workers": 2}, "local_pool")],
    ids=["devices", "workers"],
)
def test_a_gpu_that_takes_its_process_with_it_does_not_end_the_audit(
    asked: dict[str, Any], where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last try of a part is on the CPU, on whichever device its jobs died before."""
    killed = list[int]()

    class Mortal(LocalPool):
        def begin(self, chunk: Chunk, died_on: str | None) -> None:
            others = running_jobs(self.root)
            with holding_jobs("count"):
                super().begin(chunk, died_on)
                if chunk[0].index == 2 and died_on is None:
                    until(lambda: bool(set(running_jobs(self.root)) - set(others)))
                    killed.extend(set(running_jobs(self.root)) - set(others))
                    os.kill(killed[-1], signal.SIGKILL)

    monkeypatch.setattr(f"core.engine.shards.{where}.LocalPool", Mortal)
    monkeypatch.setenv(DEVICE, "cuda:98")
    found = audit(plan := Plan.load(LOANS), **asked)
    monkeypatch.setenv(DEVICE, "cpu")
    whole = audit(plan, workers=1)
    assert len(killed) == 2
    assert any("failed: its process died. " in words for words in map(text, found.notes))
    assert numbers(replace(found, notes=whole.notes)) == numbers(whole)


def test_a_job_may_die_whose_parts_another_has_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = Shard(0, 0, 500)
    told = iter([[Delivered(part, b"")], [ChunkEnded((part,), JobError("The run crashed."))]])

    class Told:
        def __init__(self, *given: Any) -> None:
            self.told = next(told)

        def close(self) -> None:
            pass

        def events(self, seconds: float) -> Iterator[Delivered | ChunkEnded]:
            yield from self.told

    monkeypatch.setattr("core.engine.shards.device_pools.LocalPool", Told)
    engine = device_pools(("cuda:98", "cuda:99"))(CountingWork(tmp_path, {}, {}, 1.0))
    assert [type(event) for event in engine.events()] == [Delivered, ChunkEnded]


def test_several_processes_on_the_cpu_give_the_results_of_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DEVICE, "cuda:99")  # what the command is told stands above the setting
    assert main(["audit", str(LOANS), "--devices", "cpu,cpu", "--out", str(tmp_path / "parts")]) == 0
    assert "\nCounted in 4 parts by 2 processes on the CPU.\n" in capsys.readouterr().out
    in_parts = audit(plan := Plan.load(LOANS), devices=("cpu", "cpu"))
    monkeypatch.setenv(DEVICE, "cpu")
    assert numbers(in_parts) == numbers(audit(plan, workers=1))
    assert main(["audit", str(LOANS), "--workers", "1", "--out", str(tmp_path / "whole")]) == 0
    assert results(tmp_path / "parts") == results(tmp_path / "whole")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--devices", "gpu"], "'gpu' is no device; give cpu, cuda, or cuda:1"),
        (["--devices", "cuda:0,"], "'' is no device"),
        (["--devices", "cuda:0,cpu"], "the CPU beside a GPU"),
        (["--devices", "cuda:1,cuda:0,cuda:1"], "names cuda:1 2 times"),
        (["--devices", "cuda,cuda:0"], "names cuda:0 2 times"),
        (["--devices", ",".join(["cpu"] * 513)], "Give one name or more"),
    ],
)
def test_what_names_no_devices_is_refused(options: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["audit", str(LOANS), *options])
    said = capsys.readouterr().err
    assert ended.value.code == 2 and "argument --devices: " in said and words in said


@pytest.mark.parametrize("other", [["--workers", "2"], ["--device", "cpu"], ["--on", "local"], ["--against", "r.json"]])
def test_what_says_the_same_otherwise_is_refused_beside_it(
    other: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DEVICE, "cpu")  # what --device sets is taken back with it
    assert main(["audit", str(LOANS), "--devices", "cpu,cpu", *other]) == 2
    said = capsys.readouterr().err
    assert "--devices" in said and other[0] in said and "Leave one of them out" in said
