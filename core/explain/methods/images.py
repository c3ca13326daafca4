"""Methods for images alone (captum's classes): covering patches, and maps of a layer that still sees places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.counts.counts import Floats
from core.errors import ModelError
from core.explain.methods.explainable import Effort, Explainable, Explained
from core.explain.methods.seeding import quiet

if TYPE_CHECKING:
    from torch import Tensor

KERNEL_DIMENSIONS = 4


def occlusion(what: Explainable, effort: Effort) -> Explained:
    """A patch of the typical image slides over the image by half its side (Zeiler and Fergus 2014).

    A cell's value is the mean over its pixels of how far the score falls when they are covered.
    """
    from captum.attr import Occlusion

    window = _window(what)
    with quiet():
        found = Occlusion(what.forward).attribute(
            what.inputs,
            sliding_window_shapes=window,
            strides=tuple(
                side if side == whole else max(1, side // 2)
                for side, whole in zip(window, what.mask.shape, strict=True)
            ),
            baselines=what.typical,
            perturbations_per_eval=max(1, effort.at_once // max(1, len(what))),
        )
    return Explained(_mean(what, found))


def grad_cam(what: Explainable, effort: Effort) -> Explained:
    """The last convolution's maps, weighted by the slope of the score along each (Selvaraju et al. 2017).

    Both signs are kept: a place may speak against the outcome. Raises ModelError for a model without a convolution.
    """
    import torch
    from captum.attr import LayerGradCam

    layer = _last_convolution(what.module)
    if what.mask.shape[0] not in (1, 3):
        raise ModelError("Grad-CAM reads images whose colours come first. Choose another method, such as occlusion.")
    with quiet():
        found = LayerGradCam(what.module, layer).attribute(what.inputs.clone())
    size = tuple(what.inputs.shape[-2:])
    fitted = torch.nn.functional.interpolate(found.detach().to(torch.float64), size, mode="bilinear")
    return Explained(_mean(what, fitted.expand(-1, what.inputs.shape[1], -1, -1)))


def _last_convolution(module: Any) -> Any:
    """The last layer with a kernel of its own."""
    layers = [
        part
        for part in module.modules()
        if any(weight.dim() == KERNEL_DIMENSIONS for weight in part.parameters(recurse=False))
    ]
    if not layers:
        raise ModelError("Grad-CAM needs a model with convolutions, and this one has none. Choose another method.")
    return layers[-1]


def _window(what: Explainable) -> tuple[int, ...]:
    """The shape of the first cell's block of numbers."""
    places = (what.mask == what.mask.reshape(-1)[0]).nonzero()
    return tuple(int(side) for side in places.max(dim=0).values - places.min(dim=0).values + 1)


def _mean(what: Explainable, attributions: Tensor) -> Floats:
    """The mean attribution of each cell's numbers: shape (n, features)."""
    sizes = np.bincount(what.mask.reshape(-1).cpu().numpy(), minlength=what.features)
    return np.asarray(what.added(attributions) / sizes)
