"""The inspect job: what a model file is, how it fits the table, and what it answers for the first rows."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from core.data.dataset import Batch, Dataset
from core.data.images import open_images
from core.data.images.thumbnails import FILE as THUMBNAILS
from core.data.images.thumbnails import MOST, thumbnails
from core.data.images.usable import FaultyImages, are_usable
from core.data.leaks.model_inputs import columns_that_know
from core.data.profile import PROFILE, TABLE, Profile
from core.data.progress import Progress
from core.errors import DataError, ModelError
from core.models.device import kind_of, or_on_the_cpu
from core.models.inputs.binding import Binding, bind, match
from core.models.model import Array, Model, Outputs
from core.models.model_notes import doubted_fit
from core.models.opening import open_chosen
from core.models.outputs.classes import are_whole, class_name, suggested, written
from core.models.outputs.scale import is_far_from_logits, no_logits
from core.plan.plan import Output, Plan

FIRST_ROWS, FIRST_IMAGES = 500, 64
MOST_CLASSES = 20
SUM_TOLERANCE = 1e-3
# A person's score may change by rounding with the number of rows scored at once, not by more.
ALONE_TOLERANCE = 1e-3


def run(folder: Path, request: dict[str, Any], progress: Progress) -> None:
    """Open in/model against in/table.parquet with request["plan"], and write out/model.json."""
    plan = Plan.from_toml(str(request["plan"]), whole=False)
    profile = Profile.from_json(json.loads((folder / "in" / PROFILE).read_text(encoding="utf-8")))
    progress(0, 2, "opening the model")
    images = open_images(folder / "in", plan)
    dataset = Dataset.asked(plan, folder / "in" / TABLE, profile, images)

    def looked() -> tuple[Model, dict[str, Any]]:
        model = open_chosen(folder / "in" / "model", plan.decision.model or "the model")
        progress(1, 2, "trying the first rows")
        found = inspect(model, dataset, plan)
        if found["problem"] is not None and model.device != "cpu":
            raise ModelError(found["problem"])  # perhaps the GPU's fault
        return model, found

    model, found = or_on_the_cpu(looked)
    if found["problem"] is None and model.picture is not None:
        np.save(folder / "out" / THUMBNAILS, _thumbnails(model, dataset, plan))
    (folder / "out" / "model.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    progress(2, 2, "done")


def inspect(model: Model, dataset: Dataset, plan: Plan) -> dict[str, Any]:
    """What the data page shows of a model, as plain JSON values.

    `problem` is None where the model scores the first rows, else the message that an audit would end with, and `asks`
    the key of the plan's [decision] that would answer it, where the page asks for that; `snippet` as in ModelError.
    """
    found: dict[str, Any] = {
        "format": model.format,
        "device": kind_of(model.device),
        "image": None if model.picture is None else list(model.picture.size.shape),
        "classes": None if model.classes is None else list(map(class_name, model.classes)),
        "classes_are_numbers": model.classes is not None and are_whole(model.classes),
        "warnings": list(model.warnings),
        "problem": None,
        "asks": "",
        "snippet": "",
        "outputs": None,
        "suggested_output": None,
        "suggested_favourable_class": None,
        "leaks": [],
        **_fit(model, dataset.profile),
    }
    try:
        binding = bind(model, dataset.profile, plan)
        found["inputs"] = _bound(binding)
        found["warnings"] += binding.warnings
        found["warnings"] += [note.to_json() for note in doubted_fit(model, binding, dataset.profile, plan)]
        first, said = _first(binding, dataset)
        found["warnings"] += said
        found |= _try(model, binding, first, plan)
        found["warnings"] += _company(model, binding, first)
        if model.picture is None and not model.reads_text:
            known = columns_that_know(dataset, binding.columns_used, plan)
            found["leaks"] = [note.to_json() for note in known]
    except (ModelError, DataError) as error:
        found["problem"] = error.message
        if isinstance(error, ModelError):
            found["asks"], found["snippet"] = error.asks, error.snippet
    return found


def _fit(model: Model, profile: Profile) -> dict[str, Any]:
    """The model's inputs beside the table's columns, whether or not they fit."""
    if model.reads_text:
        return {"inputs": [], "width": None, "missing": [], "extra": []}
    if model.inputs is not None:
        kinds: dict[str, str | None] = {i.name: i.kind for i in model.inputs}
    elif model.recipe is not None:
        kinds = dict.fromkeys(model.recipe.names)
    else:
        return {"inputs": [], "width": model.width, "missing": [], "extra": []}
    try:
        found = match(kinds, profile.names)
    except ModelError:
        return {"inputs": [], "width": model.width, "missing": [], "extra": []}
    inputs = [{"name": name, "kind": kind, "column": found.columns.get(name)} for name, kind in kinds.items()]
    return {"inputs": inputs, "width": model.width, "missing": list(found.missing), "extra": list(found.extra)}


def _bound(binding: Binding) -> list[dict[str, str]]:
    if binding.wires:
        return [{"name": wire.input, "kind": wire.kind, "column": wire.column} for wire in binding.wires]
    kinds = {} if binding.recipe is None else {column.name: column.kind for column in binding.recipe.columns}
    return [{"name": name, "kind": kinds.get(name, "number"), "column": name} for name in binding.columns_used]


def _first(binding: Binding, dataset: Dataset) -> tuple[Batch, tuple[str, ...]]:
    """The first rows, and what is to be said of those that were left out because of their images."""
    if binding.images is None:
        return next(dataset.batches(binding.columns_used, FIRST_ROWS)), ()
    if dataset.images is not None:
        dataset.images.expect(binding.images.picture.size)
    rows = min(FIRST_IMAGES, binding.images.picture.most_rows)
    batch = next(dataset.batches(binding.columns_used, rows))
    kept = batch.take(are_usable(batch, binding.images.column))
    faulty = FaultyImages.of(batch, binding.images.column)
    said = tuple(f"Of the first {len(batch):,} rows: {words}" for words in faulty.said(dataset.profile))
    if not len(kept):
        raise DataError(f"{dataset.profile.name}: none of the images can be used. {' '.join(said)}")
    return kept, said


def _thumbnails(model: Model, dataset: Dataset, plan: Plan) -> Array:
    """The first images as the model sees them."""
    images = bind(model, dataset.profile, plan).images
    assert images is not None and dataset.images is not None  # they were tried before
    first, _ = _first(bind(model, dataset.profile, plan), dataset)
    cells = first.text(images.column).tolist()[:MOST]
    return thumbnails(dataset.images.pixels(cells, images.picture.size))


def _try(model: Model, binding: Binding, first: Batch, plan: Plan) -> dict[str, Any]:
    """What the model answers for the first rows, and how the plan should read it."""
    outputs = model.run(binding.features(first))
    facts = describe(outputs)
    if outputs.scores is not None and is_far_from_logits(scores := _finite_rows(outputs.scores)):
        raise no_logits(scores)
    return {
        "outputs": facts,
        "suggested_output": "logit" if model.logits else suggested_output(outputs),
        "suggested_favourable_class": suggested_favourable_class(model, facts["columns"], plan),
    }


def describe(outputs: Outputs) -> dict[str, Any]:
    """Facts about outputs: columns, lowest and highest value, whether rows sum to one, whether they are labels."""
    if outputs.scores is None:
        return {"columns": 1, "low": None, "high": None, "sums_to_one": False, "labels": True}
    scores = _finite_rows(outputs.scores)
    sums_to_one = scores.shape[1] > 1 and bool(np.all(np.abs(scores.sum(axis=1) - 1) < SUM_TOLERANCE))
    low, high = (float(scores.min()), float(scores.max())) if scores.size else (None, None)
    return {"columns": scores.shape[1], "low": low, "high": high, "sums_to_one": sums_to_one, "labels": False}


def suggested_output(outputs: Outputs) -> Output:
    """How outputs look: labels, numbers outside 0 to 1, or probabilities."""
    if outputs.scores is None:
        return "class"
    scores = _finite_rows(outputs.scores)
    low, high = scores.min(initial=0), scores.max(initial=0)
    if scores.shape[1] == 1 and low == 0 and high < MOST_CLASSES and np.array_equal(scores, np.rint(scores)):
        return "class"
    return "logit" if low < 0 or high > 1 else "probability"


def suggested_favourable_class(model: Model, columns: int, plan: Plan) -> int | str | list[int | str] | None:
    """The good classes as a plan would name them; None where only a person can tell which are good."""
    chosen = [written(model.classes, place) for place in suggested(plan, model.classes, max(columns, 2))]
    return None if not chosen else chosen[0] if len(chosen) == 1 else chosen


def _company(model: Model, binding: Binding, batch: Batch) -> tuple[str, ...]:
    """A warning where a person's result depends on who else is scored at the same time."""
    few = max(2, len(batch) // 7)
    together = _values(model.run(binding.features(batch)))[:few]
    apart = _values(model.run(binding.features(batch.take(np.arange(len(batch)) < few))))
    same = together.shape == apart.shape and (
        np.allclose(together, apart, atol=ALONE_TOLERANCE)
        if together.dtype.kind == "f"
        else np.array_equal(together, apart)
    )
    if same:
        return ()
    return (
        "This model answers differently for the same person depending on who else is scored with them, so its "
        "results cannot be relied on.",
    )


def _values(outputs: Outputs) -> Array:
    values = outputs.labels if outputs.scores is None else outputs.scores
    return np.zeros(0) if values is None else values


def _finite_rows(scores: Array) -> Array:
    rows = scores.reshape(len(scores), -1)
    finite: Array = rows[np.isfinite(rows).all(axis=1)]
    return finite
