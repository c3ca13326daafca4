"""Scoring on a device: beside a bare loop, with too little memory, on two streams, and beside the CPU's decisions."""

import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from core.engine.counting import NEAR
from core.models import open_model
from core.models.export import save_pt2
from core.models.model import Model, Outputs
from core.models.scoring import Scorer
from core.plan.plan import Decision
from tests.benchmarks.scoring import WIDTH, Matrix, Rows, beside_bare, exported

Figure = Callable[[str, str], None]
HIDDEN, THRESHOLD, MOST_BYTES = 64, 0.5, 1 << 21


def rows_on(device: str) -> int:
    """A GPU is asked for long enough that its speed shows, the CPU so that the check is known to work."""
    return 20_000 if device == "cpu" else 4_000_000


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    return exported(HIDDEN, tmp_path_factory.mktemp("model"))


def opened(path: Path, device: str) -> Model:
    return open_model(path, "model.pt2", device)


def scored(model: Model, values: np.ndarray, device: str) -> tuple[Any, Scorer]:
    scorer = Scorer(model, Matrix(values), Decision(model="model.pt2"), device)
    return scorer.score(Rows(len(values))), scorer


def drawn(rows: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(rows, WIDTH)).astype(np.float32)


def test_scores_are_those_of_a_bare_loop(path: Path, device: str, figure: Figure) -> None:
    found = beside_bare(path, rows_on(device), device, 1 if device == "cpu" else 7)
    assert found.apart <= NEAR
    share = found.ours / found.bare
    figure(f"scoring on {device}", f"{found.ours:,.0f} rows/s at batch {found.batch}, {share:.2f} of a bare loop")


def test_decisions_are_the_cpus_but_at_the_threshold(path: Path, device: str, figure: Figure) -> None:
    values = drawn(rows_on(device))
    on_cpu, there = (scored(opened(path, name), values, name)[0] for name in ("cpu", device))
    clear = np.abs(on_cpu - THRESHOLD) > NEAR
    assert ((on_cpu >= THRESHOLD) == (there >= THRESHOLD))[clear].all()
    assert 0 < np.mean(on_cpu >= THRESHOLD) < 1
    largest = np.abs(on_cpu - there).max()
    figure(f"largest difference of a score, {device} and CPU", f"{largest:.1e} in {len(values):,} rows")


class _Cramped(TorchDispatchMode):
    """A CPU that has no room for a large tensor, as a full GPU has none."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        if isinstance(made, torch.Tensor) and made.nbytes > MOST_BYTES:
            raise torch.OutOfMemoryError("out of memory")
        return made


@contextmanager
def cramped(device: str) -> Iterator[None]:
    """Little memory on the device while it lasts."""
    if device == "cpu":
        with _Cramped():
            yield
        return
    torch.cuda.empty_cache()
    whole = torch.cuda.get_device_properties(device).total_memory
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + 32 * MOST_BYTES) / whole)
    try:
        yield
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)


def test_a_full_device_gets_half_the_rows_and_gives_the_same_scores(
    tmp_path: Path, device: str, figure: Figure
) -> None:
    path = exported(HIDDEN if device == "cpu" else 4096, tmp_path)
    values, model, refused = drawn(60_000), opened(path, device), list[int]()
    whole, _ = scored(model, values, device)

    def run(features: Any) -> Outputs:
        try:
            return model.run(features)
        except MemoryError:
            refused.append(len(features))
            raise

    with cramped(device):
        few, short = scored(replace(model, run=run), values, device)
    assert refused
    assert refused == [refused[0] >> turn for turn in range(len(refused))]
    assert short.batch_size == refused[-1] // 2
    assert np.allclose(few, whole, atol=NEAR)
    figure(f"rows at once on a full {device}", f"{short.batch_size:,}, after {len(refused)} that did not fit")


def test_two_streams_give_the_scores_of_one(path: Path, device: str) -> None:
    values, model = drawn(rows_on(device) // 4), opened(path, device)
    alone, _ = scored(model, values, device)

    def on_a_stream(_: int) -> Any:
        with nullcontext() if device == "cpu" else torch.cuda.stream(torch.cuda.Stream(device)):
            return scored(model, values, device)[0]

    with ThreadPoolExecutor(2) as both:
        for found in both.map(on_a_stream, range(2)):
            assert np.allclose(found, alone, atol=NEAR)


class Softmax(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.softmax(x[:, :2] - x[:, 2:], dim=1)


def test_two_columns_of_probabilities_are_the_cpus(tmp_path: Path, device: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns about its own parts while it exports
        save_pt2(Softmax(), 3, tmp_path / "two.pt2")
    rows = np.array([[1.0, 2.0, 3.0], [0.0, -1.0, 0.5]], np.float32)
    there, on_cpu = opened(tmp_path / "two.pt2", device), opened(tmp_path / "two.pt2", "cpu")
    assert there.device == device
    np.testing.assert_allclose(there.run(rows).scores, on_cpu.run(rows).scores, atol=1e-6)
