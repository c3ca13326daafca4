"""The one pass over the rows: what ends here is counted, and nothing else of a row goes on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.coding import attributes, filters, groups, label_coder
from core.counts import Counts, tally
from core.data import Dataset
from core.decisions import Source
from core.errors import DataError
from core.findings import plan_threshold
from core.plan import Plan
from core.progress import Progress

NEAR = 1e-5


@dataclass(frozen=True)
class Counted:
    """What one pass found: the counts, how many rows each `keep` rule dropped, how many scores lie at the threshold."""

    counts: Counts
    read: int
    dropped: tuple[int, ...]
    near_threshold: int
    warnings: tuple[str, ...]

    @property
    def kept(self) -> int:
        """How many rows were counted."""
        return self.counts.people


def count(source: Source, dataset: Dataset, plan: Plan, progress: Progress) -> Counted:
    """Count the people of a table by group, label and score.

    Raises DataError where a row has no decision, or nobody is left.
    """
    warnings: list[str] = list(source.warnings)
    keep = filters(plan, dataset, warnings)
    label = label_coder(plan, dataset)
    sensitive = attributes(plan, dataset)
    cells = groups(sensitive, dataset)
    total: Counts | None = None
    dropped, near, read = np.zeros(len(keep), dtype=np.int64), 0, 0
    columns = {
        *source.columns,
        *plan.groups.sensitive,
        *(f.rule.column for f in keep),
        *filter(None, [plan.data.label]),
    }
    for batch in dataset.batches(tuple(columns)):
        read += len(batch)
        for i, rule in enumerate(keep):
            chosen = rule.keeps(batch)
            dropped[i] += len(batch) - int(chosen.sum())
            batch = batch.take(chosen)
        if not len(batch):
            continue
        scores, selected = source.decide(batch)
        total = Counts.empty(cells, source.axis(scores)) if total is None else total
        if scores is not None and selected is None:
            near += int((np.abs(scores - scores.dtype.type(plan_threshold(plan))) <= NEAR).sum())
        total += tally(
            cells, total.axis, cells.number([a.code(batch) for a in sensitive]), label(batch), scores, selected
        )
        progress(read, dataset.profile.rows, "rows scored")
    if total is None:
        raise DataError(f"{dataset.profile.name}: no row is left after the plan's keep rules. Loosen them.")
    return Counted(total, read, tuple(dropped.tolist()), near, tuple(warnings) + _label_warnings(total, plan))


def _label_warnings(counts: Counts, plan: Plan) -> tuple[str, ...]:
    if plan.data.label is None:
        return ()
    bad, good = counts.n[:, :2].sum(axis=(0, 2)).tolist()
    if bad and good:
        return ()
    kind = "has the good outcome" if good else "has the other outcome" if bad else "is known"
    people = "everyone whose outcome is known" if good or bad else "nobody's outcome"
    return (f'{people} {kind} in column "{plan.data.label}": check which value is the good one',)
