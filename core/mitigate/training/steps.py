"""What a training step computes with: rows on the device, balanced draws of groups, and the loss that is made small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.counts.counts import FAVOURABLE
from core.mitigate.training.fairness_loss import COMPARED, GAP_LOSSES, GapLoss
from core.mitigate.training.rows import TrainingRows

if TYPE_CHECKING:
    import torch
    from torch import Tensor

BALANCED_ROWS, LEAST_PER_GROUP, MOST_PER_GROUP = 1024, 16, 128
# Probabilities nearer to 0 or 1 have no slope left in float32.
EDGE = 1e-7


@dataclass(frozen=True)
class Aim:
    """What a training makes small: the task's loss plus `strength` times the goal's gap loss."""

    goal: str = "demographic_parity"
    strength: float = 0.0

    @property
    def gap(self) -> GapLoss:
        """The loss that grows with the goal's gap."""
        return GAP_LOSSES[self.goal]


@dataclass(frozen=True, eq=False)
class TrainingTensors:
    """Rows on the device that trains: features by input, labels, groups and weights of shape (n,)."""

    features: list[Any]
    labels: Any
    groups: Any
    weights: Any

    @property
    def every(self) -> Tensor:
        """The places of all rows."""
        import torch

        return torch.arange(len(self.labels))

    def task(self, rows: Tensor, logits: Tensor) -> Tensor:
        """The weighted mean of the log loss over the rows whose outcome is known."""
        import torch

        weights = self.weights[rows]
        target = (self.labels[rows] == FAVOURABLE).to(logits.dtype)
        each = torch.nn.functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
        return torch.sum(each * weights) / torch.clamp(weights.sum(), min=EDGE)


def gap_loss(logits: Tensor, labels: Tensor, groups: Tensor, aim: Aim, threshold: float) -> Tensor:
    """The goal's loss over the people who are in some group."""
    inside = groups >= 0
    return aim.gap(logits[inside], labels[inside], groups[inside], threshold)


@dataclass(frozen=True, eq=False)
class Balanced:
    """Draws as many rows of every group, however small, among those whom the goal compares."""

    pools: list[Any]
    each: int
    draw: Any

    @classmethod
    def of(cls, rows: TrainingRows, aim: Aim, draw: torch.Generator) -> Balanced:
        """Draws from these rows; of nobody where the gap costs nothing."""
        import torch

        compared = [np.isin(rows.labels, labels) for labels in COMPARED[aim.goal]]
        groups = np.unique(rows.groups[rows.groups >= 0])
        places = [np.flatnonzero(among & (rows.groups == g)) for among in compared for g in groups]
        pools = [torch.from_numpy(place) for place in places if len(place)]
        each = min(MOST_PER_GROUP, max(LEAST_PER_GROUP, BALANCED_ROWS // max(1, len(pools))))
        return cls(pools if aim.strength else [], each, draw)

    def rows(self) -> Tensor:
        """The rows drawn, with replacement."""
        import torch

        drawn = [pool[torch.randint(len(pool), (self.each,), generator=self.draw)] for pool in self.pools]
        return torch.cat(drawn) if drawn else torch.zeros(0, dtype=torch.int64)
