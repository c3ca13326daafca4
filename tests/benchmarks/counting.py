"""From coded arrays and from raw string columns to all group metrics: Plumbline beside the bare floor and its peers.

    python tests/benchmarks/counting.py [ROWS ...]        (default 1000000 10000000)

Run by hand, from the project's root, in an environment that also holds the peers (fairlearn 0.15, aif360 0.6.1,
aequitas 1.1; a peer that is missing is left out). Every table is measured in one run, side by side, and the floor is
timed again after every other row: read the ratios, not the seconds.
"""

from __future__ import annotations

import logging
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pandas as pd
import pyarrow as pa

from core.counts.counts import Axis, Counts, Groups, tally
from core.counts.rules import Rule, confusion, sweep
from core.metrics.group_metrics import METRICS

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

BLOCK = 1 << 16
THREADS = ThreadPoolExecutor(2)
GROUPS = Groups.product(("sex", "race"), (("F", "M"), tuple("wbaho")))
NAMES = np.array([f"{a}/{b}" for a in "FM" for b in "wbaho"], dtype=object)
DECISIONS, PROBABILITIES = Axis.decisions(), Axis.probabilities("float64", 0.5)


class World:
    """Seeded people: group, label and decision as uint8 codes, a float64 score, and the group as strings."""

    def __init__(self, rows: int) -> None:
        draw = np.random.default_rng(0)
        self.group = draw.integers(0, 10, rows).astype(np.uint8)
        self.label = (draw.random(rows) < 0.4).astype(np.uint8)
        self.score = np.clip(draw.normal(0.45 + 0.1 * self.label, 0.2), 0, 1)
        self.decision = (self.score >= 0.5).astype(np.uint8)
        self.strings = NAMES[self.group]
        self.arrow = pa.array(self.strings)


def metrics(counts: Counts, rule: Rule) -> list[np.ndarray]:
    """Every metric of the table for every group."""
    people = confusion(counts, rule)
    with np.errstate(invalid="ignore"):
        return [np.asarray(m.num(people)) / np.asarray(m.den(people)) for m in METRICS.values()]


def floor_of_decisions(w: World) -> np.ndarray:
    """Cell index and bincount in blocks, nothing else."""
    total = np.zeros(60, np.int64)
    for start in range(0, len(w.group), BLOCK):
        part = slice(start, start + BLOCK)
        total += np.bincount((w.group[part] * 3 + w.label[part]) * 2 + w.decision[part], minlength=60)
    return total


def floor_of_scores(w: World) -> np.ndarray:
    """Score to bin by a guess and two comparisons, cell index, bincount, in blocks; no sums."""
    edges = np.arange(1001) / 1000
    upper = np.append(edges[1:], np.inf)
    total = np.zeros(30 * 1001, np.int64)
    for start in range(0, len(w.group), BLOCK):
        part = slice(start, start + BLOCK)
        score = w.score[part]
        bins = np.clip((score * 1000).astype(np.int64), 0, 1000)
        bins -= score < edges[bins]
        bins += score >= upper[bins]
        cell = (w.group[part] * 3 + w.label[part]).astype(np.int64)
        total += np.bincount(cell * 1001 + bins, minlength=len(total))
    return total


def plumbline_of_decisions(w: World) -> list[np.ndarray]:
    return metrics(tally(GROUPS, DECISIONS, w.group, w.label, None, w.decision), Rule.as_decided(DECISIONS))


def plumbline_of_scores(w: World) -> list[np.ndarray]:
    return metrics(tally(GROUPS, PROBABILITIES, w.group, w.label, w.score), Rule.threshold(PROBABILITIES, 0.5))


def plumbline_every_threshold(w: World) -> list[np.ndarray]:
    people = sweep(tally(GROUPS, PROBABILITIES, w.group, w.label, w.score))
    with np.errstate(invalid="ignore"):
        return [np.asarray(m.num(people)) / np.asarray(m.den(people)) for m in METRICS.values()]


def cells_of(strings: pa.StringArray) -> np.ndarray:
    coded = strings.dictionary_encode()
    place = np.array([int(np.flatnonzero(name == NAMES)[0]) for name in coded.dictionary.to_pylist()], dtype=np.uint8)
    return place[coded.indices.to_numpy()]


def plumbline_of_strings(w: World) -> list[np.ndarray]:
    """From Arrow strings: code (block by block on two threads, as Arrow's readers decode), count, measure."""
    cells = np.concatenate(
        list(THREADS.map(cells_of, (w.arrow.slice(at, BLOCK) for at in range(0, len(w.arrow), BLOCK))))
    )
    return metrics(tally(GROUPS, DECISIONS, cells, w.label, None, w.decision), Rule.as_decided(DECISIONS))


def aequitas(w: World) -> Callable[[], object]:
    from aequitas.group import Group

    frame = pd.DataFrame({"score": w.decision.astype(int), "label_value": w.label.astype(int), "group": w.strings})
    return lambda: Group().get_crosstabs(frame, attr_cols=["group"])


def aif360(w: World) -> Callable[[], object]:
    from aif360.datasets import BinaryLabelDataset
    from aif360.metrics import ClassificationMetric

    frame = pd.DataFrame({"group": w.group.astype(float), "label": w.label.astype(float)})

    def measure() -> None:
        true = BinaryLabelDataset(df=frame, label_names=["label"], protected_attribute_names=["group"])
        predicted = true.copy()
        predicted.labels = w.decision.reshape(-1, 1).astype(float)
        others = [{"group": g} for g in range(1, 10)]
        for other in others:
            metric = ClassificationMetric(true, predicted, [other], [{"group": 0}])
            metric.performance_measures(privileged=False)
            metric.statistical_parity_difference()

    return measure


def fairlearn(w: World) -> Callable[[], object]:
    from fairlearn.metrics import (
        MetricFrame,
        false_negative_rate,
        false_positive_rate,
        selection_rate,
        true_positive_rate,
    )
    from sklearn.metrics import accuracy_score, precision_score

    asked = {
        "accuracy": accuracy_score,
        "selection_rate": selection_rate,
        "tpr": true_positive_rate,
        "fpr": false_positive_rate,
        "fnr": false_negative_rate,
        "ppv": precision_score,
    }
    return lambda: MetricFrame(metrics=asked, y_true=w.label, y_pred=w.decision, sensitive_features=w.group).by_group


def median_seconds(call: Callable[[], object], most_seconds: float = 6.0) -> float:
    """Median of up to seven runs, fewer where they take long; the first is dropped where there are more than two."""
    spent: list[float] = []
    while len(spent) < 7 and sum(spent) < most_seconds:
        start = time.perf_counter()
        call()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent[1:] if len(spent) > 2 else spent)


def compare(title: str, floor: Callable[[], object], rows: dict[str, Callable[[], object]]) -> None:
    """Print one table: each row's median and its ratio to the floor, which is timed again after every row."""
    floors, measured = [median_seconds(floor)], []
    for name, call in rows.items():
        measured.append((name, median_seconds(call)))
        floors.append(median_seconds(floor))
    base = statistics.median(floors)
    print(f"\n{title}\n| | median ms | x floor |\n|---|---:|---:|\n| floor | {base * 1e3:.2f} | 1 |")
    for name, seconds in measured:
        print(f"| {name} | {seconds * 1e3:.2f} | {seconds / base:.2f} |", flush=True)


PEERS = (("aequitas Group", aequitas, 10**8), ("AIF360", aif360, 10**6), ("fairlearn MetricFrame", fairlearn, 10**6))


def peers(w: World) -> dict[str, Callable[[], object]]:
    """The peers that are installed and that end in reasonable time on so many rows."""
    found: dict[str, Callable[[], object]] = {}
    for name, make, most_rows in PEERS:
        try:
            if len(w.group) <= most_rows:
                found[name] = make(w)
        except ImportError:
            print(f"{name}: not installed here, left out")
    return found


def measure(w: World) -> None:
    rows, others = f"{len(w.group):,} rows", peers(w)
    on_strings = {name: others.pop(name) for name in ("aequitas Group",) if name in others}
    decisions = {"Plumbline, counts and all metrics": lambda: plumbline_of_decisions(w)}
    scores = {
        "Plumbline, counts, exact score sums and all metrics": lambda: plumbline_of_scores(w),
        "Plumbline, the same at every one of 1,001 thresholds": lambda: plumbline_every_threshold(w),
    }
    strings = {"Plumbline, from Arrow strings": lambda: plumbline_of_strings(w)}
    compare(f"{rows}, coded decisions (uint8)", lambda: floor_of_decisions(w), decisions | others)
    compare(f"{rows}, coded groups and float64 scores", lambda: floor_of_scores(w), scores)
    compare(f"{rows}, groups as raw strings", lambda: floor_of_decisions(w), strings | on_strings)


if __name__ == "__main__":
    for size in [int(float(size)) for size in sys.argv[1:]] or [10**6, 10**7]:
        measure(World(size))
