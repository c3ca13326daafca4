"""What a method explains, and what it gives back: the same for tables, images and words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.counts.counts import Floats

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class Explainable:
    """Some rows, and what scores them.

    Attributes
    ----------
    forward
        Inputs of any number of rows to the score of the good outcome, shape (n,). It has a slope for methods that need
        gradients.
    inputs
        Shape (n, ...): a matrix, images, embeddings; or, to perturb a table, from which row of a pool each cell is
        taken (int64).
    background
        Other people's inputs, shape (b, ...): what stands in for a feature that is not known.
    mask
        int64 of the shape of one row's inputs: the feature that each element belongs to, from 0.
    features
        How many features there are.
    keys
        A number for each row that does not depend on its neighbours, shape (n,): it picks the row's draws.
    module
        The torch module behind `forward`, for methods that hook into layers; None without one.
    nudge
        Inputs changed a little, for any number of rows; None where nothing can be changed a little.
    """

    forward: Callable[[Tensor], Tensor]
    inputs: Tensor
    background: Tensor
    mask: Tensor
    features: int
    keys: Tensor
    module: Any = None
    nudge: Callable[[Tensor], Tensor] | None = None

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.inputs)

    def part(self, start: int, stop: int) -> Explainable:
        """Some of the rows."""
        return replace(self, inputs=self.inputs[start:stop], keys=self.keys[start:stop])

    @property
    def typical(self) -> Tensor:
        """The mean of the background, shape (1, ...): where gradient methods start."""
        return self.background.mean(dim=0, keepdim=True)

    def baselines(self, draw: int) -> Tensor:
        """One row of the background for each row, another one for each draw; shape of `inputs`."""
        return self.background[(self.keys + draw) % len(self.background)]

    def added(self, attributions: Tensor) -> Floats:
        """Attributions of every element, shape of `inputs`, added up over each feature: shape (n, features)."""
        import torch

        flat = attributions.detach().reshape(len(attributions), -1).to(torch.float64)
        total = torch.zeros(len(flat), self.features, dtype=torch.float64, device=flat.device)
        total.index_add_(1, self.mask.reshape(-1).to(flat.device), flat)
        return np.asarray(total.cpu().numpy())

    def picked(self, attributions: Tensor) -> Floats:
        """Attributions that are equal within each feature, shape of `inputs`, one for each: shape (n, features)."""
        import torch

        flat = attributions.detach().reshape(len(attributions), -1).to(torch.float64)
        mask = self.mask.reshape(-1).to(flat.device)
        first = torch.full((self.features,), mask.numel(), dtype=torch.int64, device=flat.device)
        first.scatter_reduce_(0, mask, torch.arange(mask.numel(), device=flat.device), "amin")
        return np.asarray(flat[:, first].cpu().numpy())


@dataclass(frozen=True)
class Effort:
    """How much a method may spend on a row.

    `steps` of a path, `samples` drawn for a row, and `at_once` rows through the model in one go.
    """

    steps: int = 50
    samples: int = 10
    at_once: int = 1 << 13
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Explained:
    """What a method found for n rows.

    Attributes
    ----------
    values
        By how much each feature moved the row's score, shape (n, features).
    spread
        The standard error of each value where the method draws samples, shape (n, features), or how far repeats lie
        apart; None where it does neither.
    """

    values: Floats
    spread: Floats | None = None
