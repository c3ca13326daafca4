"""How many people each row stands for, what it weighs, and whose it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.counts.weights import MILLION, MOST_UNITS, Hashes
from core.data.cell_reading.advice import KEEP
from core.data.dataset import Batch, Dataset
from core.data.row_hash import fingerprints
from core.errors import DataError
from core.plan.plan import Plan

MOST_PEOPLE = 2**31
_OR_KEEP = ", or leave such rows out"

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """What the plan's `count`, `weight` and `person` columns say of a table's rows.

    `unit` is what a weight of `MILLION` stands for: a power of ten.
    """

    dataset: Dataset
    count: str | None = None
    weight: str | None = None
    person: str | None = None
    unit: float = 1.0

    @classmethod
    def of(cls, plan: Plan, dataset: Dataset) -> Rows:
        """The plan's columns. Raises DataError for one that the table lacks, or that holds no numbers."""
        data, profile = plan.data, dataset.profile
        for named in filter(None, (data.count, data.weight, data.person)):
            profile.column(named)
        for role, column in (("count", data.count), ("weight", data.weight)):
            if column is not None and profile.column(column).low is None:
                raise DataError(
                    f'{profile.name}: column "{column}" holds no numbers, so it is no {role}. Name a column of'
                    " numbers.",
                    in_plan=f"another column for {role}, under [data]",
                )
        high = profile.column(data.weight).high if data.weight is not None else None
        unit = 10.0 ** math.ceil(math.log10(high)) / MOST_UNITS if high is not None and high > 0 else 1.0
        return cls(dataset, data.count, data.weight, data.person, unit)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        return tuple(filter(None, (self.count, self.weight, self.person)))

    def refuse_too_many(self, people: int) -> None:
        """Raise DataError where a whole table stands for more people than can be."""
        if self.count is not None and people > MOST_PEOPLE:
            raise DataError(
                f'{self.dataset.profile.name}: column "{self.count}" counts more than {MOST_PEOPLE:,} people. Check'
                " that it is a column of counts."
            )

    def times(self, batch: Batch) -> Ints | None:
        """How many people each row stands for, int64 of shape (n,); None where each stands for one.

        Raises DataError at a cell that is no whole number of people.
        """
        if self.count is None:
            return None
        numbers = batch.numbers(self.count)
        wrong = ~((numbers >= 0) & (numbers <= MOST_PEOPLE) & (numbers == np.floor(numbers)))
        self._refuse(batch, self.count, wrong, "is no number of people. Correct it to a whole number, 0 for nobody")
        return numbers.astype(np.int64)

    def weights(self, batch: Batch) -> Ints:
        """What each row weighs, in millionths of `unit`: int64 of shape (n,). Raises DataError at no or below 0."""
        if self.weight is None:
            return np.full(len(batch), MILLION, dtype=np.int64)
        numbers = batch.numbers(self.weight)
        wrong = ~((numbers >= 0) & np.isfinite(numbers))
        self._refuse(batch, self.weight, wrong, "is no weight. Correct it to a number of 0 or more", or_keep=True)
        return np.rint(numbers / self.unit * MILLION).astype(np.int64)

    def persons(self, batch: Batch) -> Hashes:
        """A hash of each row's person: uint64 of shape (n,). Raises DataError at a row without one."""
        assert self.person is not None  # asked only where a plan names one
        self._refuse(batch, self.person, batch.is_missing(self.person), "names no person. Fill it in", or_keep=True)
        return fingerprints(batch, (self.person,), 0)

    def _refuse(self, batch: Batch, column: str, wrong: npt.NDArray[np.bool_], why: str, or_keep: bool = False) -> None:
        """Raise DataError at the first wrong row; with `or_keep` leaving such rows out is a way too."""
        if not wrong.any():
            return
        row = int(np.flatnonzero(wrong)[0])
        text = batch.text(column)[row].strip()
        cell = f"“{text}”" if text else "this cell"
        help_too = _OR_KEEP if or_keep else ""
        raise DataError(
            f'{self.dataset.profile.name}, {batch.where(row)}, column "{column}": {cell} {why}{help_too}.',
            in_plan=KEEP if or_keep else "",
        )
