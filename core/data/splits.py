"""The people whom a plan keeps, and the parts they are divided into when a fix is looked for.

A row's part follows from a keyed hash of its cells and of its count of appearance among equal rows, so neither the
order of rows nor their number in a batch matters, and rows that repeat are spread over all parts. Each group and label
is cut at quantiles of its own hashes, so that all parts look alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.counts.counts import LABELS, Groups
from core.counts.weights import Hashes
from core.data.dataset import Batch, Dataset
from core.data.filters import KEPT, Filter, filters, nobody_left, select
from core.data.groups import attributes, groups
from core.data.images.usable import FaultyImages
from core.data.labels import label_coder
from core.data.progress import Progress
from core.data.row_hash import contents, numbered
from core.plan.plan import Plan

FIT, CHOOSE, REPORT = 0, 1, 2
PARTS = ("fit", "choose", "report")


@dataclass(frozen=True, eq=False)
class People:
    """The people of a table whom the plan keeps, in the table's order.

    Attributes
    ----------
    dataset, plan
        The table and the question.
    groups
        What the cells are.
    kept
        Which rows of the table they are: bool of shape (rows,).
    cell, label, part
        Shape (people,): int32; uint8, as in `core.counts.counts`; uint8, a place in PARTS.
    contents, hashes
        A hash of each row's cells, and one that tells equal rows apart too; or of the person whose row it is, where the
        plan names a column of persons: uint64 of shape (people,).
    dropped
        How many rows each sieve left out.
    said
        What the sieves say of it.
    """

    dataset: Dataset
    plan: Plan
    groups: Groups
    kept: npt.NDArray[np.bool_]
    cell: npt.NDArray[np.int32]
    label: npt.NDArray[np.uint8]
    part: npt.NDArray[np.uint8]
    contents: Hashes
    hashes: Hashes
    dropped: tuple[int, ...]
    said: tuple[str, ...]

    def batches(self, columns: tuple[str, ...]) -> Iterator[tuple[Batch, slice]]:
        """The kept rows, batch by batch, and where each batch's people stand among all."""
        done = 0
        for batch in self.dataset.batches(columns):
            kept = batch.take(self.kept[batch.rows])
            if len(kept):
                yield kept, slice(done, done + len(kept))
            done += len(kept)

    def sizes(self) -> dict[str, int]:
        """How many people each part has."""
        return {name: int((self.part == part).sum()) for part, name in enumerate(PARTS)}


def sieves(plan: Plan, dataset: Dataset, progress: Progress) -> tuple[Filter, ...]:
    """What leaves rows out: the plan's filters, and last, where the plan asks for them, all but people held out."""
    keep = filters(plan, dataset)
    if plan.data.held_out is None:
        return keep
    held = _held_out(plan, plan.data.held_out, dataset, progress)
    return (*keep, Filter(plan.groups.sensitive[0], lambda batch: held[batch.rows]))


def _held_out(plan: Plan, share: float, dataset: Dataset, progress: Progress) -> npt.NDArray[np.bool_]:
    """Which rows hold people on whom a search for fixes that holds out this share fits and chooses nothing."""
    people = meet(plan, dataset, filters(plan, dataset), tuple(sorted(dataset.profile.names)), progress)
    held = np.zeros(dataset.profile.rows, dtype=np.bool_)
    held[people.kept] = cut(people, (share, share)) == REPORT
    return held


def meet(
    plan: Plan, dataset: Dataset, keep: tuple[Filter, ...], columns: tuple[str, ...], progress: Progress
) -> People:
    """The people of a table that the filters keep, hashed by their cells in `columns`; nobody is in a part yet."""
    label, sensitive = label_coder(plan, dataset), attributes(plan, dataset)
    cells = groups(sensitive, dataset)
    kept = np.zeros(dataset.profile.rows, dtype=np.bool_)
    dropped, faulty = np.zeros(len(keep), dtype=np.int64), FaultyImages()
    found: list[tuple[npt.NDArray[np.generic], ...]] = []
    for batch in dataset.batches(dataset.profile.names):
        chosen = select(keep, batch)
        dropped += np.bincount(chosen.left_out_by[chosen.left_out_by != KEPT], minlength=len(keep))
        faulty += chosen.faulty
        kept[chosen.kept.rows] = True
        if len(chosen.kept):
            cell = cells.number([attribute.code(chosen.kept) for attribute in sensitive])
            found.append((cell, label(chosen.kept).astype(np.uint8)))
        progress(int(batch.rows[-1]) + 1, dataset.profile.rows, "rows divided into parts")
    if not found:
        raise nobody_left(dataset, faulty)
    cell, labels = (np.concatenate(each) for each in zip(*found, strict=True))
    rows = contents(dataset, columns if plan.data.person is None else (plan.data.person,), plan.run.seed)
    said = (*(words for each in keep for words in each.known), *faulty.said(dataset.profile))
    nowhere = np.zeros(len(cell), dtype=np.uint8)
    left_out, apart = tuple(dropped.tolist()), numbered(rows) if plan.data.person is None else rows
    return People(dataset, plan, cells, kept, cell, labels, nowhere, rows[kept], apart[kept], left_out, said)


def cut(people: People, ends: tuple[float, float]) -> npt.NDArray[np.uint8]:
    """The parts of a table's people, each cell and label cut by itself; a person's rows stay together."""
    strata = people.cell.astype(np.int64) * LABELS + people.label
    if people.plan.data.person is None:
        return cut_by_hash(people.hashes, strata, ends)
    persons, row = np.unique(people.hashes, return_inverse=True)
    first = np.full(len(persons), strata.max(), dtype=np.int64)
    np.minimum.at(first, row, strata)
    return cut_by_hash(persons, first, ends)[row]


def cut_by_hash(hashes: Hashes, strata: npt.NDArray[np.integer], ends: tuple[float, float]) -> npt.NDArray[np.uint8]:
    """The part of each row: report below the first end, choose below the second, else fit, within its stratum.

    Parameters
    ----------
    hashes, strata
        Shape (n,): a row's hash, and which stratum it is in, from 0. Rows with equal hashes share a part.
    ends
        The shares of a stratum at which it is cut, to the nearest row; at least one hash of each is left to fit on.
    """
    sizes = np.bincount(strata)
    ordered = hashes[np.lexsort((hashes, strata))]
    starts = np.cumsum(sizes) - sizes
    is_report, is_choose = (hashes < _limits(ordered, starts, sizes, end)[strata] for end in ends)
    return np.where(is_report, REPORT, np.where(is_choose, CHOOSE, FIT)).astype(np.uint8)


def _limits(ordered: Hashes, starts: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], end: float) -> Hashes:
    """The hash in each stratum below which `end` of its rows lie; `ordered` by stratum, then hash."""
    places = np.minimum(np.floor(end * sizes + 0.5).astype(np.int64), sizes - 1)
    return np.asarray(ordered[np.clip(starts + places, 0, len(ordered) - 1)])
