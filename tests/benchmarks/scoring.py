"""The share of a bare torch loop's throughput that the audit's scoring reaches, for models of two sizes.

    python tests/benchmarks/scoring.py

Run by hand from the project's root, on the CPU or a GPU. Both score the same float32 matrix; the bare loop takes the
batch size that the Scorer found and does nothing but run the model. They take turns, so that noise falls on both.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch

from core.models import open_model
from core.models.device import chosen_device
from core.models.scoring import Scorer
from core.plan.plan import Decision

ROWS, WIDTH, TURNS = 400_000, 32, 7


class Matrix:
    """A table that is a matrix already, so that reading it costs neither side anything."""

    columns_used = tuple(f"x{i}" for i in range(WIDTH))
    most_rows = None

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def features(self, batch: object) -> np.ndarray:
        return self.values


class Rows:
    start = 0

    def __init__(self, rows: int) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return self.rows

    def pieces(self, most: int | None) -> list[Rows]:
        return [self]


def exported(hidden: int, folder: Path) -> Path:
    module = torch.nn.Sequential(
        torch.nn.Linear(WIDTH, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, hidden), torch.nn.ReLU(),
        torch.nn.Linear(hidden, 1), torch.nn.Sigmoid(),
    ).eval()  # fmt: skip
    program = torch.export.export(
        module, (torch.zeros(4, WIDTH),), dynamic_shapes=({0: torch.export.Dim("rows", min=1)},)
    )
    path = folder / f"{hidden}.pt2"
    torch.export.save(program, path)
    return path


def seconds(call: Callable[[], object], device: str) -> float:
    start = time.perf_counter()
    call()
    if device != "cpu":
        torch.cuda.synchronize()
    return time.perf_counter() - start


@dataclass(frozen=True)
class BesideBare:
    """Rows a second of the bare loop and of the Scorer on the same batches; their scores are `apart` at most."""

    batch: int
    bare: float
    ours: float
    apart: float


def beside_bare(path: Path, rows: int, device: str, turns: int) -> BesideBare:
    """A model file of `exported` asked by both in turn, on random rows."""
    values = np.random.default_rng(0).normal(size=(rows, WIDTH)).astype(np.float32)
    model = open_model(path, "model.pt2", device)
    scorer = Scorer(model, Matrix(values), Decision(model="model.pt2"), device)
    batch = Rows(rows)
    scorer.score(batch)
    module, size = model.module(), scorer.batch_size

    def bare() -> np.ndarray:
        with torch.inference_mode():
            starts = range(0, rows, size)
            parts = [module(torch.from_numpy(values[i : i + size]).to(device)).cpu().numpy() for i in starts]
        return np.concatenate(parts)

    apart = float(np.abs(bare()[:, 0] - scorer.score(batch)).max())
    taken = [(seconds(bare, device), seconds(lambda: scorer.score(batch), device)) for _ in range(turns)]
    plain, ours = (statistics.median(column) for column in zip(*taken, strict=True))
    return BesideBare(size, rows / plain, rows / ours, apart)


def main() -> None:
    device = chosen_device().name
    print(f"{device}, {ROWS:,} rows x {WIDTH}\n| hidden | batch | bare rows/s | Plumbline rows/s | share |")
    print("|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for hidden in (64, 512):
            found = beside_bare(exported(hidden, Path(folder)), ROWS, device, TURNS)
            share = found.ours / found.bare
            print(f"| {hidden} | {found.batch} | {found.bare:,.0f} | {found.ours:,.0f} | {share:.2f} |")


if __name__ == "__main__":
    main()
