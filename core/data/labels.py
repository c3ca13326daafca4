"""From cells to each row's label and decision, as the small integers that are counted (design.md 5, "Matching")."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from core.counts.counts import FAVOURABLE, UNFAVOURABLE, UNKNOWN
from core.data.cell_reading.advice import KEEP
from core.data.dataset import Batch, Codes, Dataset
from core.data.value_matching import between, never, wanted
from core.errors import DataError
from core.plan.plan import Condition, Plan

Coder = Callable[[Batch], Codes]


def label_coder(plan: Plan, dataset: Dataset) -> Coder:
    """Each row's label: favourable, unfavourable or unknown. Without a label column everybody's is unknown."""
    column, condition = plan.data.label, plan.data.favourable
    if column is None or condition is None:
        return lambda batch: np.full(len(batch), UNKNOWN, dtype=np.int32)
    good = condition_coder(condition, dataset, column, "favourable, under [data]")

    def code(batch: Batch) -> Codes:
        favourable = good(batch)
        unknown = batch.is_missing(column) & ~favourable
        return np.where(unknown, UNKNOWN, np.where(favourable, FAVOURABLE, UNFAVOURABLE)).astype(np.int32)

    return code


def prediction_coder(plan: Plan, dataset: Dataset, column: str) -> Coder:
    """Each row's decision from a column: 1 selected, 0 not. A row without one is refused by name."""
    condition = plan.decision.favourable or Condition()
    good = condition_coder(condition, dataset, column, "favourable, under [decision]")

    def code(batch: Batch) -> Codes:
        selected = good(batch)
        undecided = batch.is_missing(column) & ~selected
        if undecided.any():
            where = batch.where(int(np.flatnonzero(undecided)[0]))
            raise DataError(
                f'{dataset.profile.name}, {where}, column "{column}": no decision. Fill the cell in, or leave such rows'
                " out.",
                in_plan=KEEP,
            )
        return selected.astype(np.int32)

    return code


def condition_coder(
    condition: Condition, dataset: Dataset, column: str, key: str
) -> Callable[[Batch], npt.NDArray[np.bool_]]:
    """Which cells meet a condition of the plan's `key`. Raises PlanError where a value it lists occurs nowhere."""
    dataset.profile.column(column)
    if condition.at_least is not None:
        at_least = condition.at_least
        return lambda batch: between(batch.numbers(column), at_least, np.inf)
    if condition.below is not None:
        below = condition.below
        return lambda batch: between(batch.numbers(column), -np.inf, np.nextafter(below, -np.inf))
    texts, absent = wanted(condition.values, dataset, column)
    if absent:
        raise never(key, absent[0], dataset, column)
    return lambda batch: batch.equals(column, texts)
