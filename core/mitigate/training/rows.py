"""The people that a model is trained on, as the model takes them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.counts.counts import UNKNOWN, Floats
from core.errors import ModelError
from core.mitigate.splits import People
from core.mitigate.training.reweighing import Weights
from core.models.inputs.binding import Binding
from core.models.inputs.rows import joined
from core.models.model import Features

MOST_IMAGE_BYTES = 1 << 30


@dataclass(frozen=True, eq=False)
class TrainingRows:
    """People to train on.

    Attributes
    ----------
    features
        What the model takes for n rows.
    labels
        As in `core.counts.counts`, shape (n,).
    groups
        The place of each row's group among those that are made equal, from 0; -1 for none. int64 of shape (n,).
    weights
        How much each row counts, shape (n,).
    """

    features: Features
    labels: npt.NDArray[np.integer]
    groups: npt.NDArray[np.int64]
    weights: Floats

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.labels)

    @property
    def with_outcome(self) -> int:
        """Number of rows whose outcome is known."""
        return int((self.labels != UNKNOWN).sum())

    def weighted(self, weights: Weights) -> TrainingRows:
        """The same people, each with the weight of the group and outcome."""
        return replace(self, weights=weights.each(self.groups, self.labels))


def training_rows(people: People, part: int, binding: Binding, groups: npt.NDArray[np.int64]) -> TrainingRows:
    """The people of one part, each with weight 1.

    Parameters
    ----------
    groups
        The place of each cell's group, shape (cells,).
    """
    _refuse_large(binding, int((people.part == part).sum()))
    found = []
    for batch, where in people.batches(binding.columns_used):
        among = people.part[where] == part
        if among.any():
            found.append(binding.features(batch.take(among)))
    chosen = people.part == part
    labels, cells = people.label[chosen], people.cell[chosen]
    return TrainingRows(joined(found), labels, groups[cells], np.ones(len(labels)))


def _refuse_large(binding: Binding, people: int) -> None:
    """Training goes over the same rows again and again, so all of them are held as numbers."""
    if binding.images is None:
        return
    size = binding.images.picture.size
    held = people * size.bytes * np.dtype(binding.dtype).itemsize
    if held > MOST_IMAGE_BYTES:
        raise ModelError(
            f"Training would hold {people:,} images of {size.width} x {size.height} pixels in memory,"
            f" {held / 2**30:.1f} GB and more than {MOST_IMAGE_BYTES / 2**30:g}. Use thresholds, or fewer people."
        )
