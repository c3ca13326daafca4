"""What explanations cost: beside captum's defaults, of a black box, and every way beside what the page says before it.

    python tests/benchmarks/explaining.py [FOLDER]        (default ../shared/models/adult)

Run by hand, from the project's root. Both sides of the first table in one run, in turns: read the ratio, not the
seconds. FOLDER holds adult_mlp.pt2, adult_lr_rawcolumns.onnx and adult_test.csv; without it only the first table runs,
on a network with drawn weights.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch
from captum.attr import IntegratedGradients

from core.explain import job
from core.explain.batching import MethodRunner
from core.explain.estimates import Subject, ways
from core.explain.methods import EXPLAINERS
from core.explain.methods.explainable import Effort, Explainable
from core.jobs.progress import ProgressFile
from core.jobs.supervisor import Supervisor
from core.models import open_model
from core.models.device import few_threads
from core.plan.plan import Plan
from core.store.workspace import Workspace

warnings.filterwarnings("ignore")

ROWS, STEPS, ROUNDS = 10_000, 50, 3
COLUMNS, TIME_LIMIT = 13, 900.0
PLAN = """plumbline = 1
[data]
file = "adult_test.csv"
label = "income"
favourable = ">50K"
[decision]
model = "adult_lr_rawcolumns.onnx"
[groups]
sensitive = ["sex"]
"""


class Matrix:
    """Rows of a matrix before a module."""

    def __init__(self, module: Any, background: torch.Tensor) -> None:
        self.module, self.background = module, background
        self.features = tuple(f"x{i}" for i in range(background.shape[1]))

    def explainable(self, rows: Any, keys: Any) -> Explainable:
        mask, width = torch.arange(len(self.features)), len(self.features)
        return Explainable(
            self.forward, torch.from_numpy(rows), self.background, mask, width, torch.from_numpy(keys), self.module
        )

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.module(rows).reshape(-1)


def network(folder: Path) -> tuple[str, Any, int]:
    path = folder / "adult_mlp.pt2"
    if path.exists():
        model = open_model(path, path.name)
        assert model.module is not None and model.width is not None
        return "Adult network", model.module(), model.width
    torch.manual_seed(0)
    layers = [torch.nn.Linear(100, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1), torch.nn.Sigmoid()]
    return "drawn network", torch.nn.Sequential(*layers), 100


def gradients(name: str, module: Any, width: int) -> None:
    torch.manual_seed(0)
    rows, background = torch.randn(ROWS, width), torch.randn(100, width)
    units, typical = Matrix(module, background), background.mean(dim=0, keepdim=True)
    found: dict[str, Any] = {}

    def ours() -> None:
        pace = MethodRunner(EXPLAINERS["integrated_gradients"], units, Effort(steps=STEPS))  # type: ignore[arg-type]
        with few_threads(sum(weight.numel() for weight in module.parameters())):
            found["ours"] = pace.whole(rows.numpy(), np.arange(ROWS)).values

    def defaults() -> None:
        method = IntegratedGradients(units.forward)
        found["captum"] = method.attribute(rows, baselines=typical, n_steps=STEPS).detach().numpy()

    seconds = in_turns({"Plumbline": ours, "captum's defaults": defaults})
    apart = float(np.abs(found["ours"] - found["captum"]).max())
    print(f"{name}, {width} columns, {ROWS:,} rows, {STEPS} steps; values differ by at most {apart:.1e}")
    for side, took in seconds.items():
        print(f"  {side:20} {took:6.2f} s   {took / seconds['Plumbline']:5.2f} x")


def in_turns(sides: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Each side's median seconds, one run each left out."""
    took: dict[str, list[float]] = {side: [] for side in sides}
    for _ in range(ROUNDS + 1):
        for side, run in sides.items():
            begin = time.perf_counter()
            run()
            took[side].append(time.perf_counter() - begin)
    return {side: statistics.median(times[1:]) for side, times in took.items()}


def black_box(folder: Path, rows: int) -> None:
    with tempfile.TemporaryDirectory() as root:
        given = Path(root) / "in"
        given.mkdir()
        (Path(root) / "out").mkdir()
        (given / "table").symlink_to((folder / "adult_test.csv").resolve())
        (given / "model").symlink_to((folder / "adult_lr_rawcolumns.onnx").resolve())
        begin = time.perf_counter()
        job.run(Path(root), {"plan": PLAN, "rows": rows}, ProgressFile(Path(root) / "out" / "progress.json"))
        took = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(f"black-box ONNX, 13 columns, {rows:,} rows, heatmap with its checks: {took:.2f} s, {peak:,.0f} MB at most")


def every_way(folder: Path, name: str, people: int) -> None:
    """Each way through the app's own queue: what the page says before the start, and how long it took."""
    plan = Plan.from_toml(PLAN.replace("adult_lr_rawcolumns.onnx", name))
    with tempfile.TemporaryDirectory() as home:
        space = Workspace(Path(home), Supervisor(Path(home), slots=1, warm=True))
        audit = space.new().id
        with (folder / "adult_test.csv").open("rb") as table:
            space.put_table(audit, table, "adult_test.csv")
        space.wait(audit, TIME_LIMIT)
        with (folder / name).open("rb") as model:
            space.put_model(audit, model, name)
        space.run(audit, plan)
        space.wait(audit, TIME_LIMIT)
        record, facts = space.record(audit), space.model_facts(audit)
        assert record is not None
        subject = Subject.of(record, [space.model_format(audit)], facts, len(record.plan.decision.features) or COLUMNS)
        print(f"{name}, {people:,} people: seconds as said before the start, and as measured")
        for way in ways(subject, people, 1):
            if not way.against:
                space.explain(audit, plan, way.explainer.name, people)
                begin = time.perf_counter()
                space.wait(audit, TIME_LIMIT)
                took, problem = time.perf_counter() - begin, space.get(audit).problem
                print(f"  {way.explainer.name:28} {way.seconds:7.1f} {took:7.1f}   {problem or ''}", flush=True)
        space.close()


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/models/adult")
    if (folder / "adult_lr_rawcolumns.onnx").exists():
        for rows in (2_000, 16_000):
            black_box(folder, rows)
        every_way(folder, "adult_lr_rawcolumns.onnx", 500)
    gradients(*network(folder))


if __name__ == "__main__":
    main()
