"""Where a model computes, and how torch is made to give the same numbers each time."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import shorten
from typing import Literal, TypeVar

from core.errors import ModelError
from core.models.library_errors import first_line

Found = TypeVar("Found")

# What a command's --device sets, for itself and for its jobs.
ASKED = "PLUMBLINE_DEVICE"
SMALL_MODEL = 1_000_000


@dataclass(frozen=True)
class ChosenDevice:
    """Where models run: "cpu", "cuda" or "cuda:1"; `instead` says why it is the CPU where a GPU was to be used."""

    name: str
    instead: str = ""


_no_gpu_because: ContextVar[str] = ContextVar("no_gpu_because", default="")


def chosen_device() -> ChosenDevice:
    """The device that PLUMBLINE_DEVICE names first, else a GPU where there is one, else the CPU.

    A GPU that fails a first small computation is not used.
    """
    failed = _no_gpu_because.get()
    if failed:
        return ChosenDevice("cpu", failed)
    asked = os.environ.get(ASKED, "").partition(",")[0]  # several are for whoever starts several processes
    if asked == "cpu" or not (asked or Path("/dev/nvidiactl").exists()):
        return ChosenDevice("cpu")  # known without importing torch
    return _tried(asked) if asked or _is_built_for_gpus() else ChosenDevice("cpu")


def kind_of(device: str) -> Literal["cpu", "cuda"]:
    """What a device is, whichever of several: a record says no more."""
    return "cpu" if device == "cpu" else "cuda"


def or_on_the_cpu(work: Callable[[], Found]) -> Found:
    """Do some work on the chosen device; where it fails on a GPU, do all of it again on the CPU.

    What fails there too is not the GPU's fault: it raises what it raised on the CPU.
    """
    try:
        return work()
    except (ModelError, MemoryError, RuntimeError) as error:
        device, problem = chosen_device().name, error
        if device == "cpu":
            raise
    with without_gpu(device, first_line(problem)):
        return work()


@contextmanager
def without_gpu(device: str, problem: str) -> Iterator[None]:
    """Models run on the CPU in the block, and whoever opens one says why: what befell that GPU."""
    token = _no_gpu_because.set(_words(device, problem))
    try:
        yield
    finally:
        _no_gpu_because.reset(token)


def settle(device: str) -> None:
    """Make torch give the same numbers each time: full float32, deterministic algorithms where they exist."""
    _keep_workspace()
    import torch
    import torch.utils.deterministic

    # The same as `use_deterministic_algorithms`, which would import torch's compiler, a second's work, to tell it too.
    torch.set_deterministic_debug_mode("warn")
    # Every value is written before it is read.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    if device != "cpu":
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


def _is_built_for_gpus() -> bool:
    import torch

    return torch.version.cuda is not None


@cache
def _tried(asked: str) -> ChosenDevice:
    """The device after a first computation on it, which the sandbox, the driver or torch may refuse."""
    _keep_workspace()
    import torch

    name = asked or "cuda"
    try:
        ones = torch.ones(2, 2, device=name)
        torch.mm(ones, ones).cpu()
    except Exception as error:  # torch raises a type of its own for each kind of fault
        return ChosenDevice("cpu", _words(name, first_line(error)))
    return ChosenDevice(name)


def _keep_workspace() -> None:
    """Let cuBLAS add up in one order; it asks the environment at its first computation."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")


def _words(device: str, problem: str) -> str:
    said = shorten(problem, 140, placeholder=" …").rstrip(".")
    return f"The model ran on the CPU, because the GPU ({device}) failed: {said}. “plumbline doctor” says more."
