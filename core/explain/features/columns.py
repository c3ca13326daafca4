"""What is weighed in a table: its source columns, each moved as one, however many columns the model's matrix has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from core.counts.counts import Floats
from core.explain.explained_model import OpenedModel, slope
from core.explain.methods import Explainer
from core.explain.methods.explainable import Explainable
from core.explain.methods.hooks import hookable
from core.models.inputs.rows import joined
from core.models.model import Features

if TYPE_CHECKING:
    from torch import Tensor


# A small change: this part of a column's spread, or of the people in its order.
NUDGE = 0.02


class Units(Protocol):
    """How rows become what a method explains."""

    @property
    def features(self) -> tuple[str, ...]:
        """What is weighed, by name."""
        ...

    def explainable(self, rows: Features, keys: npt.NDArray[np.int64]) -> Explainable:
        """Some rows as the model takes them, and a number for each that picks its draws."""
        ...


@runtime_checkable
class Modular(Protocol):
    """Units whose model has weights that can be drawn anew."""

    @property
    def module(self) -> Any:
        """A torch module from the model's tensor to scores; None where the file has none."""
        ...

    def by_module(self) -> Units:
        """The same units, scored by the module as it stands now."""
        ...


def start(units: Units, explainer: Explainer, background: Features, size: int) -> float:
    """The score that a row's values add up from: the typical person's, or the mean of the background's people."""
    import torch

    what = units.explainable(background, np.arange(size))
    with torch.no_grad():
        return float(what.forward(what.typical if explainer.from_typical else what.background).mean())


@dataclass(frozen=True, eq=False)
class MixedColumns:
    """Source columns replaced by other people's cells: for any model.

    `module` is there for a model whose weights can be drawn anew; `scores` asks it in place of the file.
    """

    opened: OpenedModel
    background: Features
    size: int
    module: Any = None
    scores: Callable[[Features], Floats] | None = None

    @property
    def features(self) -> tuple[str, ...]:
        """The source columns."""
        return self.opened.columns

    def explainable(self, rows: Features, keys: npt.NDArray[np.int64]) -> Explainable:
        """The rows as places in a pool of themselves and the background."""
        import torch

        pool = joined([rows, self.background])
        mixture, scores = self.opened.mixture(pool), self.scores or self.opened.scores
        count, width = len(keys), len(self.features)

        def forward(index: Tensor) -> Tensor:
            return torch.from_numpy(scores(mixture(index.numpy())))

        own = torch.arange(count + self.size)[:, None].expand(-1, width).contiguous()
        mask, nudge = torch.arange(width), _neighbours(self.opened, pool)
        return Explainable(forward, own[:count], own[count:], mask, width, torch.from_numpy(keys), nudge=nudge)

    def by_module(self) -> MixedColumns:
        """The same people, scored by the module as it stands now."""
        import torch

        def scores(features: Features) -> Floats:
            with torch.no_grad():
                given = self.module(tensor_of(self.opened, features))
            return np.asarray(given.cpu().numpy(), dtype=np.float64)

        return replace(self, scores=scores)


@dataclass(frozen=True, eq=False)
class SlopedColumns:
    """The columns of a model's matrix, added up over those that a source column becomes: for models with gradients."""

    opened: OpenedModel
    background: Features
    module: Any

    @property
    def features(self) -> tuple[str, ...]:
        """The source columns."""
        return self.opened.columns

    def explainable(self, rows: Features, keys: npt.NDArray[np.int64]) -> Explainable:
        """The rows as the model's matrix."""
        import torch

        background = tensor_of(self.opened, self.background)
        spread = NUDGE * background.std(dim=0, keepdim=True)
        return Explainable(
            self.module,
            tensor_of(self.opened, rows),
            background,
            torch.from_numpy(self.opened.owners),
            len(self.features),
            torch.from_numpy(keys),
            self.module,
            lambda inputs: inputs + spread * torch.randn_like(inputs),
        )

    def by_module(self) -> SlopedColumns:
        """The same people: it is the module that is asked anyway."""
        return self


def tensor_of(opened: OpenedModel, features: Features) -> Tensor:
    """The matrix of a model of one matrix, on its device."""
    import torch

    assert not isinstance(features, Mapping)
    return torch.from_numpy(np.ascontiguousarray(features, dtype=opened.model.dtype)).to(opened.model.device)


def _neighbours(opened: OpenedModel, pool: Features) -> Callable[[Tensor], Tensor] | None:
    """Cells of numbers from somebody near: a few places up or down in the column's order. None without numbers."""
    import torch

    columns = _numbers(opened, pool)
    if not columns:
        return None
    ranks, orders = {}, {}
    for place, values in columns.items():
        orders[place] = torch.from_numpy(np.argsort(values, kind="stable"))
        ranks[place] = torch.empty_like(orders[place])
        ranks[place][orders[place]] = torch.arange(len(values))
    step = max(1, round(NUDGE * len(next(iter(columns.values())))))

    def nudge(index: Tensor) -> Tensor:
        near = index.clone()
        for place, order in orders.items():
            away = torch.randint(0, 2, (len(index),)) * 2 * step - step
            near[:, place] = order[(ranks[place][index[:, place]] + away).clamp(0, len(order) - 1)]
        return near

    return nudge


def _numbers(opened: OpenedModel, pool: Features) -> dict[int, npt.NDArray[np.floating]]:
    """The pool's values of each source column that is one column of numbers, by its place."""
    if isinstance(pool, Mapping):
        places = {wire.input: opened.columns.index(wire.column) for wire in opened.binding.wires}
        return {places[name]: cells for name, cells in pool.items() if np.issubdtype(cells.dtype, np.number)}
    owners = opened.owners.tolist()
    single = [place for place in range(len(opened.columns)) if owners.count(place) == 1]
    return {place: pool[:, owners.index(place)] for place in single}


def table_units(opened: OpenedModel, background: Features, size: int, explainer: Explainer) -> Units:
    """The source columns, as the method needs them."""
    if not opened.has_slope or opened.model.module is None:
        return MixedColumns(opened, background, size)
    inner = opened.model.module()
    if explainer.needs == "hooks":
        inner = hookable(inner, needs_relu=explainer.relu_only)
    module = slope(opened, inner)
    if explainer.needs == "outputs":
        return MixedColumns(opened, background, size, module)
    return SlopedColumns(opened, background, module)
