"""An audit and a search by two devices side by side: each process on its own one, as the CPU or one device does it."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.engine.shards import shard
from core.jobs.machine import DEVICE
from tests.worlds.jobs.forked import short_trainings

pytestmark = pytest.mark.jobs
PARTS = 4


@pytest.fixture(params=["cpu,cpu", pytest.param("cuda:0,cuda:1", marks=[pytest.mark.gpu, pytest.mark.process])])
def devices(request: pytest.FixtureRequest) -> str:
    """Two devices, as the command takes them."""
    import torch

    names: str = request.param
    if "cuda" in names and torch.cuda.device_count() < 2:
        pytest.skip("this machine has one GPU, and the check needs two")
    return names


@pytest.mark.apart
def test_two_devices_decide_as_the_cpu_does(
    root: Path, tmp_path: Path, devices: str, figure: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DEVICE, "cpu")  # what a command is told stands above it
    monkeypatch.setattr(shard, "SHARD_ROWS", 2_000 // PARTS)

    def audited(*options: str) -> tuple[dict[str, Any], list[int]]:
        out = tmp_path / options[0]
        assert main(["audit", str(root / "core" / "samples" / "loans.toml"), *options, "--out", str(out)]) == 0
        found: dict[str, Any] = json.loads((out / "result.json").read_text())
        return found, [group["metrics"]["selection_rate"]["numerator"] for group in found["groups"]]

    (on_cpu, selected), begun = audited("--workers", "1"), time.monotonic()
    there, selected_there = audited("--devices", devices)
    figure(f"the sample's audit in {PARTS} parts on {devices}", f"{time.monotonic() - begun:.1f} s")
    assert there["provenance"]["device"] == devices.split(",")[0].split(":")[0]
    assert not [note for note in there["warnings"] if note not in on_cpu["warnings"]]  # none of them failed
    pairs = zip(selected_there, selected, strict=True)
    assert max(abs(here - cpu) for here, cpu in pairs) <= on_cpu["provenance"]["near_threshold"]


def test_prices_that_train_on_two_devices_are_those_of_one(
    root: Path, tmp_path: Path, devices: str, figure: Callable[[str, str], None]
) -> None:
    def chosen(named: str) -> list[dict[str, Any]]:
        plan, out, begun = root / "core" / "samples" / "loans.toml", tmp_path / named, time.monotonic()
        command = ["mitigate", str(plan), "--with", "fairness_loss", "--devices", named, "--out", str(out)]
        with short_trainings(2):
            assert main(command) == 0
        figure(f"the sample's prices on {named}", f"{time.monotonic() - begun:.1f} s")
        found: list[dict[str, Any]] = json.loads((out / "comparison.json").read_text())["choose"]
        return found

    one, two = chosen(devices.split(",")[0]), chosen(devices)
    assert one == two and len(one) == 6
