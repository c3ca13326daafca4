"""Which rows name an image that can be used; the others are left out, and it is said how many and which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from core.data.dataset import Batch
from core.data.profile import Profile
from core.errors import DataError

MOST_ROWS_NAMED = 20


def are_usable(batch: Batch, column: str) -> npt.NDArray[np.bool_]:
    """Whether the image that `column` names can be used, shape (n,). Raises DataError where there is no archive."""
    return np.asarray([fault is None for fault in _faults(batch, column)], dtype=np.bool_)


@dataclass(frozen=True)
class FaultyImages:
    """The rows whose image cannot be used, by what is wrong with it: how many, and the first ones' numbers in the file.

    A sum over parts of a table is that of the whole, in whatever order they are added.
    """

    rows: Mapping[str, tuple[int, tuple[int, ...]]] = field(default_factory=dict)

    @classmethod
    def of(cls, batch: Batch, column: str) -> FaultyImages:
        """Those of a batch, as `column` names them. Raises DataError where there is no archive of images."""
        found: dict[str, list[int]] = {}
        for row, fault in zip(batch.rows.tolist(), _faults(batch, column), strict=True):
            if fault is not None:
                found.setdefault(fault, []).append(batch.profile.file_row(row))
        return cls({fault: (len(rows), tuple(sorted(rows)[:MOST_ROWS_NAMED])) for fault, rows in found.items()})

    def __add__(self, other: FaultyImages) -> FaultyImages:
        """The rows of both."""
        if not (self.rows and other.rows):
            return self if self.rows else other
        added = dict(self.rows)
        for fault, (count, first) in other.rows.items():
            counted, earlier = added.get(fault, (0, ()))
            added[fault] = (counted + count, tuple(sorted((*earlier, *first))[:MOST_ROWS_NAMED]))
        return FaultyImages(added)

    def said(self, profile: Profile) -> tuple[str, ...]:
        """One sentence on the rows of this table that are left out; none where there are none."""
        total = sum(count for count, _ in self.rows.values())
        if not total:
            return ()
        listed = "; ".join(f"{fault}: {_words(*rows, profile)}" for fault, rows in sorted(self.rows.items()))
        images, people = ("image", "its person is") if total == 1 else ("images", "their people are")
        return (f"{total:,} {images} could not be used, and {people} not counted ({listed}).",)


def _faults(batch: Batch, column: str) -> list[str | None]:
    """Why each row's image cannot be used; None where it can."""
    if batch.images is None:
        raise DataError(
            f'{batch.profile.name}, column "{column}": the images that it names are not there. Put in the zip'
            " of images.",
            in_plan='images = "images.zip" under [decision]',
        )
    return batch.images.faults(batch.text(column))


def _words(count: int, first: tuple[int, ...], profile: Profile) -> str:
    shown = profile.rows_words(first, ",")
    more = f" and {count - len(first):,} more" if count > len(first) else ""
    if profile.files:
        return f"{shown}{more}"
    return f"{'rows' if count > 1 else 'row'}{shown.removeprefix('row')}{more}"
