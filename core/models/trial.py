"""The trial job: a small model asked on each device inside the sandbox, its speed, and whether the sandbox holds."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from core.data.progress import Progress
from core.models import open_model
from core.models.library_errors import first_line

# A network of about a million weights, and how long it is asked.
ROWS, WIDTH, HIDDEN, SECONDS = 1 << 12, 64, 1024, 0.3


def run(folder: Path, request: dict[str, Any], progress: Progress) -> None:
    """Ask in/model on the CPU, or on each GPU where request["gpus"], and write out/trial.json."""
    import torch

    names = [f"cuda:{place}" for place in range(torch.cuda.device_count())] if request["gpus"] else ["cpu"]
    found = {
        "torch": str(torch.__version__),
        "cuda": torch.version.cuda,
        "reads_other_files": _works(lambda: Path("/etc/passwd").read_bytes()),
        "reaches_network": _works(lambda: socket.socket().close()),
        "devices": [_tried(folder / "in" / "model", name) for name in names],
    }
    (folder / "out" / "trial.json").write_text(json.dumps(found), encoding="utf-8")


def _tried(model: Path, device: str) -> dict[str, Any]:
    """What the device is called and how many rows it scores in a second; else why it cannot."""
    try:
        return {"name": device, "is": _called(device), "rows_a_second": _speed(model, device), "problem": None}
    except Exception as error:  # torch raises a type of its own for each kind of fault
        return {"name": device, "is": device, "rows_a_second": None, "problem": first_line(error)}


def _called(device: str) -> str:
    import torch

    return "the CPU" if device == "cpu" else str(torch.cuda.get_device_name(device))


def _speed(path: Path, device: str) -> int:
    """Rows a second of a network that is made here; the file must give answers first, which shows that files can."""
    import torch

    model = open_model(path, path.name, device)
    model.run(np.zeros((1, model.width or 1), dtype=model.dtype))
    network = torch.nn.Sequential(
        torch.nn.Linear(WIDTH, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, HIDDEN), torch.nn.ReLU(),
        torch.nn.Linear(HIDDEN, 1),
    ).to(device)  # fmt: skip
    rows, asked = torch.ones(ROWS, WIDTH), 0
    with torch.inference_mode():
        network(rows.to(device)).cpu()  # the first pays for what is set up once
        begin = time.perf_counter()
        while time.perf_counter() - begin < SECONDS:
            network(rows.to(device)).cpu()  # the answers are back, so it has ended
            asked += ROWS
    return round(asked / (time.perf_counter() - begin))


def _works(what: Callable[[], object]) -> bool:
    try:
        what()
    except OSError:
        return False
    return True
