"""The people that a model is trained on, as the model takes them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.counts.counts import UNKNOWN, Floats
from core.counts.weights import Hashes
from core.mitigate.splits import People
from core.mitigate.training.reweighing import Weights
from core.models.inputs.binding import Binding
from core.models.inputs.rows import joined
from core.models.model import Features

MOST_IMAGE_BYTES = 1 << 30
_MIXER = np.uint64(0x9E3779B97F4A7C15)

Bools = npt.NDArray[np.bool_]


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
    """The people of one part, each with weight 1; of more images than can be held some that are drawn.

    Parameters
    ----------
    groups
        The place of each cell's group, shape (cells,).
    """
    chosen = people.part == part
    most = _most(binding)
    if most is not None and chosen.sum() > most:
        chosen = drawn(chosen, people.hashes, most)
    found = []
    for batch, where in people.batches(binding.columns_used):
        among = chosen[where]
        if among.any():
            found.append(binding.features(batch.take(among)))
    labels, cells = people.label[chosen], people.cell[chosen]
    return TrainingRows(joined(found), labels, groups[cells], np.ones(len(labels)))


def _most(binding: Binding) -> int | None:
    """How many people are trained on at most; None for all.

    Training goes over the same rows again and again, so all of them are held as numbers: of images so many as fit in.
    """
    if binding.images is None:
        return None
    return max(1, MOST_IMAGE_BYTES // (binding.images.picture.size.bytes * np.dtype(binding.dtype).itemsize))


def drawn(chosen: Bools, hashes: Hashes, most: int) -> Bools:
    """So many of the chosen, by their content: the same people in any order of rows.

    Parts are ranges of the hashes, so these are mixed once more: else the draw would lean to some of the groups.

    Parameters
    ----------
    chosen, hashes
        Of shape (n,).
    """
    places = np.flatnonzero(chosen)
    mixed = hashes[places] * _MIXER
    few = np.zeros_like(chosen)
    few[places[np.argsort(mixed ^ (mixed >> np.uint64(32)), kind="stable")[:most]]] = True
    return few
