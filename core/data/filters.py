"""Who takes part: what leaves rows out, and the one loop that asks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.data.cell_reading.advice import KEEP
from core.data.cell_reading.months import days_in_month
from core.data.dataset import Batch, Dataset
from core.data.images.usable import FaultyImages, are_usable
from core.data.value_matching import between, never, refuse_without_numbers, wanted
from core.errors import DataError
from core.plan.plan import Keep, Plan

KEPT = -1

Mask = Callable[[Batch], npt.NDArray[np.bool_]]


@dataclass(frozen=True)
class Filter:
    """What leaves rows out: the column that it reads, and which rows it keeps, bool of shape (n,), each by itself.

    One for each rule of the plan's `keep`, then, for a plan of images, one that keeps the rows whose image is usable.
    `known` is what to say of it before a row is read, `faults` what to say of rows that it left out.
    """

    column: str
    keeps: Mask
    known: tuple[str, ...] = ()
    faults: Callable[[Batch], FaultyImages] | None = None


@dataclass(frozen=True)
class Selection:
    """What filters make of a batch.

    Attributes
    ----------
    kept
        The rows that all of them keep.
    left_out_by
        The place of the first filter that leaves each row of the batch out, KEPT where none does: int16, shape (n,).
    faulty
        The images that could not be used.
    """

    kept: Batch
    left_out_by: npt.NDArray[np.int16]
    faulty: FaultyImages


def filters(plan: Plan, dataset: Dataset) -> tuple[Filter, ...]:
    """The plan's filters. A value of `in` that occurs nowhere is refused, one of `not_in` is told."""
    rules = [_filter(rule, dataset) for rule in plan.data.keep]
    image = plan.decision.image
    if image is not None:
        dataset.profile.column(image)
        usable, faults = (lambda batch: are_usable(batch, image)), (lambda gone: FaultyImages.of(gone, image))
        rules.append(Filter(image, usable, faults=faults))
    return tuple(rules)


def select(keep: tuple[Filter, ...], batch: Batch) -> Selection:
    """Ask the filters one after the other, each of the rows that those before it keep."""
    left_out_by = np.full(len(batch), KEPT, dtype=np.int16)
    rest, faulty = batch, FaultyImages()
    for number, rule in enumerate(keep):
        chosen = rule.keeps(rest)
        if chosen.all():
            continue
        places = ~chosen if rest is batch else np.flatnonzero(left_out_by == KEPT)[~chosen]
        left_out_by[places] = number
        if rule.faults is not None:
            faulty += rule.faults(rest.take(~chosen))
        rest = rest.take(chosen)
    return Selection(rest, left_out_by, faulty)


def nobody_left(dataset: Dataset, faulty: FaultyImages) -> DataError:
    """What to say when the filters left nobody."""
    if said := faulty.said(dataset.profile):
        return DataError(f"{dataset.profile.name}: no row is left. {' '.join(said)}")
    return DataError(
        f"{dataset.profile.name}: no row is left after the rules on who takes part. Loosen them.", in_plan=KEEP
    )


def _filter(rule: Keep, dataset: Dataset) -> Filter:
    column = rule.column
    dataset.profile.column(column)
    if rule.between is not None:
        low, high = rule.between
        nobody = "a range of numbers keeps nobody. Choose among its texts"
        refuse_without_numbers(column, dataset, nobody, "in or not_in for between, in keep under [data]")
        return Filter(column, lambda batch: between(batch.floats(column), low, high))
    if rule.month is not None:
        month = rule.month
        known = days_in_month(column, month, dataset)
        return Filter(column, lambda batch: batch.in_month(column, month), known)
    texts, absent = wanted(rule.values, dataset, column)
    if rule.negated:
        unseen = (f'keep: "{value}" does not occur in {column}, so leaving it out drops nobody' for value in absent)
        return Filter(column, lambda batch: ~batch.equals(column, texts), tuple(unseen))
    if absent:
        raise never(f"keep of {column}, under [data]", absent[0], dataset, column)
    return Filter(column, lambda batch: batch.equals(column, texts))
