"""Reweighing's weights: AIF360's own, its tutorial's, and the table that is taken away."""

import csv
import io
import json
import logging
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.counts.counts import Counts
from core.errors import DataError
from core.mitigate.training.reweighing import reweigh
from core.report.documents.weights import weights_csv
from tests.worlds.people import labelled

SHARED = Path(__file__).parents[5] / "shared"


def counts_of(table: dict[Any, tuple[int, int]], attributes: tuple[str, ...] = ("g",)) -> Counts:
    """From {group: (people with the good outcome, people with the other)}, and five whose outcome is unknown."""
    return labelled({group: (0, 0, good, other, 2, 3) for group, (good, other) in table.items()}, attributes)


def by_aif360(group: np.ndarray, label: np.ndarray, privileged: int) -> np.ndarray:
    """AIF360's weight of each person."""
    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        from aif360.algorithms.preprocessing import Reweighing
        from aif360.datasets import BinaryLabelDataset

        logging.disable(logging.NOTSET)
        people = BinaryLabelDataset(
            df=pd.DataFrame({"g": group.astype(float), "y": label.astype(float)}),
            label_names=["y"],
            protected_attribute_names=["g"],
        )
        fitted = Reweighing([{"g": float(g)} for g in set(group.tolist()) - {privileged}], [{"g": float(privileged)}])
        return np.asarray(fitted.fit_transform(people).instance_weights)


@pytest.mark.parametrize("seed", range(5))
def test_weights_are_those_of_aif360(seed: int) -> None:
    draw = np.random.default_rng(seed)
    group, label = draw.choice(2, 500, p=[0.3, 0.7]), draw.integers(0, 2, 500)
    good = [int(((group == g) & (label == 1)).sum()) for g in (0, 1)]
    numbers = {name: (good[g], int((group == g).sum()) - good[g]) for g, name in enumerate("ab")}
    found = reweigh(counts_of(numbers), ("g",))
    assert found.each(group, label) == pytest.approx(by_aif360(group, label, 1), abs=1e-12)


def test_the_weights_of_aif360s_credit_tutorial() -> None:
    rows_file = SHARED / "oracles" / "german_train_rows.json"
    if not rows_file.exists():
        pytest.skip("the shared German credit data is not here")
    text = (SHARED / "data" / "german_codes_with_header.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    chosen = [rows[i] for i in json.loads(rows_file.read_text())["rows"]]
    numbers = {
        name: tuple(sum(row["Class"] == c for row in chosen if (float(row["Age"]) >= 25) == old) for c in "12")
        for name, old in (("young", False), ("old", True))
    }
    found = reweigh(counts_of(numbers), ("g",))
    expected = [[0.678, 1.255555556], [1.100625, 0.962295082]]  # young, old: bad, good
    assert found.values == pytest.approx(np.array(expected), abs=5e-10)


def test_under_the_weights_group_and_outcome_are_independent() -> None:
    found = reweigh(counts_of({"a": (10, 40), "b": (30, 20), "c": (5, 95)}), ("g",))
    weighted = found.n * found.values
    rates = weighted[:, 1] / weighted.sum(axis=1)
    assert rates == pytest.approx(np.full(3, 45 / 200))
    assert weighted.sum() == pytest.approx(200)


def test_groups_are_those_of_the_attributes_named() -> None:
    table = {("a", "x"): (10, 20), ("a", "y"): (5, 5), ("b", "x"): (7, 3), ("b", "y"): (2, 8)}
    found = reweigh(counts_of(table, ("g", "h")), ("g",))
    assert found.n.tolist() == [[25, 15], [11, 9]]


def test_an_empty_cell_is_refused_with_words() -> None:
    with pytest.raises(DataError, match="there is nobody with the good outcome in b.*Join this group with another"):
        reweigh(counts_of({"a": (10, 20), "b": (0, 20)}), ("g",))


def test_without_any_outcome_it_is_refused() -> None:
    with pytest.raises(DataError, match="nobody's outcome is known"):
        reweigh(counts_of({"a": (0, 0), "b": (0, 0)}), ("g",))


def test_people_of_unknown_outcome_or_group_weigh_nothing() -> None:
    found = reweigh(counts_of({"a": (10, 20), "b": (7, 20), "c": (0, 0)}), ("g",))
    assert found.each(np.array([0, -1, 2]), np.array([2, 1, 0])).tolist() == [0, 0, 0]


@pytest.mark.parametrize("groups", [2, 41, 42, 11_000])
def test_every_row_gets_the_weight_of_its_group_and_outcome(groups: int) -> None:
    draw = np.random.default_rng(groups)
    found = reweigh(counts_of({f"g{i:05}": (3 + i, 5 + i % 7) for i in range(groups)}), ("g",))
    group, label = draw.integers(0, groups, 70_000), draw.integers(0, 2, 70_000)
    expected = [found.values[g, y] for g, y in zip(group.tolist(), label.tolist(), strict=True)]
    assert found.each(group.astype(np.int32), label.astype(np.uint8)).tolist() == expected


def test_the_table_can_be_taken_away() -> None:
    found = reweigh(counts_of({"a": (10, 40), "b": (30, 20), "c": (0, 0)}), ("g",))
    rows = list(csv.DictReader(io.StringIO(weights_csv(found))))
    assert [(r["g"], r["outcome"], r["people"]) for r in rows] == [
        ("a", "the good outcome", "10"),
        ("a", "the other outcome", "40"),
        ("b", "the good outcome", "30"),
        ("b", "the other outcome", "20"),
    ]
    assert float(rows[0]["weight"]) == 50 * 40 / (100 * 10)
