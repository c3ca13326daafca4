"""The table of explanation methods: what each needs, what it fits, what it costs, and which one to take.

Names only: a method's module is imported where it runs, in a job.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from core.catalogue import called, table
from core.errors import PlanError
from core.explain.nouns import NOUNS, Kind
from core.models import followed

Needs = Literal["gradients", "layers", "hooks", "outputs"]
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
        What the model must give: outputs alone, slopes, layers to look at as they are, or activations as layers of
        their own, to hook into.
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
    relu_only
        Whether, hooked into a model, it changes ReLU layers alone, so that no other may bend the score.
    recommended
        Why it is the one to take, as a sentence with a place for the {parts} of `core.explain.nouns`; "" for a method
        that is never recommended. The first row in the table is, of those that follow the score back, then of the rest.
    most_features
        Up to how many features it is recommended; None for any number.
    beside
        The row, of another kind and by outputs alone, whose order of weight its own is compared with.
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
    relu_only: bool = False
    recommended: str = ""
    most_features: int | None = None
    beside: str = "feature_ablation"

    def function(self) -> Callable[..., Any]:
        """The function that runs it; only a job process may ask."""
        found: Callable[..., Any] = called(self.runs)
        return found

    def serves(self, kind: Kind, gradients: bool) -> bool:
        """Whether a model that reads this kind of input, and has gradients that it can use or not, can be explained."""
        return kind in self.fits and (gradients or self.needs == "outputs")

    def reads(self, kind: Kind) -> str:
        """What it does, in plain words, for a kind of input."""
        return self.does.format_map(asdict(NOUNS[kind]))

    def seconds(self, rows: int, features: int, seconds_per_score: float) -> float:
        """About how long it takes for so many rows, from what scoring one row takes this model."""
        factor = 1.0 if self.needs == "outputs" else BACKWARD
        return rows * self.scorings(features) * (self.seconds_per_scoring + factor * seconds_per_score)


_ANY: tuple[Kind, ...] = ("table", "image", "text")
_PIXELS: tuple[Kind, ...] = ("table", "image")
_EXACT = "The model shows its inner workings, so its score can be followed exactly and adds up without gaps."

EXPLAINERS = table(
    Explainer(
        "integrated_gradients", "Integrated gradients",
        "Follows the score on the way from {start} to this one, and adds up to it.",
        "path", "gradients", _PIXELS, "core.explain.methods.gradients:integrated_gradients", lambda features: 50.0,
        adds_up=True, from_typical=True, recommended=_EXACT,
    ),
    Explainer(
        "shapley_sampling", "Shapley values, sampled",
        "Brings the {parts} in one by one, in many orders, and shares the score out among them.",
        "sharing", "outputs", _ANY, "core.explain.methods.perturbation:shapley_sampling",
        lambda features: 10.0 * (features + 1), adds_up=True,
        draws=True,
        recommended="It only needs the model's answers, and shares the whole score out fairly among the {parts}.",
        most_features=40,
    ),
    Explainer(
        "feature_ablation", "Leaving out one by one",
        "Replaces one {part} at a time by {others}, and sees how far the score moves.",
        "removal", "outputs", _ANY, "core.explain.methods.perturbation:feature_ablation",
        lambda features: 10.0 * (features + 1),
        draws=True, beside="shapley_sampling",
        recommended="It only needs the model's answers, and with so many {parts} anything else would take much longer.",
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
        relu_only=True,
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
        "layer", "layers", ("image",), "core.explain.methods.images:grad_cam", lambda features: 2.0,
    ),
    Explainer(
        "layer_integrated_gradients", "Integrated gradients of words",
        "Follows the score on the way from a text of nothing to this one, word by word.",
        "layer", "gradients", ("text",), "core.explain.methods.texts:layer_integrated_gradients", lambda features: 50.0,
        recommended=_EXACT,
    ),
    Explainer(
        "attention_rollout", "Attention rollout",
        "Shows which words the model attends to; it does not say in which direction they move the score.",
        "layer", "layers", ("text",), "core.explain.methods.texts:attention_rollout", lambda features: 1.0,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Recommended:
    """The method to take, and why, in one sentence."""

    name: str
    reason: str


def recommend(kind: Kind, gradients: bool, features: int) -> Recommended:
    """The method for a model: whether it has gradients that the kind of input can use, and how many features."""
    fitting = [
        row
        for row in EXPLAINERS.values()
        if row.recommended and row.serves(kind, gradients) and features <= (row.most_features or features)
    ]
    best = min(fitting, key=lambda row: row.needs == "outputs")  # min keeps to the table's order among equals
    return Recommended(best.name, best.recommended.format_map(asdict(NOUNS[kind])))


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
    fitting = [row.name for row in EXPLAINERS.values() if row.serves(kind, gradients)]
    return f"Choose one of {', '.join(fitting)}."
