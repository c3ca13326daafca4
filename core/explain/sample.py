"""Which people are explained, and which ones stand for "not known": chosen by a hash of their row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.counts.counts import Groups
from core.data.dataset import Batch, Dataset
from core.data.filters import nobody_left, select
from core.data.groups import attributes, groups
from core.data.images.usable import FaultyImages, are_usable
from core.data.progress import Progress
from core.data.row_hash import row_hashes
from core.data.splits import sieves
from core.errors import PlanError
from core.explain.groups.exact_sums import MOST_PEOPLE
from core.metrics.words import rows_word
from core.plan.plan import Plan

ROWS, BACKGROUND = 2_000, 100
# After so many images it is told how far they are: opening large ones takes long.
OPENED = 64

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ExplainedSample:
    """The people who are explained, in the table's order.

    Attributes
    ----------
    groups
        What the cells are.
    rows, cells, hashes
        Each one's index in the table, cell and hash: int64, int32 and uint64 of shape (n,).
    background
        Rows of the table whose hash is the lowest: int64 of shape (b,).
    kept
        How many people the plan keeps: those explained were chosen among them.
    """

    groups: Groups
    rows: Places
    cells: npt.NDArray[np.int32]
    hashes: npt.NDArray[np.uint64]
    background: Places
    kept: int
    warnings: tuple[str, ...]

    def __len__(self) -> int:
        """How many are explained."""
        return len(self.rows)

    @property
    def background_by_hash(self) -> Places:
        """The background's places by rising hash, as draws count them: the same people in any order of rows."""
        return np.argsort(self.hashes[np.searchsorted(self.rows, self.background)], kind="stable")


def check_people(people: int) -> None:
    """Raise PlanError unless so many people can be explained: the `BACKGROUND` at least, and as many as add up."""
    if type(people) is not int or not BACKGROUND <= people <= MOST_PEOPLE:
        raise PlanError(
            f"people is {people!r}. Give how many people to explain at most, from {BACKGROUND} to {MOST_PEOPLE:,}."
        )


def choose_people(plan: Plan, dataset: Dataset, most: int, progress: Progress) -> ExplainedSample:
    """At most `most` of the kept people. Neither the order of rows nor their number at once matters.

    Raises DataError where nobody is left.
    """
    keep, sensitive = sieves(plan, dataset, progress), attributes(plan, dataset)
    cells, columns = groups(sensitive, dataset), tuple(sorted(dataset.profile.names))
    of_row, most = row_hashes(dataset, columns, plan.run.seed), max(most, BACKGROUND)
    rows, cell = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32)
    hashes, kept, faulty = np.zeros(0, dtype=np.uint64), 0, FaultyImages()
    for batch in dataset.batches(dataset.profile.names, None if dataset.images is None else OPENED):
        read = int(batch.rows[-1]) + 1
        chosen = select(keep, batch)
        batch, faulty = chosen.kept, faulty + chosen.faulty
        if len(batch):
            kept += len(batch)
            rows, hashes = np.concatenate([rows, batch.rows]), np.concatenate([hashes, of_row[batch.rows]])
            cell = np.concatenate([cell, cells.number([a.code(batch) for a in sensitive])])
            lowest = np.sort(np.lexsort((rows, hashes))[:most])
            rows, cell, hashes = rows[lowest], cell[lowest], hashes[lowest]
        progress(read, dataset.profile.rows, f"{rows_word(plan)} chosen")
    if not kept:
        raise nobody_left(dataset, faulty)
    warnings = (*(words for each in keep for words in each.known), *faulty.said(dataset.profile))
    background = np.sort(rows[np.lexsort((rows, hashes))[:BACKGROUND]])
    return ExplainedSample(cells, rows, cell, hashes, background, kept, warnings)


def choose_background(plan: Plan, dataset: Dataset, progress: Progress) -> ExplainedSample:
    """The background of `choose_people` and nobody else; of a table that names images, few have to be opened.

    Raises DataError where nobody is left.
    """
    if plan.decision.image is None or plan.data.held_out is not None:
        return choose_people(plan, dataset, BACKGROUND, progress)
    unopened, most = replace(plan, decision=replace(plan.decision, image=None)), BACKGROUND
    while True:
        most *= 2
        sample = choose_people(unopened, dataset, most, progress)
        usable = _with_images(plan.decision.image, dataset, sample, progress)
        if len(usable) >= BACKGROUND:
            break
        if len(sample) == sample.kept:
            return choose_people(plan, dataset, BACKGROUND, progress)
    first = np.sort(usable[np.lexsort((sample.rows[usable], sample.hashes[usable]))[:BACKGROUND]])
    rows = sample.rows[first]
    return replace(sample, rows=rows, cells=sample.cells[first], hashes=sample.hashes[first], background=rows)


def _with_images(column: str, dataset: Dataset, sample: ExplainedSample, progress: Progress) -> Places:
    """The places of those people of a sample whose image can be used."""
    kept = []
    for batch, where in batches_of(dataset, sample.rows, (column,), OPENED):
        kept.append(np.arange(where.start, where.stop)[are_usable(batch, column)])
        progress(where.stop, len(sample), "images opened")
    return np.concatenate(kept)


def batches_of(
    dataset: Dataset, rows: Places, columns: tuple[str, ...], size: int | None = None
) -> Iterator[tuple[Batch, slice]]:
    """Some rows of a table, by rising index, batch by batch, and where each batch stands among them.

    `size` is how many rows of the table a batch is taken from; None for the usual number.
    """
    done = 0
    for batch in dataset.batches(columns, size):
        among = batch.take(np.isin(batch.rows, rows))
        if len(among):
            yield among, slice(done, done + len(among))
        done += len(among)
