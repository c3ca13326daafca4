"""Honest parts: people a mitigation is fitted on, people it is chosen on, and people it is reported on.

A row's part follows from a keyed hash of its cells: equal rows share a part, and neither their order nor their number
in a batch matters. Each group and label is cut at quantiles of its own hashes, so that all parts look alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.coding import Attribute, Coder, Filter, attributes, filters, groups, label_coder, nobody_left
from core.counts import LABELS, Groups
from core.data import Batch, Dataset
from core.errors import DataError
from core.fingerprint import Hashes, fingerprints
from core.plan import Plan
from core.progress import Progress

FIT, CHOOSE, REPORT = 0, 1, 2
PARTS = ("fit", "choose", "report")
FIT_SHARE = 2 / 3
FEWEST = 30


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
        Shape (people,): int32; uint8, as in `core.counts`; uint8, a place in PARTS.
    hashes
        A hash of each person's cells: uint64 of shape (people,).
    dropped
        How many rows each of the plan's `keep` rules left out.
    """

    dataset: Dataset
    plan: Plan
    groups: Groups
    kept: npt.NDArray[np.bool_]
    cell: npt.NDArray[np.int32]
    label: npt.NDArray[np.uint8]
    part: npt.NDArray[np.uint8]
    hashes: Hashes
    dropped: tuple[int, ...]

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


@dataclass(frozen=True, eq=False)
class Divided:
    """The tables and whose people are in which part; one table, or a second one that is the report part.

    `warnings` say what a person should know of the parts.
    """

    tables: tuple[People, ...]
    warnings: tuple[str, ...]

    def table_of(self, part: int) -> People:
        """The table that this part's people stand in."""
        return self.tables[-1] if part == REPORT else self.tables[0]

    def sizes(self) -> dict[str, int]:
        """How many people each part has."""
        totals = [table.sizes() for table in self.tables]
        return {name: sum(sizes[name] for sizes in totals) for name in PARTS}


def divide(plan: Plan, dataset: Dataset, holdout: float, second: Dataset | None, progress: Progress) -> Divided:
    """Put every kept person in a part: `holdout` of them in the report part, two thirds of the rest in the fit part.

    With a second table all its people are the report part. Raises DataError where a part would have almost nobody.
    """
    common = set(dataset.profile.names if second is None else second.profile.names)
    columns = tuple(sorted(common & set(dataset.profile.names)))
    warnings: list[str] = []
    people = _meet(plan, dataset, columns, warnings, progress)
    share = holdout if second is None else 0.0
    ends = (share, share + (1 - share) * (1 - FIT_SHARE))
    people = replace(people, part=_cut(people, ends))
    tables = [people]
    if second is not None:
        judged = _meet(plan, second, columns, warnings, progress)
        tables.append(replace(judged, part=np.full(len(judged.cell), REPORT, dtype=np.uint8)))
        warnings += _seen_before(people, judged)
    divided = Divided(tuple(tables), tuple(dict.fromkeys(warnings)))
    _refuse_small(divided, dataset)
    return divided


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


def _meet(plan: Plan, dataset: Dataset, columns: tuple[str, ...], warnings: list[str], progress: Progress) -> People:
    """The kept people of a table, hashed by their cells in `columns`; nobody is in a part yet."""
    reader = _Reader(
        filters(plan, dataset, warnings), label_coder(plan, dataset), attributes(plan, dataset), columns, plan.run.seed
    )
    cells = groups(reader.sensitive, dataset)
    kept = np.zeros(dataset.profile.rows, dtype=np.bool_)
    dropped = np.zeros(len(reader.keep), dtype=np.int64)
    found: list[tuple[npt.NDArray[np.generic], ...]] = []
    for batch in dataset.batches(dataset.profile.names):
        done = int(batch.rows[-1]) + 1
        batch = reader.kept(batch, dropped)
        kept[batch.rows] = True
        if len(batch):
            found.append(reader.read(batch, cells))
        progress(done, dataset.profile.rows, "rows divided into parts")
    if not found:
        raise nobody_left(dataset, reader.keep)
    warnings += [words for each in reader.keep for words in each.said()]
    hashes, cell, label = (np.concatenate(each) for each in zip(*found, strict=True))
    nowhere = np.zeros(len(cell), dtype=np.uint8)
    return People(dataset, plan, cells, kept, cell, label, nowhere, hashes, tuple(dropped.tolist()))


@dataclass(frozen=True)
class _Reader:
    """How a table's rows are read: who is kept, the label, the groups, and what is hashed."""

    keep: tuple[Filter, ...]
    label: Coder
    sensitive: tuple[Attribute, ...]
    columns: tuple[str, ...]
    seed: int

    def kept(self, batch: Batch, dropped: npt.NDArray[np.int64]) -> Batch:
        """The rows that every rule keeps; how many each leaves out is added to `dropped`."""
        for i, rule in enumerate(self.keep):
            chosen = rule.keeps(batch)
            dropped[i] += len(batch) - int(chosen.sum())
            batch = batch.take(chosen)
        return batch

    def read(self, batch: Batch, cells: Groups) -> tuple[npt.NDArray[np.generic], ...]:
        """Hash, cell and label of each row."""
        cell = cells.number([attribute.code(batch) for attribute in self.sensitive])
        return fingerprints(batch, self.columns, self.seed), cell, self.label(batch).astype(np.uint8)


def _cut(people: People, ends: tuple[float, float]) -> npt.NDArray[np.uint8]:
    """The parts of a table's people, each cell and label cut by itself."""
    return cut_by_hash(people.hashes, people.cell.astype(np.int64) * LABELS + people.label, ends)


def _seen_before(fitted: People, judged: People) -> list[str]:
    """A warning where people of the second table also stand in the first."""
    twice = int(np.isin(judged.hashes, fitted.hashes).sum())
    if not twice:
        return []
    return [
        f"{twice:,} of the {len(judged.hashes):,} rows of {judged.dataset.profile.name} also stand in"
        f" {fitted.dataset.profile.name}, so the fix is partly judged on people it was fitted on, and may look better"
        " than it is."
    ]


def _refuse_small(divided: Divided, dataset: Dataset) -> None:
    sizes = divided.sizes()
    part = min(sizes, key=lambda name: sizes[name])
    if sizes[part] < FEWEST:
        raise DataError(
            f"{dataset.profile.name}: dividing its people leaves {sizes[part]} to {part} on, and fewer than {FEWEST}"
            " say nothing. Use a file with more rows, or loosen the plan's keep rules."
        )
