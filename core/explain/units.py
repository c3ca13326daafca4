"""What is weighed in a table: its source columns, each moved as one, however many columns the model's matrix has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from core.explain.explainable import Explainable
from core.explain.explainers import Explainer
from core.explain.opened import Opened, joined, slope
from core.models.model import Features

if TYPE_CHECKING:
    from torch import Tensor


class Units(Protocol):
    """How rows become what a method explains."""

    @property
    def features(self) -> tuple[str, ...]:
        """What is weighed, by name."""
        ...

    def explainable(self, rows: Features, keys: npt.NDArray[np.int64]) -> Explainable:
        """Some rows as the model takes them, and a number for each that picks its draws."""
        ...


def start(units: Units, explainer: Explainer, background: Features, size: int) -> float:
    """The score that a row's values add up from: the typical person's, or the mean of the background's people."""
    import torch

    what = units.explainable(background, np.arange(size))
    with torch.no_grad():
        return float(what.forward(what.typical if explainer.from_typical else what.inputs).mean())


@dataclass(frozen=True, eq=False)
class MixedColumns:
    """Source columns replaced by other people's cells: for any model."""

    opened: Opened
    background: Features
    size: int

    @property
    def features(self) -> tuple[str, ...]:
        """The source columns."""
        return self.opened.columns

    def explainable(self, rows: Features, keys: npt.NDArray[np.int64]) -> Explainable:
        """The rows as places in a pool of themselves and the background."""
        import torch

        mixture = self.opened.mixture(joined([rows, self.background]))
        count, width = len(keys), len(self.features)

        def forward(index: Tensor) -> Tensor:
            return torch.from_numpy(self.opened.scores(mixture(index.numpy())))

        own = torch.arange(count + self.size)[:, None].expand(-1, width).contiguous()
        mask = torch.arange(width)
        return Explainable(forward, own[:count], own[count:], mask, width, torch.from_numpy(keys))


@dataclass(frozen=True, eq=False)
class SlopedColumns:
    """The columns of a model's matrix, added up over those that a source column becomes: for models with gradients."""

    opened: Opened
    background: Features
    score: Any

    @property
    def features(self) -> tuple[str, ...]:
        """The source columns."""
        return self.opened.columns

    def explainable(self, rows: Features, keys: npt.NDArray[np.int64]) -> Explainable:
        """The rows as the model's matrix."""
        import torch

        return Explainable(
            self.score,
            self._tensor(rows),
            self._tensor(self.background),
            torch.from_numpy(self.opened.owners),
            len(self.features),
            torch.from_numpy(keys),
            self.score,
        )

    def _tensor(self, features: Features) -> Tensor:
        import torch

        assert not isinstance(features, Mapping)
        matrix = np.ascontiguousarray(features, dtype=self.opened.model.dtype)
        return torch.from_numpy(matrix).to(self.opened.model.device)


def table_units(opened: Opened, background: Features, size: int, explainer: Explainer) -> Units:
    """The source columns, as the method needs them."""
    if explainer.needs == "outputs":
        return MixedColumns(opened, background, size)
    assert opened.model.module is not None
    return SlopedColumns(opened, background, slope(opened, opened.model.module()))
