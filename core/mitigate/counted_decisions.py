"""What a model, a column or a rule decides about everybody: counts by part, and each person's decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.counts.counts import LABELS, Axis, Counts, Ints, tally
from core.counts.rules import Rule, Stated
from core.counts.splits import by_split, split_cells, split_groups
from core.data.progress import Progress
from core.engine.counting import near_limits
from core.engine.deciding import decided
from core.engine.model_answers import ModelAnswers
from core.engine.sources import source
from core.metrics.joint import JointCounts, joint_tally
from core.metrics.verdicts import plan_edge
from core.mitigate.splits import PARTS, REPORT, Divided, People
from core.notes import Note, as_notes
from core.plan.plan import Plan

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class CountedDecisions:
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

    seen: tuple[CountedDecisions, ...]
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
        plan = plan.with_edges(found[0].seen[0].axis.edges)
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
    axis, every = decisions.axis, split_groups(table.groups, PARTS)
    cells = split_cells(table.groups, table.part, table.cell)
    limit = plan_edge(plan, axis.dtype)
    rule = Rule.threshold(axis, limit)
    total, answers, near = Counts.empty(every, axis), ModelAnswers(), 0
    bins, selected = np.zeros(len(cells), dtype=np.int64), np.zeros(len(cells), dtype=np.bool_)
    for batch, where in table.batches(decisions.columns):
        given = decisions.decide(batch)
        if given.scores is not None:
            bins[where] = axis.bin(given.scores)
        if given.selected is not None:
            selected[where] = given.selected == 1
        elif given.scores is not None:
            selected[where] = decided(rule, table.cell[where], bins[where], table.hashes[where])
            near += near_limits(given.scores[table.part[where] == REPORT], (limit,))
        total += tally(every, axis, cells[where], table.label[where], given.scores, given.selected)
        answers += given.answers
        progress(where.stop, len(cells))
    seen = CountedDecisions(by_split(total, table.groups), bins, selected)
    facts, notes = decisions.facts(), as_notes((*decisions.known, *answers.notes()))
    return Observed((seen,), near, facts["device"], facts["batch_size"], notes)


def _drawn(table: People, seen: CountedDecisions, stated: Stated) -> CountedDecisions:
    selected = decided(stated.rule(table.groups, seen.axis), table.cell, seen.bins, table.hashes)
    axis, every = replace(seen.axis, decided=True), split_groups(table.groups, PARTS)
    shape = (len(every), LABELS, axis.bins)
    bins = seen.bins + selected * len(seen.axis.edges)
    place = np.ravel_multi_index((split_cells(table.groups, table.part, table.cell), table.label, bins), shape)
    n = np.bincount(place, minlength=int(np.prod(shape))).astype(np.int64).reshape(len(PARTS), -1, *shape[1:])
    counts = (replace(scored, axis=axis, n=people) for scored, people in zip(seen.counts, n, strict=True))
    return CountedDecisions(tuple(counts), seen.bins, selected)
