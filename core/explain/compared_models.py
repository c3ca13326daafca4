"""The models to be explained, one or two: opened, bound to the table, with their rules and what is weighed in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.data.dataset import Dataset
from core.errors import PlanError
from core.explain.batching import MethodRunner
from core.explain.deciding import Decider
from core.explain.explained_model import OpenedModel
from core.explain.features.columns import Units, start, table_units
from core.explain.features.grid import SIDE
from core.explain.features.image_cells import image_units
from core.explain.features.vocabulary import Vocabulary, vocabulary
from core.explain.features.words import texts_of, word_units
from core.explain.methods import Explainer, chosen, recommend
from core.explain.methods.explainable import Effort
from core.explain.sample import ExplainedSample, batches_of
from core.metrics.stated_rule import rule_file
from core.models.device import few_threads
from core.models.inputs.rows import joined, taken
from core.models.model import Features
from core.plan.plan import Plan

OPENING = "opening the model"


@dataclass(frozen=True, eq=False)
class ComparedModel:
    """One model on one plan: what it takes, how it decides, how it is explained.

    `base` is the score that the values add up from; `units_for` makes what another method needs.
    """

    opened: OpenedModel
    decider: Decider
    explainer: Explainer
    units: Units
    pace: MethodRunner
    base: float
    effort: Effort
    units_for: Callable[[Explainer], Units]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to know of the model and of how it fits the table."""
        return (*self.opened.model.warnings, *self.opened.binding.warnings)


@dataclass(frozen=True)
class SecondQuestion:
    """A second question about the same people: a plan, and its model's file, None where that is the first plan's."""

    plan: Plan
    model: Path | None = None


def open_models(
    model: Path | None, plan: Plan, dataset: Dataset, second: SecondQuestion | None = None
) -> list[tuple[OpenedModel, Plan]]:
    """The plan's model with its plan, and the second plan's beside it; the first again where only decisions differ.

    From here on the dataset keeps images at the size that the plan's model takes, so that each is opened once.
    """
    first = OpenedModel.of(model, plan, dataset.profile)
    if first.binding.images is not None and dataset.images is not None:
        dataset.images.expect(first.binding.images.picture.size)
    if second is None:
        return [(first, plan)]
    if second.model is None and _scores_alike(plan, second.plan):
        return [(first, plan), (first, second.plan)]
    return [(first, plan), (OpenedModel.of(second.model or model, second.plan, dataset.profile), second.plan)]


def open_sides(
    models: list[tuple[OpenedModel, Plan]],
    method: str | None,
    dataset: Dataset,
    sample: ExplainedSample,
    effort: Effort,
) -> list[ComparedModel]:
    """The models ready to be explained, all by the same method; None for the recommended one."""
    explainer = _explainer(method, [opened for opened, _ in models])
    sides: list[ComparedModel] = []
    for opened, plan in models:
        if sides and opened is sides[0].opened:
            decider = Decider.of(plan, sample.groups, opened.scorer.dtype, rule_file(plan))
            sides.append(replace(sides[0], decider=decider))
        else:
            sides.append(_side(opened, plan, explainer, effort, dataset, sample))
    return sides


def _scores_alike(plan: Plan, after: Plan) -> bool:
    """Whether the two plans read the same model's scores alike, and only decide by another rule."""
    one, other = (replace(each.decision, threshold=None, rule=None) for each in (plan, after))
    return one == other


@contextmanager
def fitting_threads(sides: list[ComparedModel]) -> Iterator[None]:
    """Within this, small models of tables run on one thread, as they are trained."""
    modules = [side.opened.model.module for side in sides if side.opened.kind == "table"]
    weights = [sum(weight.numel() for weight in module().parameters()) for module in modules if module is not None]
    if not weights or len(modules) < len(sides):
        yield
        return
    with few_threads(max(weights)):
        yield


def _explainer(name: str | None, opened: list[OpenedModel]) -> Explainer:
    kinds = {each.kind for each in opened}
    if len(kinds) > 1:
        raise PlanError("The two models read different kinds of input, so what they look at cannot be compared.")
    (kind,) = kinds
    gradients = all(each.has_slope for each in opened)
    features = SIDE * SIDE if kind == "image" else max(len(each.columns) for each in opened)
    return chosen(name or recommend(kind, gradients, features).name, kind, gradients, features)


def _side(
    opened: OpenedModel, plan: Plan, explainer: Explainer, effort: Effort, dataset: Dataset, sample: ExplainedSample
) -> ComparedModel:
    rows = joined(
        [opened.binding.features(batch) for batch, _ in batches_of(dataset, sample.background, opened.columns)]
    )
    background = taken(rows, sample.background_by_hash)
    units_for = partial(_units, opened, background, dataset, sample)
    units = units_for(explainer)
    decider = Decider.of(plan, sample.groups, opened.scorer.dtype, rule_file(plan))
    base = start(units, explainer, background, len(sample.background))
    bounds = [most for most in (opened.binding.most_rows, opened.model.rows[1]) if most is not None]
    most = min(bounds, default=None)
    effort = effort if most is None else replace(effort, at_once=min(effort.at_once, most))
    pace = MethodRunner(explainer, units, effort, most)
    return ComparedModel(opened, decider, explainer, units, pace, base, effort, units_for)


def _units(
    opened: OpenedModel, background: Features, dataset: Dataset, sample: ExplainedSample, explainer: Explainer
) -> Units:
    """What is weighed, as the method needs it."""
    if opened.kind == "text":
        return word_units(opened, _vocabulary(opened, dataset, sample), explainer)
    if opened.kind == "image":
        return image_units(opened, background, explainer)
    return table_units(opened, background, len(sample.background), explainer)


def _vocabulary(opened: OpenedModel, dataset: Dataset, sample: ExplainedSample) -> Vocabulary:
    """The words of the explained people's texts that may be named."""
    batches = batches_of(dataset, sample.rows, opened.columns)
    texts = [text for batch, _ in batches for text in texts_of(opened.binding.features(batch))]
    return vocabulary(texts, sample.cells, sample.groups)


def keys(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Each person's number for the draws."""
    return (hashes >> np.uint64(1)).astype(np.int64)
