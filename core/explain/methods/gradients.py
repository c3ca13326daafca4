"""Methods that follow the slope of the score (captum's classes), for models with gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from core.explain.methods.explainable import Effort, Explainable, Explained
from core.explain.methods.hooks import dropout_layers
from core.explain.methods.seeding import quiet, seeded

if TYPE_CHECKING:
    from torch import Tensor

NOISE = 0.1


def slopes(
    forward_fn: Callable[..., Tensor],
    inputs: tuple[Tensor, ...],
    target_ind: object = None,
    additional_forward_args: tuple[Any, ...] | None = None,
) -> tuple[Tensor, ...]:
    """The slope of each row's score, in place of captum's own function.

    Captum hands every row's score to autograd by itself, which takes longer than a small model. Rows do not touch each
    other, so the slope of their sum is the same.
    """
    import torch

    with torch.enable_grad():
        return torch.autograd.grad(forward_fn(*inputs, *(additional_forward_args or ())).sum(), inputs)


def integrated_gradients(what: Explainable, effort: Effort) -> Explained:
    """The slope along the way from the typical person to this one (Sundararajan et al. 2017); adds up to the score."""
    from captum.attr import IntegratedGradients

    method = IntegratedGradients(what.forward)
    method.gradient_func = slopes
    with quiet():
        found = method.attribute(
            what.inputs,
            baselines=what.typical,
            n_steps=effort.steps,
            internal_batch_size=max(effort.at_once, len(what)),
        )
    return Explained(what.added(found))


def saliency(what: Explainable, effort: Effort) -> Explained:
    """The slope at the row itself, with its sign (Simonyan et al. 2014)."""
    from captum.attr import Saliency

    method = Saliency(what.forward)
    method.gradient_func = slopes
    with quiet():
        return Explained(what.added(method.attribute(what.inputs.clone(), abs=False)))


def smoothgrad(what: Explainable, effort: Effort) -> Explained:
    """The slope averaged over small noise (Smilkov et al. 2017), in units of each element's own spread."""
    from captum.attr import NoiseTunnel, Saliency

    method = Saliency(what.forward)
    method.gradient_func = slopes
    with quiet(), seeded(effort.seed):
        found = NoiseTunnel(method).attribute(
            what.inputs.clone(),
            nt_type="smoothgrad",
            nt_samples=effort.samples,
            nt_samples_batch_size=max(1, effort.at_once // max(1, len(what))),
            stdevs=NOISE * float(what.background.std(dim=0).mean()),
            abs=False,
        )
    return Explained(what.added(found))


def gradient_shap(what: Explainable, effort: Effort) -> Explained:
    """Slopes at random points on the ways from background people (Lundberg and Lee 2017), in chunks of draws."""
    from captum.attr import GradientShap

    method, chunks = GradientShap(what.forward), []
    method.gradient_func = slopes
    with quiet():
        for chunk in range(effort.samples):
            with seeded(effort.seed * 1_000 + chunk):
                found = method.attribute(
                    what.inputs.clone(), baselines=what.background, n_samples=max(1, effort.steps // effort.samples)
                )
            chunks.append(what.added(found))
    values = np.stack(chunks)
    spread = values.std(axis=0, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else None
    return Explained(values.mean(axis=0), spread)


def deep_lift(what: Explainable, effort: Effort) -> Explained:
    """What differs from the typical person, carried back layer by layer (Shrikumar et al. 2017)."""
    from captum.attr import DeepLift

    with quiet():
        return Explained(what.added(DeepLift(what.module).attribute(what.inputs.clone(), baselines=what.typical)))


def guided_backprop(what: Explainable, effort: Effort) -> Explained:
    """The slope through what speaks for the outcome only (Springenberg et al. 2015); sees ReLU layers alone."""
    from captum.attr import GuidedBackprop

    with quiet():
        return Explained(what.added(GuidedBackprop(what.module).attribute(what.inputs.clone())))


def mc_dropout(what: Explainable, effort: Effort) -> Explained:
    """Integrated gradients with dropout switched on, again and again (Gal and Ghahramani 2016), and their spread.

    The spread is that of the repeats themselves: how far one of them may be from their mean. Raises ModelError for a
    model without dropout.
    """
    layers, repeats = dropout_layers(what.module), []
    try:
        for layer in layers:
            layer.train()
        for repeat in range(effort.samples):
            with seeded(effort.seed * 1_000 + repeat):
                repeats.append(integrated_gradients(what, effort).values)
    finally:
        for layer in layers:
            layer.eval()
    return Explained(np.mean(repeats, axis=0), np.std(repeats, axis=0, ddof=1) if len(repeats) > 1 else None)
