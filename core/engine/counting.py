"""The one pass over the rows: what ends here is counted, and nothing else of a row goes on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.counts.counts import Axis, Counts, Groups, Ints, tally
from core.counts.rules import Rule, Stated
from core.counts.weights import Hashes
from core.data.dataset import Batch, Dataset
from core.data.filters import KEPT, Filter, Selection, nobody_left, select
from core.data.groups import Attribute, attributes, groups
from core.data.images.usable import FaultyImages
from core.data.labels import Coder, label_coder
from core.data.progress import Progress
from core.data.row_hash import row_hashes
from core.data.sampled_rows import Rows
from core.data.splits import sieves
from core.engine.counted import Counted as Counted
from core.engine.decided_rows import DecidedRows
from core.engine.deciding import chances, decided
from core.engine.model_answers import ModelAnswers
from core.engine.sampling_sums import Beside, Gathering
from core.engine.sources import Scores, Selected, Source
from core.errors import PlanError
from core.metrics.reference import tables
from core.metrics.verdicts import plan_rule, plan_threshold
from core.plan.plan import Plan

NEAR = 1e-5


def count(
    source: Source,
    dataset: Dataset,
    plan: Plan,
    progress: Progress,
    stated: Stated | None = None,
    seen: DecidedRows | None = None,
) -> Counted:
    """Count the people of a table by group, label and score: the sum of what its batches give.

    Where the plan's stated rule draws lots, they are drawn here, and the counts hold the decisions beside the scores.
    `seen` is told of every row that is counted. Raises DataError where a row has no decision, or nobody is left.
    """
    one = replace(Pass.of(source, dataset, plan, progress, stated), seen=seen)
    total = one.nobody
    for batch in dataset.batches(one.columns):
        total += one.count(batch)
        progress(total.lines, dataset.profile.rows, "rows scored")
    return one.whole(total)


@dataclass(frozen=True, eq=False)
class Pass:
    """How the rows of one table are counted: settled once for the whole table, and then a function of some rows.

    Attributes
    ----------
    source, dataset
        What decides, and the table.
    keep
        What leaves rows out.
    label, sensitive
        How a row's outcome and groups are read.
    rows, gathering
        How many people a row stands for; and how weights and repeated people are gathered, None where there are none.
    limits
        The scores at which the rule decides, where decisions are not given.
    lots
        The rule where it draws lots.
    rule
        Who is selected by the score, where no decision is given.
    nobody
        What no row at all gives: the groups and the axis are there, and everything is 0.
    seen
        What is told of every row that is counted; None where nobody asks.
    """

    source: Source
    dataset: Dataset
    keep: tuple[Filter, ...]
    label: Coder
    sensitive: tuple[Attribute, ...]
    rows: Rows
    gathering: Gathering | None
    limits: tuple[float, ...]
    lots: Lots | None
    rule: Rule
    nobody: Counted
    seen: DecidedRows | None = None

    @classmethod
    def of(cls, source: Source, dataset: Dataset, plan: Plan, progress: Progress, stated: Stated | None = None) -> Pass:
        """The plan's pass over a table. Raises PlanError or DataError where the table cannot be counted so."""
        keep = sieves(plan, dataset, progress)
        rows, label, sensitive = Rows.of(plan, dataset), label_coder(plan, dataset), attributes(plan, dataset)
        cells = groups(sensitive, dataset)
        lots = Lots.of(source.axis, cells, dataset, plan, stated)
        counts = Counts.empty(cells, source.axis if lots is None else lots.axis)
        rule = _rule(counts, plan, stated)
        gathering = None
        if rows.weight is not None or rows.person is not None:  # else every row is one person, or several all alike
            gathering = Gathering(rows, counts.groups, counts.axis, rule, tuple(tables(plan)))
        nobody = Counted(
            counts=counts,
            lines=0,
            read=0,
            left_out=np.zeros((len(keep), len(cells)), dtype=np.int64),
            near_threshold=0,
            on_threshold=0,
            faulty=FaultyImages(),
            answers=ModelAnswers(),
            beside=Beside() if gathering is None else gathering.nobody,
            known=(*source.known, *(words for each in keep for words in each.known)),
            outcome=plan.data.label,
        )
        limits = (plan_threshold(plan),) if stated is None else stated.edges
        return cls(source, dataset, keep, label, sensitive, rows, gathering, limits, lots, rule, nobody)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        own = (*self.rows.columns, *(a.column for a in self.sensitive), *(f.column for f in self.keep))
        outcome = self.nobody.outcome
        return tuple(dict.fromkeys((*self.source.columns, *own, *(() if outcome is None else (outcome,)))))

    def count(self, batch: Batch) -> Counted:
        """Count some rows of the table. Raises DataError or ModelError at a row that cannot be."""
        times, cell, selection = self.rows.times(batch), self._cells(batch), select(self.keep, batch)
        found = replace(
            self.nobody,
            lines=len(batch),
            read=len(batch) if times is None else int(times.sum()),
            left_out=self._left_out(cell, selection, times),
            faulty=selection.faulty,
        )
        kept = selection.kept
        if len(kept) < len(batch):
            stays = selection.left_out_by == KEPT
            cell, times = cell[stays], None if times is None else times[stays]
        if times is not None and not times.all():
            counts = times > 0
            kept, cell, times = kept.take(counts), cell[counts], times[counts]
        return self._tallied(found, kept, cell, times) if len(kept) else found

    def whole(self, total: Counted) -> Counted:
        """The sum over all rows. Raises DataError or ModelError where no result follows from it."""
        if not total.kept:
            raise nobody_left(self.dataset, total.faulty)
        self.rows.refuse_too_many(total.read)
        total.answers.notes()
        return total

    def _left_out(self, cell: npt.NDArray[np.int32], selection: Selection, times: Ints | None) -> Ints:
        """How many people of each group each sieve leaves out of a batch, int64 of shape (sieves, groups)."""
        if len(selection.kept) == len(cell):
            return self.nobody.left_out
        left_out, gone = np.zeros_like(self.nobody.left_out), selection.left_out_by != KEPT
        np.add.at(left_out, (selection.left_out_by[gone], cell[gone]), 1 if times is None else times[gone])
        return left_out

    def _tallied(self, found: Counted, kept: Batch, cell: npt.NDArray[np.int32], times: Ints | None) -> Counted:
        """The people of a batch who are kept, counted."""
        given, labels = self.source.decide(kept), self.label(kept)
        selected, near, on = given.selected, 0, 0
        if given.scores is not None and selected is None:
            near, on = near_limits(given.scores, self.limits, times), on_limits(given.scores, self.limits, times)
            selected = None if self.lots is None else self.lots.drawn(kept, cell, given.scores)
        if self.seen is not None:
            self.seen.add(kept.rows, cell, labels, self._decisions(cell, given.scores, selected), times)
        nobody, gathering = self.nobody.counts, self.gathering
        return replace(
            found,
            counts=tally(nobody.groups, nobody.axis, cell, labels, given.scores, selected, times),
            near_threshold=near,
            on_threshold=on,
            answers=given.answers,
            beside=Beside() if gathering is None else gathering.of(kept, cell, labels, given.scores, selected),
        )

    def _decisions(self, cell: npt.NDArray[np.int32], scores: Scores, selected: Selected) -> npt.NDArray[np.bool_]:
        """Who is selected, bool of shape (n,): as given or drawn, else by the scores."""
        if selected is not None or scores is None:
            return np.asarray(selected == 1, dtype=np.bool_)
        return np.asarray(chances(self.rule, cell, self.nobody.counts.axis.bin(scores)) > 0, dtype=np.bool_)

    def _cells(self, batch: Batch) -> npt.NDArray[np.int32]:
        return self.nobody.counts.groups.number([a.code(batch) for a in self.sensitive])


def _rule(counts: Counts, plan: Plan, stated: Stated | None) -> Rule:
    """Who is selected: as decided, by the plan's threshold, or by the rule that it states."""
    if stated is None or counts.axis.decided or counts.axis.kind == "decision":
        return plan_rule(counts, plan)
    return stated.rule(counts.groups, counts.axis)


@dataclass(frozen=True, eq=False)
class Lots:
    """A rule that draws lots: the chance of each group and bin, and the hash of each of the table's rows.

    `axis` is the axis of the scores with the decisions beside them.
    """

    rule: Rule
    axis: Axis
    hashes: Hashes

    @classmethod
    def of(cls, axis: Axis, groups: Groups, dataset: Dataset, plan: Plan, stated: Stated | None) -> Lots | None:
        """The stated rule where it draws lots, else None. Raises PlanError where rows are not persons, who draw."""
        if stated is None or axis.kind == "decision":
            return None
        rule = stated.rule(groups, axis)
        if not rule.draws_lots:
            return None
        named = plan.data.count or plan.data.weight or plan.data.person
        if named is not None:
            raise PlanError(
                f'The rule draws lots, a lot for each row, and "{named}" says that a row is not one person. Write the'
                " table with a row for each person."
            )
        hashes = row_hashes(dataset, tuple(sorted(dataset.profile.names)), plan.run.seed)
        return cls(rule, replace(axis, decided=True), hashes)

    def drawn(
        self, batch: Batch, cells: npt.NDArray[np.integer], scores: npt.NDArray[np.number]
    ) -> npt.NDArray[np.int32]:
        """Who of a batch is selected, 0 or 1, shape (n,)."""
        return decided(self.rule, cells, self.axis.bin(scores), self.hashes[batch.rows]).astype(np.int32)


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
