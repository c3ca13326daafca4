"""Whether a model's own inputs know the answer: asked of the first rows, before anything is run on all of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.counts.counts import FAVOURABLE, UNKNOWN
from core.data.dataset import Batch, Dataset
from core.data.filters import KEPT, filters, select
from core.data.labels import label_coder
from core.data.leaks.levels import foretold
from core.data.leaks.predictive_power import FOLDS, Bools
from core.data.leaks.suspects import suspects
from core.errors import DataError, PlanError
from core.notes import Note
from core.plan.plan import Plan

MOST_ROWS = 20_000


def columns_that_know(dataset: Dataset, columns: tuple[str, ...], plan: Plan) -> tuple[Note, ...]:
    """A note for each of these columns that nearly tells the outcome, or is there for one outcome only.

    Of the rows that the plan keeps, among the first ones; none without an outcome.
    """
    label = plan.data.label
    columns = tuple(name for name in dict.fromkeys(columns) if name != label)
    if label is None or plan.data.favourable is None or not columns:
        return ()
    try:
        keep, code = filters(plan, dataset), label_coder(plan, dataset)
    except (DataError, PlanError):  # an audit refuses the plan in its own words
        return ()
    read = (*columns, label, *(each.column for each in keep))
    batch = next(dataset.batches(read, MOST_ROWS))
    labels = code(batch)
    asked: Bools = (labels != UNKNOWN) & (select(keep, batch).left_out_by == KEPT)
    good = labels[asked] == FAVOURABLE

    def batches() -> Iterator[tuple[Batch, Bools]]:
        yield batch, asked

    folds = np.arange(len(good)) % FOLDS
    return suspects(foretold(batches(), columns, dataset.profile, good, folds), good, None)
