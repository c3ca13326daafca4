"""Invented rows that weigh differently, count several people or repeat a person, and an audit of them in one go."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.data.dataset import Dataset
from core.engine.counting import Counted, count
from core.engine.sources import source
from core.metrics.stated_rule import stated_rule
from core.metrics.verdicts import Judgement, judge
from core.plan.plan import Plan
from tests.worlds.people import csv_text, dataset_of, quiet

HEADER = ("id", "g", "y", "p", "w", "n")


def rows_of(persons: int, seed: int, most: int = 6) -> list[tuple[str, ...]]:
    """Rows of persons, up to `most` each, whose decisions are alike: id, group, outcome, decision, weight, count."""
    draw = np.random.default_rng(seed)
    rows: list[tuple[str, ...]] = []
    for person in range(persons):
        group = draw.choice(["a", "b"], p=[0.6, 0.4])
        likely = draw.beta(1, 1) * (0.9 if group == "a" else 0.7)
        for _ in range(int(draw.integers(1, most + 1))):
            label, chosen = draw.choice(["0", "1", ""], p=[0.45, 0.45, 0.1]), str(int(draw.random() < likely))
            rows.append(
                (f"P{person}", str(group), str(label), chosen, f"{draw.gamma(2, 700):.2f}", str(draw.integers(5)))
            )
    return rows


def audited(rows: list[tuple[str, ...]], plan: Plan, folder: Path) -> tuple[Counted, Judgement]:
    """What one pass over the rows counts, and what follows from it."""
    dataset = table(rows, folder, plan)
    counted = count(source(plan, dataset, None), dataset, plan, quiet)
    return counted, judge(counted.counts, plan, stated_rule(counted.counts, plan), sampled=counted.sampled)


def table(rows: list[tuple[str, ...]], folder: Path, plan: Plan) -> Dataset:
    """The table of these rows, as a job opens it for the plan."""
    found = dataset_of(csv_text(HEADER, rows), folder)
    return Dataset(found.path, found.profile, found.missing, None, plan.data.count)
