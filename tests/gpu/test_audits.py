"""Whole audits, explanations and trainings on a device, the sandbox up, beside the same on the CPU."""

import json
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core import Plan, explain_model
from core.cli import main
from core.jobs import sandbox
from core.jobs.machine import DEVICE
from core.mitigate.training.fine_tuning_pt2 import TunableProgram
from core.mitigate.training.rows import TrainingRows
from core.mitigate.training.steps import Aim
from core.models import open_model
from core.models.export import save_pt2
from core.plan.plan import Decision

pytestmark = pytest.mark.jobs
Figure = Callable[[str, str], None]


def audited(plan: Path, device: str, out: Path) -> dict[str, Any]:
    assert main(["audit", str(plan), "--device", device, "--out", str(out)]) == 0
    found: dict[str, Any] = json.loads((out / "result.json").read_text())
    return found


def selected(result: dict[str, Any]) -> list[int]:
    """How many people of each group were selected."""
    return [group["metrics"]["selection_rate"]["numerator"] for group in result["groups"]]


@pytest.mark.apart
def test_an_audit_inside_the_sandbox_is_the_cpus(
    root: Path, tmp_path: Path, device: str, figure: Figure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DEVICE, "cpu")  # what --device sets is taken back with it
    can = sandbox.available()
    if can.landlock is None or not can.seccomp:
        pytest.skip("this machine has no sandbox")
    plan, begun = root / "core" / "samples" / "loans.toml", time.monotonic()
    there = audited(plan, device, tmp_path / "there")
    figure(f"the sample's audit in the sandbox on {device}", f"{time.monotonic() - begun:.1f} s")
    on_cpu = audited(plan, "cpu", tmp_path / "cpu")
    assert there["provenance"]["device"] == device
    near = on_cpu["provenance"]["near_threshold"]
    pairs = list(zip(selected(there), selected(on_cpu), strict=True))
    assert len(pairs) > 10 and max(abs(here - cpu) for here, cpu in pairs) <= near


def test_integrated_gradients_are_the_cpus(
    root: Path, device: str, figure: Figure, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Plan.load(root / "core" / "samples" / "loans.toml")
    found = []
    for name in (device, "cpu"):
        monkeypatch.setenv(DEVICE, name)
        found.append(explain_model(plan, method="integrated_gradients"))
    there, on_cpu = found
    assert (there.device, there.features) == (device, on_cpu.features)
    assert np.abs(there.before.sums - on_cpu.before.sums).max() <= 1e-4 * on_cpu.before.people
    figure(f"explaining {there.before.people:,} people on {device}", f"{sum(there.seconds.values()):.1f} s")


def test_fine_tuning_learns_and_saves_for_any_machine(tmp_path: Path, device: str) -> None:
    torch.manual_seed(0)
    draw = np.random.default_rng(0)
    features, groups = draw.normal(size=(600, 3)).astype(np.float32), draw.integers(0, 2, 600)
    labels = (features[:, 0] + 1.5 * groups + draw.normal(size=600) > 0.5).astype(np.int64)

    def rows(part: slice) -> TrainingRows:
        return TrainingRows(features[part], labels[part], groups[part], np.ones(len(labels[part])))

    net = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1), torch.nn.Sigmoid())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns about its own parts while it exports
        save_pt2(net, 3, tmp_path / "model.pt2")
    tunable = TunableProgram(tmp_path / "model.pt2", "m.pt2", Decision(model="m"), 0.5, device)
    aim = Aim("equal_opportunity", 1.0)
    made = tunable.tune(rows(slice(0, 400)), rows(slice(400, 600)), aim, 0, lambda done, total: None)
    tunable.save(made, tmp_path / "tuned.pt2")
    assert made.last_loss < made.first_loss
    assert open_model(tmp_path / "tuned.pt2", "m", "cpu").run(features).scores is not None
