"""Where a model computes, and how torch is made to give the same numbers each time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

Device = Literal["cpu", "cuda"]

SMALL_MODEL = 1_000_000


def choose_device() -> Device:
    """The device to score on: "cuda" where there is one that works, else "cpu"."""
    if not Path("/dev/nvidiactl").exists():
        return "cpu"  # known without importing torch
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def settle(device: str) -> None:
    """Make torch give the same numbers each time: full float32, deterministic algorithms where they exist."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    import torch
    import torch.utils.deterministic

    # The same as `use_deterministic_algorithms`, which would import torch's compiler, a second's work, to tell it too.
    torch.set_deterministic_debug_mode("warn")
    # Every value is written before it is read.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    if device == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        torch.backends.cudnn.benchmark = False


@contextmanager
def few_threads(weights: int) -> Iterator[None]:
    """One thread for a small model, whose steps are so short that threads mostly wait for each other."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1 if weights < SMALL_MODEL else before)
    try:
        yield
    finally:
        torch.set_num_threads(before)
