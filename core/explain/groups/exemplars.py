"""The most telling single images: in each group, those whose scores one place of the image moved furthest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.counts.counts import Floats, Groups
from core.data.dataset import Batch
from core.data.images import Images
from core.data.images.decoding import Size
from core.data.images.thumbnails import thumbnails

FILE, PIXELS_FILE = "telling.json", "telling.npy"
EACH, MOST = 3, 24


@dataclass(frozen=True, eq=False)
class Telling:
    """One person's image and what its places did.

    Attributes
    ----------
    row
        The index in the table, from 0.
    group
        The value of each sensitive column.
    score, selected
        What the model gave, and what was decided.
    values
        By how much each cell of the grid moved the score, in the order of the features.
    image
        The image as the model sees it: uint8 of shape (h, w, 1 or 3).
    """

    row: int
    group: dict[str, str]
    score: float
    selected: bool
    values: tuple[float, ...]
    image: npt.NDArray[np.uint8]


def most_telling(people: Iterable[Telling], groups: Groups) -> tuple[Telling, ...]:
    """Of the people whom several jobs kept of their own, those whom one job would keep of all, in its order."""
    attribute, values = groups.attributes[0], groups.values[0]
    kept: dict[int, list[Telling]] = {}
    for person in sorted(people, key=lambda one: (-max(map(abs, one.values)), one.row)):
        kept.setdefault(values.index(person.group[attribute]), []).append(person)
    return tuple(person for value in sorted(kept) for person in kept[value][:EACH])[:MOST]


class TellingImages:
    """Keeps the EACH most telling people of every value of the first sensitive column, without their images."""

    def __init__(self, groups: Groups) -> None:
        """Of the people in these groups; nobody yet."""
        self._groups = groups
        self._kept: dict[int, list[tuple[float, str, dict[str, Any]]]] = {}

    def add(
        self,
        batch: Batch,
        column: str,
        cells: npt.NDArray[np.int32],
        values: Floats,
        scores: Floats,
        selected: npt.NDArray[np.bool_],
    ) -> None:
        """Take in a batch's people, whose images `column` names; `values` is of shape (n, features)."""
        names, weights = batch.text(column), np.abs(values).max(axis=1)
        own = self._groups.cell_array[cells][:, 0]
        for value in np.unique(own).tolist():
            heaviest = sorted(np.flatnonzero(own == value).tolist(), key=lambda i: -weights[i])[:EACH]
            found = [
                (
                    float(weights[i]),
                    str(names[i]),
                    {
                        "row": int(batch.rows[i]),
                        "group": self._groups.names(int(cells[i])),
                        "score": float(scores[i]),
                        "selected": bool(selected[i]),
                        "values": tuple(float(x) for x in values[i]),
                    },
                )
                for i in heaviest
            ]
            kept = [*self._kept.get(value, []), *found]
            self._kept[value] = sorted(kept, key=lambda person: (-person[0], person[2]["row"]))[:EACH]

    def taken(self, images: Images, size: Size) -> tuple[Telling, ...]:
        """The people with their images at this size, thinned to what a page shows."""
        people = [person for value in sorted(self._kept) for person in self._kept[value]][:MOST]
        if not people:
            return ()
        pixels = thumbnails(images.pixels([name for _, name, _ in people], size), MOST)
        return tuple(Telling(image=image, **one) for (_, _, one), image in zip(people, pixels, strict=True))
