"""Weights and sums of people that a job wrote are believed only where they fit its counts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.engine.counting import Counted
from core.metrics.reference import tables
from core.metrics.sampling import stored
from core.metrics.sampling.sampled import Sampled
from core.metrics.stated_rule import stated_rule
from core.plan.plan import Plan
from tests.core.metrics.sampling.sampled_rows import audited, rows_of
from tests.worlds.people import plan_of

ROWS = rows_of(60, seed=10, most=3)
WEIGHTED, REPEATED = (plan_of(label=True, data=data) for data in ('weight = "w"', 'person = "id"'))
Change = Callable[[np.ndarray], Any]


def read(counted: Counted, plan: Plan, facts: dict[str, Any], out: Path) -> Sampled:
    rule = stated_rule(counted.counts, plan)
    return stored.read(out, facts, plan, counted.counts, tables(plan), rule, np.load)


def to(place: tuple[int, ...], value: int) -> Change:
    """An array with one other number."""

    def change(array: np.ndarray) -> np.ndarray:
        array[place] = value
        return array

    return change


@pytest.mark.parametrize("plan", [WEIGHTED, REPEATED], ids=["weights", "people"])
def test_what_an_honest_job_wrote_is_believed(plan: Plan, tmp_path: Path) -> None:
    counted, _ = audited(ROWS, plan, tmp_path)
    facts = stored.write(counted.sampled, tmp_path)
    assert stored.to_json(read(counted, plan, facts, tmp_path)) == stored.to_json(counted.sampled)


@pytest.mark.parametrize(
    ("plan", "file", "change"),
    [
        (WEIGHTED, "weights_w", to((0, 0, 0), -1)),
        (WEIGHTED, "weights_w", to((0, 0, 0), 10**17)),
        (WEIGHTED, "weights_w", lambda w: w[:-1]),
        (WEIGHTED, "weights_w", lambda w: w.astype(float)),
        (WEIGHTED, "weights_w2", lambda w2: w2 // 50),
        (REPEATED, "people_0_totals", to((0, 0), 10**12)),
        (REPEATED, "people_0_rows", to((1, 2), 0)),
        (REPEATED, "people_0_squares", to((0, 0, 1), 10**6)),
        (REPEATED, "people_0_patterns", to((0, 0), 1)),
        (REPEATED, "people_0_patterns", to((0, 5), 10**6)),
        (REPEATED, "people_0_shared", to((0, 1), 3)),
        (REPEATED, "people_0_shared", lambda shared: shared[:1]),
    ],
)
def test_what_does_not_fit_the_counts_is_refused(plan: Plan, file: str, change: Change, tmp_path: Path) -> None:
    counted, _ = audited(ROWS, plan, tmp_path)
    facts = stored.write(counted.sampled, tmp_path)
    np.save(tmp_path / f"{file}.npy", change(np.load(tmp_path / f"{file}.npy")))
    with pytest.raises(ValueError, match="its (weights|sums|unit)"):
        read(counted, plan, facts, tmp_path)


@pytest.mark.parametrize("unit", [0, -1, 3.5, float("inf"), float("nan")])
def test_a_unit_that_is_no_power_of_ten_is_refused(unit: float, tmp_path: Path) -> None:
    counted, _ = audited(ROWS, WEIGHTED, tmp_path)
    stored.write(counted.sampled, tmp_path)
    with pytest.raises(ValueError, match="no power of ten"):
        read(counted, WEIGHTED, {"unit": unit}, tmp_path)
