"""People whose groups score apart, `plumbline mitigate` on them, and what is read out of what it writes."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.cli import main

PLAN = """plumbline = 1
[data]
file = "people.csv"
label = "y"
favourable = 1
[decision]
{decision}
[groups]
sensitive = ["g", "h"]
intersections = 1
[mitigate]
goal = "demographic_parity"
at_most = 0.02
"""
SCORE = 'score = "s"\nthreshold = 0.5'


def people(n: int = 1500, seed: int = 11) -> pd.DataFrame:
    """Group b has the good outcome less often, and lower scores still; h has nothing to do with anything."""
    draw = np.random.default_rng(seed)
    group = draw.choice(["a", "b"], n, p=[0.6, 0.4])
    merit = draw.normal(0, 1, n)
    seen = merit - 0.8 * (group == "b") + draw.normal(0, 0.4, n)
    return pd.DataFrame(
        {
            "g": group,
            "h": draw.choice(["x", "y"], n),
            "y": (merit + draw.normal(0, 0.5, n) > 0.7 * (group == "b")).astype(int),
            "s": (1 / (1 + np.exp(-2 * seen))).round(2),
            "x1": seen.round(4),
            "x2": (group == "b").astype(int),
            "job": draw.choice(["clerk", "nurse"], n),
        }
    )


PEOPLE = people()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    PEOPLE.to_csv(tmp_path / "people.csv", index=False)
    (tmp_path / "plan.toml").write_text(PLAN.format(decision=SCORE))
    return tmp_path


def fixed(folder: Path, name: str, out: str = "out") -> dict[str, Any]:
    """What the command writes: every JSON by its path in the folder."""
    assert main(["mitigate", str(folder / "plan.toml"), "--with", name, "--out", str(folder / out)]) == 0
    found = {str(path.relative_to(folder / out)): path for path in (folder / out).rglob("*.json")}
    return {name: json.loads(path.read_text()) for name, path in found.items()}


def rate(result: dict[str, Any], group: str, metric: str = "selection_rate") -> tuple[int, int]:
    (found,) = (g for g in result["groups"] if g["group"] == {"g": group})
    return found["metrics"][metric]["numerator"], found["metrics"][metric]["denominator"]


def gap(result: dict[str, Any]) -> float:
    (a, n), (b, m) = (rate(result, group) for group in "ab")
    return abs(a / n - b / m)


def audited(folder: Path, plan: Path) -> dict[str, Any]:
    assert main(["audit", str(plan), "--out", str(folder / "again")]) == 0
    return dict(json.loads((folder / "again" / "result.json").read_text()))
