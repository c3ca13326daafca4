"""From coded groups and outcomes to one weight a row: Plumbline beside AIF360's Reweighing.

    python tests/benchmarks/reweighing.py [ROWS ...]        (default 1000000 10000000)

Run by hand, from the project's root, in an environment that also holds aif360 0.6.1. Both sides in one run, in turns:
read the ratios, not the seconds. AIF360 takes a data set and gives back one with weights: its row "data set given"
leaves the making of that data set out, "from the columns" has it. AIF360 weighs two groups, so both sides do.
"""

from __future__ import annotations

import logging
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pandas as pd
from aif360.algorithms.preprocessing import Reweighing
from aif360.datasets import BinaryLabelDataset

from core.counts.counts import Axis, Groups, tally
from core.mitigate.training.reweighing import reweigh

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

GROUPS = Groups.product(("group",), (("a", "b"),))
DECISIONS = Axis.decisions()
ROUNDS = 5


def plumbline(group: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Count, weigh, and give every row its weight. Nobody needs to be decided about, so the outcome stands in."""
    return reweigh(tally(GROUPS, DECISIONS, group, label, None, label), ("group",)).each(group, label)


def data_set(frame: pd.DataFrame) -> BinaryLabelDataset:
    return BinaryLabelDataset(df=frame, label_names=["label"], protected_attribute_names=["group"])


def aif360(people: BinaryLabelDataset) -> np.ndarray:
    return Reweighing([{"group": 0.0}], [{"group": 1.0}]).fit_transform(people).instance_weights


def measure(rows: int) -> None:
    draw = np.random.default_rng(0)
    group = draw.choice(2, rows, p=[0.3, 0.7]).astype(np.uint8)
    label = (draw.random(rows) < 0.4).astype(np.uint8)
    frame = pd.DataFrame({"group": group.astype(float), "label": label.astype(float)})
    given = data_set(frame)
    apart = float(np.abs(plumbline(group, label) - aif360(given)).max())
    sides: dict[str, Callable[[], object]] = {
        "Plumbline": lambda: plumbline(group, label),
        "AIF360, data set given": lambda: aif360(given),
        "AIF360, from the columns": lambda: aif360(data_set(frame)),
    }
    spent: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, call in sides.items():
            start = time.perf_counter()
            call()
            spent[name].append(time.perf_counter() - start)
    ours = statistics.median(spent["Plumbline"])
    print(
        f"\n{rows:,} rows; largest difference of any weight {apart:.1e}\n| | median ms | x Plumbline |\n|---|---:|---:|"
    )
    for name, seconds in spent.items():
        median = statistics.median(seconds)
        print(f"| {name} | {median * 1e3:.1f} | {median / ours:.1f} |", flush=True)


if __name__ == "__main__":
    for size in [int(float(size)) for size in sys.argv[1:]] or [10**6, 10**7]:
        measure(size)
