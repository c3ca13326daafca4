"""A metric, a measure, a model format, two mitigations and an explainer of the tests' own, each with its row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.catalogue import Row, Table
from core.counts.counts import FAVOURABLE, UNKNOWN
from core.counts.rules import Rule
from core.explain.methods import Explainer
from core.explain.methods.explainable import Effort, Explainable, Explained
from core.metrics.gaps import GAPS, Measure
from core.metrics.group_metrics import NOBODY, Metric
from core.mitigate.mitigations import Mitigation
from core.mitigate.proposals import by_rule
from core.mitigate.rules.solution import Question, Solution
from core.mitigate.search_input import Proposal, Work
from core.mitigate.training.rows import TrainingRows
from core.models import Format
from core.models.model import Input, Model, Outputs
from core.plan.plan import Decision


def add(monkeypatch: pytest.MonkeyPatch, table: Table[Row], row: Row) -> None:
    """A row more in a table, as if one line more stood there; until the test ends."""
    monkeypatch.setitem(table._rows, row.name, row)


# ---------------------------------------------------------------- a metric, and a gap in it

DENIAL_RATE = Metric(
    "denial_rate", "Who is turned down?", "the group that is turned down",
    lambda c: c.n - c.selected, lambda c: c.n, NOBODY, needs_label=False,
)  # fmt: skip
DENIAL_DIFFERENCE = Measure(
    "denial_difference", "difference", ("denial_rate",), GAPS["statistical_parity_difference"].compare,
    "", "turned down", worse="higher",
)  # fmt: skip

# ---------------------------------------------------------------- a model format: weights of columns, as JSON

MARK = b"scales 1\n"


def scales(weights: dict[str, float]) -> bytes:
    """A model file: a logistic score of these columns."""
    return MARK + json.dumps(weights).encode()


def open_scales(path: Path, name: str, device: str) -> Model:
    weights: dict[str, float] = json.loads(path.read_bytes().removeprefix(MARK))

    def run(features: Any) -> Outputs:
        total = sum(weight * features[column] for column, weight in weights.items())
        return Outputs(1 / (1 + np.exp(-np.asarray(total, dtype=np.float64))), None)

    inputs = tuple(Input(column, "number") for column in weights)
    return Model(format="scales", run=run, inputs=inputs, score_dtype="float64")


class RefittableScales:
    """Scales fitted again: each column weighs as it goes along with the outcome, however much each row counts."""

    def __init__(self, path: Path, name: str, decision: Decision) -> None:
        self.model = open_scales(path, name, "cpu")

    def fit(self, rows: TrainingRows, weighted: bool, seed: int) -> dict[str, float]:
        known = rows.labels != UNKNOWN
        good = np.where(rows.labels[known] == FAVOURABLE, 1.0, -1.0)
        counts = rows.weights[known] if weighted else np.ones(int(known.sum()))
        assert isinstance(rows.features, dict)
        return {name: float((counts * good * cells[known]).mean()) for name, cells in rows.features.items()}

    def save(self, fitted: dict[str, float], path: Path) -> None:
        path.write_bytes(scales(fitted))


SCALES = Format(
    "scales", "scales (a toy)", "a scales file", "scales", lambda content: content.head.startswith(MARK),
    "tests.worlds.toys:open_scales", refits="tests.worlds.toys:RefittableScales",
)  # fmt: skip

# ---------------------------------------------------------------- mitigations: one from counts, one in a job


def everybody(question: Question) -> Solution:
    """Everybody is selected, whatever the score."""
    rule = Rule(np.ones((len(question.counts.groups), question.counts.axis.bins)))
    return Solution("everybody", question, rule, question.outcome(rule), needs_attribute=False)


def coin(work: Work) -> list[Proposal]:
    """Lots alone decide."""
    question = work.question
    rule = Rule(np.full((len(question.counts.groups), question.counts.axis.bins), 0.5))
    solution = Solution("coin", question, rule, question.outcome(rule), needs_attribute=False, notes=("Lots decide.",))
    return by_rule(work, solution)


EVERYBODY = Mitigation(
    "everybody", "Everybody gets it", "All are selected.", needs_attribute=False, needs=("score",),
    from_counts="tests.worlds.toys:everybody",
)  # fmt: skip
COIN = Mitigation(
    "coin", "A coin for everybody", "Lots decide.", needs_attribute=False, needs=("outcome",), draws_lots=True,
    in_job="tests.worlds.toys:coin",
)  # fmt: skip

# ---------------------------------------------------------------- an explainer


def even_shares(what: Explainable, effort: Effort) -> Explained:
    """Every feature has the same share in the distance from the background's mean score."""
    import torch

    with torch.no_grad():
        moved = (what.forward(what.inputs) - what.forward(what.background).mean()).double().cpu().numpy()
    return Explained(np.repeat(moved[:, None] / what.features, what.features, axis=1))


EVEN_SHARES = Explainer(
    "even_shares", "Even shares", "Gives all {parts} the same share.", "sharing", "outputs", ("table",),
    "tests.worlds.toys:even_shares", lambda features: 1.0, adds_up=True,
)  # fmt: skip
