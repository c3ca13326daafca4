"""What is weighed in an image: the cells of a grid, as places of pixels that a method covers or follows slopes to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.counts.counts import Floats
from core.explain.explained_model import OpenedModel, slope
from core.explain.features.grid import FINEST, SIDE, cell_names, cell_of_pixels
from core.explain.methods import Explainer
from core.explain.methods.explainable import Explainable
from core.explain.methods.hooks import hookable
from core.models.model import Features

if TYPE_CHECKING:
    from torch import Tensor

NUDGE = 0.02


@dataclass(frozen=True, eq=False)
class ImageCells:
    """The cells of a model's images; a cell that is covered shows another person's pixels.

    There are at most `most` a side. `module` gives scores with slopes, None for a model without; `follows` says whether
    the method needs the slopes, `asks_module` whether scores come from it anyway, and not from the file.
    """

    opened: OpenedModel
    background: Features
    module: Any
    follows: bool
    asks_module: bool = False
    most: int = SIDE

    @property
    def features(self) -> tuple[str, ...]:
        """The cells, row by row."""
        return cell_names(*self.shape)

    @property
    def shape(self) -> tuple[int, int]:
        """How many cells down and across."""
        size = self._picture.size
        return min(self.most, size.height), min(self.most, size.width)

    def explainable(self, rows: Features, keys: npt.NDArray[np.int64]) -> Explainable:
        """The rows as images, shape (n, c, h, w), or as the model takes them."""
        import torch

        background = self._tensor(self.background)
        spread = NUDGE * background.std()
        return Explainable(
            self.module if self.follows else self._scores,
            self._tensor(rows),
            background,
            torch.from_numpy(self._mask),
            len(self.features),
            torch.from_numpy(keys),
            self.module,
            lambda inputs: inputs + spread * torch.randn_like(inputs),
        )

    def finest(self) -> ImageCells:
        """The same with as many cells as a map can show; only where the method gives every pixel a value of its own."""
        return replace(self, most=FINEST)

    def by_module(self) -> ImageCells:
        """The same people, scored by the module as it stands now."""
        return replace(self, asks_module=True)

    @property
    def _picture(self) -> Any:
        assert self.opened.binding.images is not None
        return self.opened.binding.images.picture

    @property
    def _mask(self) -> npt.NDArray[np.int64]:
        """The cell of each number of one image."""
        size = self._picture.size
        cells, channels = cell_of_pixels(size.height, size.width, self.most), size.channels
        if self._picture.colours_last:
            return np.ascontiguousarray(np.broadcast_to(cells[..., None], (*cells.shape, channels)))
        return np.ascontiguousarray(np.broadcast_to(cells, (channels, *cells.shape)))

    def _tensor(self, features: Features) -> Tensor:
        import torch

        tensor = torch.from_numpy(np.ascontiguousarray(features, dtype=self.opened.model.dtype))
        return tensor.to(self.opened.model.device) if self.follows else tensor

    def _scores(self, images: Tensor) -> Tensor:
        """The scores of images without slopes, by whatever runs the model; by the module where it is asked."""
        import torch

        if self.asks_module:
            with torch.no_grad():
                given: Tensor = self.module(images.to(self.opened.model.device))
                return given.cpu()
        scores: Floats = self.opened.scores(images.numpy())
        return torch.from_numpy(scores)


def image_units(opened: OpenedModel, background: Features, explainer: Explainer) -> ImageCells:
    """The cells of a model's images, as the method needs them. Raises ModelError where it would be silently wrong."""
    if not opened.has_slope or opened.model.module is None:
        return ImageCells(opened, background, None, follows=False)
    inner = opened.model.module()
    if explainer.needs == "hooks":
        inner = hookable(inner, needs_relu=explainer.relu_only)
    return ImageCells(opened, background, slope(opened, inner), follows=explainer.needs != "outputs")
