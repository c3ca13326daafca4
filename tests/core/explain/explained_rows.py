"""Rows for methods to explain, made from plain tensors."""

from collections.abc import Callable
from typing import Any

import torch

from core.explain.methods.explainable import Explainable


def rows_of(
    forward: Callable[[torch.Tensor], torch.Tensor],
    inputs: torch.Tensor,
    background: torch.Tensor,
    mask: torch.Tensor | None = None,
    module: Any = None,
) -> Explainable:
    mask = torch.arange(inputs.shape[1]) if mask is None else mask
    return Explainable(forward, inputs, background, mask, int(mask.max()) + 1, torch.arange(len(inputs)), module)


class Toy(torch.nn.Module):
    """The model of captum's README, whose numbers are published there."""

    def __init__(self) -> None:
        super().__init__()
        self.lin1, self.relu, self.lin2 = torch.nn.Linear(3, 3), torch.nn.ReLU(), torch.nn.Linear(3, 2)
        self.lin1.weight = torch.nn.Parameter(torch.arange(-4.0, 5.0).view(3, 3))
        self.lin1.bias = torch.nn.Parameter(torch.zeros(1, 3))
        self.lin2.weight = torch.nn.Parameter(torch.arange(-3.0, 3.0).view(2, 3))
        self.lin2.bias = torch.nn.Parameter(torch.ones(1, 2))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.lin2(self.relu(self.lin1(rows)))


class First(torch.nn.Module):
    """One output of a model."""

    def __init__(self, inner: torch.nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.inner(rows)[:, 0]
