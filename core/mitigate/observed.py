"""What a model, a column or a rule decides about everybody: counts by part, and each person's decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.counts.counts import Axis, Counts, Ints, tally
from core.counts.rules import Rule, Stated
from core.data.row_hash import draws
from core.engine.answers import Answers
from core.engine.counting import near_limits
from core.engine.sources import source
from core.jobs.progress import Progress
from core.metrics.joint import JointCounts, joint_tally
from core.metrics.verdicts import plan_edge
from core.mitigate.splits import PARTS, REPORT, Divided, People
from core.notes import Note, as_notes
from core.plan.plan import Plan

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Seen:
    """One table's people as they were decided about.

    Attributes
    ----------
    counts
        One for each place in PARTS; a part without people of this table counts nobody.
    bins
        Each person's bin among the axis's scores, shape (people,).
    selected
        Bool of shape (people,).
    """

    counts: tuple[Counts, ...]
    bins: Ints
    selected: Bools

    @property
    def axis(self) -> Axis:
        """The axis of all parts."""
        return self.counts[0].axis


@dataclass(frozen=True, eq=False)
class Observed:
    """One pass over everybody.

    `near_threshold` counts the scores of the report part that lie at the threshold; `device` and `batch_size` are as
    `Provenance` has them.
    """

    seen: tuple[Seen, ...]
    near_threshold: int = 0
    device: str = "cpu"
    batch_size: int | None = None
    warnings: tuple[Note, ...] = ()

    def counts(self, part: int) -> Counts:
        """The people of one part."""
        return self.seen[-1 if part == REPORT else 0].counts[part]


def observe(divided: Divided, plan: Plan, model: Path | None, progress: Progress, what: str) -> Observed:
    """Let the plan's model or columns decide about the people of all parts. Raises as an audit does."""
    found: list[Observed] = []
    for table in divided.tables:
        found.append(_observe(table, plan, model, lambda done, total: progress(done, total, what)))
        plan = _with_edges(plan, found[0].seen[0].axis)
    return replace(
        found[0],
        seen=tuple(each.seen[0] for each in found),
        near_threshold=found[-1].near_threshold,
        warnings=as_notes(warning for each in found for warning in each.warnings),
    )


def drawn(divided: Divided, present: Observed, stated: Stated) -> Observed:
    """What a rule that draws lots decides about everybody, from the scores that are there: each person draws once."""
    seen = [_drawn(table, each, stated) for table, each in zip(divided.tables, present.seen, strict=True)]
    return replace(present, seen=tuple(seen))


def joint(divided: Divided, before: Observed, after: Observed, part: int) -> JointCounts:
    """How many of a part's people are selected before and after."""
    place = -1 if part == REPORT else 0
    table = divided.tables[place]
    among = table.part == part
    decisions = (each.seen[place].selected[among].astype(np.int64) for each in (before, after))
    return joint_tally(table.groups, table.cell[among], table.label[among], *decisions)


def _observe(table: People, plan: Plan, model: Path | None, progress: Callable[[int, int], None]) -> Observed:
    decisions = source(plan, table.dataset, model)
    pass_over, answers = _Pass(table, decisions.axis, plan), Answers()
    for batch, where in table.batches(decisions.columns):
        given = decisions.decide(batch)
        pass_over.add(where, given.scores, given.selected)
        answers += given.answers
        progress(where.stop, len(table.cell))
    facts, warnings = decisions.facts(), as_notes((*decisions.known, *answers.notes()))
    return Observed((pass_over.seen(),), pass_over.near_threshold, facts["device"], facts["batch_size"], warnings)


class _Pass:
    """Counts a table's people part by part, and keeps each one's bin and decision."""

    def __init__(self, table: People, axis: Axis, plan: Plan) -> None:
        self._table, self._axis, self._limit = table, axis, plan_edge(plan, axis.dtype)
        self._rule = None if axis.decided or axis.kind == "decision" else Rule.threshold(axis, self._limit)
        self._counts = [Counts.empty(table.groups, axis) for _ in PARTS]
        self._bins = np.zeros(len(table.cell), dtype=np.int64)
        self._selected = np.zeros(len(table.cell), dtype=np.bool_)
        self.near_threshold = 0

    def add(
        self, where: slice, scores: npt.NDArray[np.floating] | None, decided: npt.NDArray[np.integer] | None
    ) -> None:
        """Take in the people at `where`, with their scores, decisions, or both."""
        if scores is not None:
            self._bins[where] = self._axis.bin(scores)
        if decided is not None:
            self._selected[where] = decided == 1
        elif self._rule is not None and scores is not None:
            self._selected[where] = self._rule.selected[self._bins[where]] == 1
            judged = self._table.part[where] == REPORT
            self.near_threshold += near_limits(scores[judged], (self._limit,))
        for part in range(len(PARTS)):
            among = self._table.part[where] == part
            self._counts[part] += tally(
                self._table.groups,
                self._axis,
                self._table.cell[where][among],
                self._table.label[where][among],
                None if scores is None else scores[among],
                None if decided is None else decided[among],
            )

    def seen(self) -> Seen:
        return Seen(tuple(self._counts), self._bins, self._selected)


def _drawn(table: People, seen: Seen, stated: Stated) -> Seen:
    chance = stated.rule(table.groups, seen.axis).selected[table.cell, seen.bins]
    selected = draws(table.hashes) < chance
    axis = replace(seen.axis, decided=True)
    counts = []
    for part, scored in enumerate(seen.counts):
        among = table.part == part
        bins = seen.bins[among] + selected[among] * len(axis.edges)
        place = np.ravel_multi_index((table.cell[among], table.label[among], bins), (*scored.n.shape[:2], axis.bins))
        n = np.bincount(place, minlength=scored.n.shape[0] * scored.n.shape[1] * axis.bins).astype(np.int64)
        counts.append(replace(scored, axis=axis, n=n.reshape(*scored.n.shape[:2], axis.bins)))
    return Seen(tuple(counts), seen.bins, selected)


def _with_edges(plan: Plan, axis: Axis) -> Plan:
    """The plan with the score edges of the first table, which the second must share."""
    if plan.decision.score is None:
        return plan
    return replace(plan, decision=replace(plan.decision, edges=axis.edges))
