"""What a job wrote, changed behind its back: files that no longer fit together."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Tamper = Callable[[Path], None]


def change_array(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Tamper:
    return lambda out: np.save(out / name, change(np.load(out / name)))


def change_json(name: str, change: Callable[[Any], None]) -> Tamper:
    def tamper(out: Path) -> None:
        document = json.loads((out / name).read_text())
        change(document)
        (out / name).write_text(json.dumps(document))

    return tamper
