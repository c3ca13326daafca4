"""The table of explanation methods: what each needs, what it fits, what it costs, and which one to take.

Names only: a method's module is imported where it runs, in a job.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

from core.catalogue import table
from core.errors import PlanError
from core.explain.nouns import NOUNS, Kind
from core.models import followed

Needs = Literal["gradients", "hooks", "outputs"]
MOST_SHAPLEY = 40
BACKWARD = 3.0


@dataclass(frozen=True)
class Explainer:
    """One row.

    Attributes
    ----------
    name
        What plans and the command line call it.
    title, does
        What a page calls it, and what it does: plain words with places for those of `core.explain.nouns`.
    family
        "path", "slope", "layer", "removal", "sharing" or "surrogate".
    needs
        What the model must give: outputs alone, slopes, or layers to hook into.
    fits
        The kinds of input it serves.
    runs
        "module:function", from Explainable and Effort to Explained.
    scorings
        How many times a row is scored, from the number of features and the effort.
    seconds_per_scoring
        What each of them costs besides, however fast the model is.
    adds_up
        Whether the values add up to the score less that of the background.
    draws
        Whether it draws at random, each row several times.
    from_typical
        Whether values start at one typical person, the background's mean, and not at its people one by one.
    """

    name: str
    title: str
    does: str
    family: str
    needs: Needs
    fits: tuple[Kind, ...]
    runs: str
    scorings: Callable[[int], float]
    seconds_per_scoring: float = 0.0
    adds_up: bool = False
    draws: bool = False
    from_typical: bool = False

    def function(self) -> Callable[..., Any]:
        """The function that runs it; only a job process may ask."""
        module, _, name = self.runs.partition(":")
        return cast(Callable[..., Any], getattr(importlib.import_module(module), name))

    def reads(self, kind: Kind) -> str:
        """What it does, in plain words, for a kind of input."""
        return self.does.format_map(asdict(NOUNS[kind]))

    def seconds(self, rows: int, features: int, seconds_per_score: float) -> float:
        """About how long it takes for so many rows, from what scoring one row takes this model."""
        factor = 1.0 if self.needs == "outputs" else BACKWARD
        return rows * self.scorings(features) * (self.seconds_per_scoring + factor * seconds_per_score)


_ANY: tuple[Kind, ...] = ("table", "image", "text")
_PIXELS: tuple[Kind, ...] = ("table", "image")

EXPLAINERS = table(
    Explainer(
        "integrated_gradients", "Integrated gradients",
        "Follows the score on the way from {start} to this one, and adds up to it.",
        "path", "gradients", _PIXELS, "core.explain.methods.gradients:integrated_gradients", lambda features: 50.0,
        adds_up=True, from_typical=True,
    ),
    Explainer(
        "shapley_sampling", "Shapley values, sampled",
        "Brings the {parts} in one after the other, in many orders, and shares the score out among them.",
        "sharing", "outputs", _ANY, "core.explain.methods.perturbation:shapley_sampling",
        lambda features: 10.0 * (features + 1), adds_up=True,
        draws=True,
    ),
    Explainer(
        "feature_ablation", "Leaving out one by one",
        "Replaces one {part} at a time by {others}, and sees how far the score moves.",
        "removal", "outputs", _ANY, "core.explain.methods.perturbation:feature_ablation",
        lambda features: 10.0 * (features + 1),
        draws=True,
    ),
    Explainer(
        "gradient_shap", "Gradient SHAP",
        "Averages slopes on the ways from many others to this {one}.",
        "path", "gradients", _PIXELS, "core.explain.methods.gradients:gradient_shap", lambda features: 50.0,
        draws=True,
    ),
    Explainer(
        "deep_lift", "DeepLIFT",
        "Carries the difference from {start} back through the model, layer by layer.",
        "layer", "hooks", _PIXELS, "core.explain.methods.gradients:deep_lift", lambda features: 2.0,
        adds_up=True, from_typical=True,
    ),
    Explainer(
        "saliency", "Saliency",
        "How steeply the score changes when this {one} changes a little.",
        "slope", "gradients", _PIXELS, "core.explain.methods.gradients:saliency", lambda features: 1.0,
    ),
    Explainer(
        "smoothgrad", "SmoothGrad",
        "How steeply the score changes, averaged over small changes of this {one}.",
        "slope", "gradients", _PIXELS, "core.explain.methods.gradients:smoothgrad", lambda features: 10.0,
        draws=True,
    ),
    Explainer(
        "mc_dropout", "Integrated gradients, with doubt",
        "Repeats integrated gradients while parts of the model are switched off by lot: how sure the picture is.",
        "path", "gradients", _PIXELS, "core.explain.methods.gradients:mc_dropout", lambda features: 500.0,
        draws=True, from_typical=True,
    ),
    Explainer(
        "guided_backprop", "Guided backpropagation",
        "The slope of the score through what speaks for the good outcome only.",
        "slope", "hooks", _PIXELS, "core.explain.methods.gradients:guided_backprop", lambda features: 1.0,
    ),
    Explainer(
        "kernel_shap", "Kernel SHAP",
        "Fits shares to the scores of many {mixtures}.",
        "surrogate", "outputs", _ANY, "core.explain.methods.perturbation:kernel_shap",
        lambda features: 24.0 * features, seconds_per_scoring=1.3e-4, adds_up=True,
        draws=True,
    ),
    Explainer(
        "lime", "LIME",
        "Fits a simple model around each {one}.",
        "surrogate", "outputs", _ANY, "core.explain.methods.perturbation:lime",
        lambda features: 24.0 * features, seconds_per_scoring=1.1e-4,
        draws=True,
    ),
    Explainer(
        "occlusion", "Covering patches",
        "Covers one patch of the image after another, and sees how far the score moves.",
        "removal", "outputs", ("image",), "core.explain.methods.images:occlusion", lambda features: 4.0 * features,
    ),
    Explainer(
        "grad_cam", "Grad-CAM",
        "Shows which places of its last coarse map the model's score follows.",
        "layer", "hooks", ("image",), "core.explain.methods.images:grad_cam", lambda features: 2.0,
    ),
    Explainer(
        "layer_integrated_gradients", "Integrated gradients of words",
        "Follows the score on the way from a text of nothing to this one, word by word.",
        "layer", "gradients", ("text",), "core.explain.methods.texts:layer_integrated_gradients", lambda features: 50.0,
    ),
    Explainer(
        "attention_rollout", "Attention rollout",
        "Shows which words the model attends to; it does not say in which direction they move the score.",
        "layer", "hooks", ("text",), "core.explain.methods.texts:attention_rollout", lambda features: 1.0,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Recommended:
    """The method to take, and why, in one sentence."""

    name: str
    reason: str


def recommend(kind: Kind, gradients: bool, features: int) -> Recommended:
    """The method for a model: whether it has gradients that the kind of input can use, and how many features."""
    if gradients:
        return Recommended(
            "layer_integrated_gradients" if kind == "text" else "integrated_gradients",
            "The model shows its inner workings, so its score can be followed exactly and adds up without gaps.",
        )
    parts = NOUNS[kind].parts
    if features <= MOST_SHAPLEY:
        return Recommended(
            "shapley_sampling",
            f"It only needs the model's answers, and shares the whole score out fairly among the {parts}.",
        )
    return Recommended(
        "feature_ablation",
        f"It only needs the model's answers, and with so many {parts} anything else would take much longer.",
    )


def chosen(name: str | None, kind: Kind, gradients: bool, features: int) -> Explainer:
    """The row of this name, or the recommended one. Raises PlanError where the model cannot serve it."""
    row = EXPLAINERS[recommend(kind, gradients, features).name if name is None else name]
    if kind not in row.fits:
        raise PlanError(f"{row.name} does not fit a model that reads {_READS[kind]}. {_instead(kind, gradients)}")
    if row.needs != "outputs" and not gradients:
        raise PlanError(
            f"{row.name} needs a model that shows its inner workings ({followed()}; of numbers one that takes a single"
            f" matrix), and this one only gives answers. {_instead(kind, gradients)}"
        )
    return row


_READS = {"table": "a table", "image": "images", "text": "text"}


def _instead(kind: Kind, gradients: bool) -> str:
    fitting = [r.name for r in EXPLAINERS.values() if kind in r.fits and (gradients or r.needs == "outputs")]
    return f"Choose one of {', '.join(fitting)}."
