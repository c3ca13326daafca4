"""The one pass over the rows: what ends here is counted, and nothing else of a row goes on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.counts.counts import Axis, Counts, Groups, Ints, tally
from core.counts.rules import Rule, Stated
from core.counts.weights import Hashes
from core.data.coding import attributes, groups, label_coder, nobody_left
from core.data.dataset import Batch, Dataset
from core.data.row_hash import draws, row_hashes
from core.data.sampled_rows import Rows
from core.data.splits import sieves
from core.engine.sampled_tally import SampledTally
from core.engine.sources import Source
from core.errors import PlanError
from core.jobs.progress import Progress
from core.metrics.reference import tables
from core.metrics.sampling.sampled import PLAIN, Sampled
from core.metrics.verdicts import plan_rule, plan_threshold
from core.notes import Note, as_notes
from core.plan.plan import Plan

NEAR = 1e-5


@dataclass(frozen=True)
class Counted:
    """What one pass found.

    Attributes
    ----------
    counts
        The people.
    lines, read
        How many rows the table has, and how many people: the same, or what a column of counts says.
    left_out
        How many people of each group each sieve left out: int64 of shape (sieves, groups).
    near_threshold, on_threshold
        How many scores lie so near to a limit that other hardware could decide otherwise, and how many exactly on it.
    notes
        What a reader must know.
    sampled
        What stands beside the counts where rows weigh differently or repeat a person.
    """

    counts: Counts
    lines: int
    read: int
    left_out: Ints
    near_threshold: int
    on_threshold: int
    notes: tuple[Note, ...]
    sampled: Sampled = PLAIN

    @property
    def dropped(self) -> tuple[int, ...]:
        """How many rows each sieve left out."""
        return tuple(self.left_out.sum(axis=1).tolist())

    @property
    def kept(self) -> int:
        """How many rows were counted."""
        return self.counts.people


def count(source: Source, dataset: Dataset, plan: Plan, progress: Progress, stated: Stated | None = None) -> Counted:
    """Count the people of a table by group, label and score.

    Where the plan's stated rule draws lots, they are drawn here, and the counts hold the decisions beside the scores.
    Raises DataError where a row has no decision, or nobody is left.
    """
    warnings: list[str] = []
    keep = sieves(plan, dataset, warnings, progress)
    rows = Rows.of(plan, dataset)
    label = label_coder(plan, dataset)
    sensitive = attributes(plan, dataset)
    cells = groups(sensitive, dataset)
    total: Counts | None = None
    left_out, near, on = np.zeros((len(keep), len(cells)), dtype=np.int64), 0, 0
    read, lines = 0, 0
    columns = {
        *source.columns,
        *rows.columns,
        *plan.groups.sensitive,
        *(f.column for f in keep),
        *filter(None, [plan.data.label]),
    }
    lots: Lots | None = None
    sampled: SampledTally | None = None
    for batch in dataset.batches(tuple(columns)):
        lines += len(batch)
        read += rows.people(batch)
        for i, rule in enumerate(keep):
            chosen = rule.keeps(batch)
            if not chosen.all():
                gone = batch.take(~chosen)
                gone_from, people = cells.number([a.code(gone) for a in sensitive]), rows.times(gone)
                np.add.at(left_out[i], gone_from, 1 if people is None else people)
                batch = batch.take(chosen)
        times = rows.times(batch)
        if times is not None and not times.all():
            batch, times = batch.take(times > 0), times[times > 0]
        if not len(batch):
            continue
        scores, selected = source.decide(batch)
        cell, labels = cells.number([a.code(batch) for a in sensitive]), label(batch)
        if total is None:
            lots = Lots.of(stated, cells, source.axis(scores), dataset, plan)
            _refuse_lots(lots, plan)
            total = Counts.empty(cells, source.axis(scores) if lots is None else lots.axis)
            sampled = _beside(rows, total, plan, stated)
        if scores is not None and selected is None:
            limits = (plan_threshold(plan),) if stated is None else stated.edges
            near += near_limits(scores, limits, times)
            on += on_limits(scores, limits, times)
            selected = None if lots is None else lots.drawn(batch, cell, scores)
        total += tally(cells, total.axis, cell, labels, scores, selected, times)
        if sampled is not None:
            sampled.add(batch, cell, labels, scores, selected)
        progress(lines, dataset.profile.rows, "rows scored")
    if total is None:
        raise nobody_left(dataset, keep)
    warnings += [words for each in keep for words in each.said()]
    notes = as_notes([*source.warnings, *warnings, *source.ended(), *_label_warnings(total, plan)])
    found = PLAIN if sampled is None else sampled.sampled(total)
    return Counted(total, lines, read, left_out, near, on, notes, found)


def _beside(rows: Rows, counts: Counts, plan: Plan, stated: Stated | None) -> SampledTally | None:
    """What is gathered beside the counts; None where every row is one person, or several all alike."""
    if rows.weight is None and rows.person is None:
        return None
    is_given = stated is None or counts.axis.kind == "decision"
    rule = plan_rule(counts, plan) if is_given or stated is None else stated.rule(counts.groups, counts.axis)
    return SampledTally(rows, counts, rule, tuple(tables(plan)))


def _refuse_lots(lots: Lots | None, plan: Plan) -> None:
    """Each person draws lots, and here rows are not persons."""
    named = plan.data.count or plan.data.weight or plan.data.person
    if lots is not None and named is not None:
        raise PlanError(
            f'The rule draws lots, a lot for each row, and "{named}" says that a row is not one person. Write the table'
            " with a row for each person."
        )


@dataclass(frozen=True, eq=False)
class Lots:
    """A rule that draws lots: the chance of each group and bin, and the hash of each of the table's rows.

    `axis` is the axis of the scores with the decisions beside them.
    """

    rule: Rule
    scores: Axis
    hashes: Hashes

    @classmethod
    def of(cls, stated: Stated | None, groups: Groups, axis: Axis, dataset: Dataset, plan: Plan) -> Lots | None:
        """The stated rule where it draws lots, else None."""
        if stated is None or axis.kind == "decision":
            return None
        rule = stated.rule(groups, axis)
        if not rule.draws_lots:
            return None
        return cls(rule, axis, row_hashes(dataset, tuple(sorted(dataset.profile.names)), plan.run.seed))

    @property
    def axis(self) -> Axis:
        """The scores' axis, decisions beside them."""
        return replace(self.scores, decided=True)

    def drawn(
        self, batch: Batch, cells: npt.NDArray[np.integer], scores: npt.NDArray[np.number]
    ) -> npt.NDArray[np.int32]:
        """Who of a batch is selected, 0 or 1, shape (n,). Each row draws for itself, in any order of the rows."""
        drawn = draws(self.hashes[batch.rows])
        selected: npt.NDArray[np.bool_] = drawn < self.rule.selected[cells, self.scores.bin(scores)]
        return selected.astype(np.int32)


def near_limits(
    scores: npt.NDArray[np.floating], limits: tuple[float, ...], times: npt.NDArray[np.int64] | None = None
) -> int:
    """How many people's scores lie so near to a limit that other hardware could decide otherwise."""
    at_limit = np.zeros(len(scores), dtype=np.bool_)
    for limit in limits:
        at_limit |= np.abs(scores - scores.dtype.type(limit)) <= NEAR
    return int(at_limit.sum() if times is None else times[at_limit].sum())


def on_limits(scores: npt.NDArray[np.floating], limits: tuple[float, ...], times: Ints | None = None) -> int:
    """How many scores are exactly a limit, in their own float type; each counts `times` people."""
    at_limit = [scores == scores.dtype.type(limit) for limit in limits]
    return sum(int(np.count_nonzero(at) if times is None else times[at].sum()) for at in at_limit)


def _label_warnings(counts: Counts, plan: Plan) -> tuple[str, ...]:
    if plan.data.label is None:
        return ()
    bad, good = counts.n[:, :2].sum(axis=(0, 2)).tolist()
    if bad and good:
        return ()
    kind = "has the good outcome" if good else "has the other outcome" if bad else "is known"
    people = "everyone whose outcome is known" if good or bad else "nobody's outcome"
    return (f'{people} {kind} in column "{plan.data.label}": check which value is the good one',)
