"""Methods that only ask for scores: whatever a model is, they change its inputs and watch (captum's classes)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.counts.counts import Floats
from core.explain.methods.explainable import Effort, Explainable, Explained
from core.explain.methods.seeding import quiet, seeded

if TYPE_CHECKING:
    from torch import Tensor

# Samples of a surrogate per feature: fewer leave its regression without an answer.
SURROGATE_SAMPLES = 8


def feature_ablation(what: Explainable, effort: Effort) -> Explained:
    """Each feature alone is replaced by another person's: what its loss costs, averaged over draws."""
    from captum.attr import FeatureAblation

    method = FeatureAblation(what.forward)
    at_once = _at_once(what, effort)
    return _drawn(
        what,
        replace(effort, samples=min(effort.samples, len(what.background))),
        lambda baselines: method.attribute(
            what.inputs, baselines=baselines, feature_mask=what.mask[None], perturbations_per_eval=at_once
        ),
    )


def shapley_sampling(what: Explainable, effort: Effort) -> Explained:
    """Features are brought in one after the other in drawn orders: each one's average share of the score.

    Castro et al. 2009; every draw has an order and a row of the background of its own, and its shares add up to the
    row's score less that of the background row.
    """
    from captum.attr import ShapleyValueSampling

    method = ShapleyValueSampling(what.forward)
    at_once = _at_once(what, effort)
    return _drawn(
        what,
        effort,
        lambda baselines: method.attribute(
            what.inputs,
            baselines=baselines,
            feature_mask=what.mask[None],
            n_samples=1,
            perturbations_per_eval=at_once,
        ),
    )


def kernel_shap(what: Explainable, effort: Effort) -> Explained:
    """Shapley values by a weighted regression for each row (Lundberg and Lee 2017), averaged over background rows."""
    from captum.attr import KernelShap

    method = KernelShap(what.forward)
    samples = SURROGATE_SAMPLES * what.features
    return _drawn(
        what,
        Effort(effort.steps, min(effort.samples, 3), effort.at_once, effort.seed),
        lambda baselines: method.attribute(
            what.inputs,
            baselines=baselines,
            feature_mask=what.mask[None],
            n_samples=samples,
            perturbations_per_eval=min(samples, effort.at_once),
        ),
    )


def lime(what: Explainable, effort: Effort) -> Explained:
    """A linear surrogate around each row (Ribeiro et al. 2016), near being how many features are kept."""
    from captum._utils.models.linear_model import SkLearnRidge
    from captum.attr import Lime

    method = Lime(what.forward, interpretable_model=SkLearnRidge(alpha=1e-3), similarity_func=_kept)
    samples = SURROGATE_SAMPLES * what.features
    return _drawn(
        what,
        Effort(effort.steps, min(effort.samples, 3), effort.at_once, effort.seed),
        lambda baselines: method.attribute(
            what.inputs,
            baselines=baselines,
            feature_mask=what.mask[None],
            n_samples=samples,
            perturbations_per_eval=min(samples, effort.at_once),
        ),
    )


def _kept(original: Any, perturbed: Any, interpretable: Tensor, **_: Any) -> Tensor:
    """LIME's kernel on the share of features that are kept, of width 0.75 of all, as for tables in the paper's code."""
    import torch

    away = 1 - interpretable.to(torch.float64).mean(dim=1)
    return torch.exp(-((away / 0.75) ** 2))


def _at_once(what: Explainable, effort: Effort) -> int:
    """How many perturbations go through the model together."""
    return max(1, min(what.features, effort.at_once // max(1, len(what))))


def _drawn(what: Explainable, effort: Effort, attribute: Callable[[Tensor], Tensor]) -> Explained:
    """The mean over draws, each against another row of the background, and its standard error."""
    draws: list[Floats] = []
    with quiet():
        for draw in range(effort.samples):
            with seeded(effort.seed * 1_000 + draw):
                draws.append(what.picked(attribute(what.baselines(draw))))
    values = np.stack(draws)
    spread = values.std(axis=0, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else None
    return Explained(values.mean(axis=0), spread)
