"""The weights of a training with weights as a CSV file: a row for each group and outcome."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.mitigate.training.reweighing import OUTCOMES, Weights
from core.report.documents.spreadsheet import csv_text


def weights_csv(weights: Weights) -> str:
    """The CSV text, header first: the group's attributes, outcome, people, weight."""
    rows: list[list[Any]] = [[*weights.groups.attributes, "outcome", "people", "weight"]]
    for g in np.flatnonzero(weights.n.sum(axis=1)).tolist():
        for label, words in OUTCOMES.items():
            row = (words, int(weights.n[g, label]), float(weights.values[g, label]))
            rows.append([*weights.groups.names(g).values(), *row])
    return csv_text(rows, line_end="\n")
