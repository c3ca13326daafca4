"""Which rows name an image that can be used; the others are left out, and it is said how many and which."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.data.dataset import Batch
from core.errors import DataError

MOST_ROWS_NAMED = 20


class UsableImages:
    """Looks at the image of each row, and remembers which rows have none that can be used."""

    def __init__(self, column: str) -> None:
        """For the images that `column` names."""
        self._column = column
        self._rows: dict[str, list[int]] = {}

    def keeps(self, batch: Batch) -> npt.NDArray[np.bool_]:
        """The rows whose image can be used, shape (n,). Raises DataError where there is no archive of images."""
        if batch.images is None:
            raise DataError(
                f'{batch.profile.name}, column "{self._column}": the images that it names are not there. Put in the zip'
                " of images.",
                in_plan='images = "images.zip" under [decision]',
            )
        faults = batch.images.faults(batch.text(self._column))
        for row, fault in zip(batch.rows.tolist(), faults, strict=True):
            if fault is not None:
                self._rows.setdefault(fault, []).append(batch.profile.file_row(row))
        return np.asarray([fault is None for fault in faults], dtype=np.bool_)

    def said(self) -> tuple[str, ...]:
        """One sentence on the rows that were left out so far; none where there are none."""
        count = sum(map(len, self._rows.values()))
        if not count:
            return ()
        listed = "; ".join(f"{fault}: {_rows(rows)}" for fault, rows in sorted(self._rows.items()))
        images, people = ("image", "its person is") if count == 1 else ("images", "their people are")
        return (f"{count:,} {images} could not be used, and {people} not counted ({listed}).",)


def _rows(rows: list[int]) -> str:
    shown = ", ".join(f"{row:,}" for row in rows[:MOST_ROWS_NAMED])
    more = f" and {len(rows) - MOST_ROWS_NAMED:,} more" if len(rows) > MOST_ROWS_NAMED else ""
    return f"{'row' if len(rows) == 1 else 'rows'} {shown}{more}"
