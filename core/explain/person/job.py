"""The job that explains one person: the decision, what it rests on, and what would turn it, for one model or two."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.counts.counts import Floats
from core.data.dataset import Batch, Dataset
from core.data.groups import attributes
from core.data.images.thumbnails import thumbnails
from core.data.progress import Progress
from core.data.row_hash import row_hashes
from core.engine.job import open_table
from core.errors import PlanError
from core.explain.batching import MethodRunner
from core.explain.compared_models import OPENING, ComparedModel, fitting_threads, keys, open_models, open_sides
from core.explain.features.image_cells import ImageCells
from core.explain.features.vocabulary import pieces, spelled
from core.explain.features.words import SlopedWords, TakenWords, texts_of
from core.explain.job import model_in, second_in
from core.explain.methods.explainable import Effort
from core.explain.person import Counterfactual, Person, PersonSide
from core.explain.person.coloured_original import Original, Part
from core.explain.person.counterfactuals import Options, smallest_changes
from core.explain.person.results import PERSON_FILE
from core.explain.sample import ROWS, ExplainedSample, batches_of, choose_background, choose_people
from core.metrics.sampling.unsupported import refuse_unless_one_row_each
from core.models.device import or_on_the_cpu
from core.models.inputs.rows import joined
from core.plan.plan import Plan

# One person can have many more draws than thousands of them.
SAMPLES = 40


def run(folder: Path, request: dict[str, Any], progress: Progress) -> None:
    """The job: request["row"] of the table, asked why as `core.explain.job` does; the person stands in out/person.json.

    request["unchangeable"] names columns that the person cannot change; sensitive ones are never tried.
    """
    given, out = folder / "in", folder / "out"
    plan = Plan.from_toml(str(request["plan"]))
    refuse_unless_one_row_each(plan, "explain a person")
    dataset = open_table(given, out, plan, progress)
    progress(0, 0, OPENING)
    row = int(request["row"])
    if not 0 <= row < dataset.profile.rows:
        raise PlanError(f"{dataset.profile.name} has {dataset.profile.rows:,} rows; choose one of them.")
    person = or_on_the_cpu(lambda: _asked(given, request, plan, dataset, progress))
    if person.original is not None:
        person.original.write(out)
    document = asdict(replace(person, original=None))
    del document["original"]
    (out / PERSON_FILE).write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def _asked(given: Path, request: dict[str, Any], plan: Plan, dataset: Dataset, progress: Progress) -> Person:
    """The person that a request asks about."""
    models = open_models(model_in(given), plan, dataset, second_in(given, request, plan))
    if models[0][0].kind == "image":
        sample = choose_background(plan, dataset, progress)
    else:
        sample = choose_people(plan, dataset, int(request.get("rows") or ROWS), progress)
    effort = Effort(samples=SAMPLES, seed=plan.run.seed)
    sides = open_sides(models, request.get("method"), dataset, sample, effort)
    fixed = {*plan.groups.sensitive, *map(str, request.get("unchangeable") or ())}
    with fitting_threads(sides):
        return explain_person(int(request["row"]), sides, dataset, sample, plan, fixed, progress)


def explain_person(
    row: int,
    sides: list[ComparedModel],
    dataset: Dataset,
    sample: ExplainedSample,
    plan: Plan,
    fixed: set[str],
    progress: Progress,
) -> Person:
    """The person in this row of the table; columns in `fixed` stay as they are."""
    batch = next(each for each, _ in batches_of(dataset, np.asarray([row]), dataset.profile.names))
    cell = sample.groups.number([a.code(batch) for a in attributes(plan, dataset)])
    hashes = row_hashes(dataset, tuple(sorted(dataset.profile.names)), plan.run.seed)[[row]]
    features = tuple(dict.fromkeys(name for side in sides for name in side.units.features))
    found = []
    for number, side in enumerate(sides):
        progress(number, len(sides), "looking for what would turn the decision")
        found.append(_side(side, batch, features, dataset, sample, cell, hashes, fixed))
    group, cells = sample.groups.names(int(cell[0])), _cells(sides[0], batch, features)
    return Person(row, group, features, cells, tuple(found), _original(sides, batch, features, dataset, hashes))


def _original(
    sides: list[ComparedModel],
    batch: Batch,
    features: tuple[str, ...],
    dataset: Dataset,
    hashes: npt.NDArray[np.uint64],
) -> Original | None:
    """The person's text or image; None for a row of a table."""
    opened, units = sides[0].opened, sides[0].units
    if isinstance(units, TakenWords | SlopedWords):
        (text,) = texts_of(opened.binding.features(batch))
        place = {name: f for f, name in enumerate(features)}
        words = units.vocabulary
        named = [(text[one.begin : one.end], one.word) for one in pieces(text)]
        return Original(tuple(Part(own, place[words.features[words.place(w)]] if w else None) for own, w in named))
    images = opened.binding.images
    if images is None or dataset.images is None:
        return None
    pixels = dataset.images.pixels([str(name) for name in batch.text(images.column)], images.picture.size)
    return Original(image=thumbnails(pixels, 1)[0], maps=tuple(_map(side, batch, hashes) for side in sides))


def _map(side: ComparedModel, batch: Batch, hashes: npt.NDArray[np.uint64]) -> Floats:
    """By how much each place of the image moved the score, as fine as the method gives it: shape (rows, columns)."""
    units = side.units
    assert isinstance(units, ImageCells)
    if side.explainer.needs != "outputs":  # others cover or exchange whole cells: there is nothing finer
        units = units.finest()
    pace = MethodRunner(side.explainer, units, side.effort, side.effort.at_once)
    found = pace.whole(side.opened.binding.features(batch), keys(hashes))
    return np.asarray(found.values[0].reshape(units.shape), dtype=np.float64)


def _cells(side: ComparedModel, batch: Batch, features: tuple[str, ...]) -> tuple[str, ...]:
    """What the person has of each feature, as it is written: a column's cell, or the words of a text."""
    if isinstance(side.units, TakenWords | SlopedWords):
        (text,) = texts_of(side.opened.binding.features(batch))
        own = spelled(side.units.vocabulary, text)
    else:
        own = {name: str(batch.text(name)[0]) for name in features if name in batch.columns}
    return tuple(own.get(name, "") for name in features)


def _side(
    side: ComparedModel,
    batch: Batch,
    features: tuple[str, ...],
    dataset: Dataset,
    sample: ExplainedSample,
    cell: npt.NDArray[np.int32],
    hashes: npt.NDArray[np.uint64],
    fixed: set[str],
) -> PersonSide:
    rows = side.opened.binding.features(batch)
    score = side.opened.scores(rows)
    selected = bool(side.decider.selected(score, cell, hashes)[0])
    explained = side.pace.whole(rows, keys(hashes))
    places = [features.index(name) for name in side.units.features]
    values = np.zeros(len(features))
    values[places] = explained.values[0]
    spread = None
    if explained.spread is not None:
        spread = np.zeros(len(features))
        spread[places] = explained.spread[0]
    changes: tuple[Counterfactual, ...] = ()
    if side.opened.kind == "table":  # a place in an image or a word is nothing that a person could change
        turning = _Turning(side, batch, dataset, sample, cell, hashes, selected)
        changes = smallest_changes(turning.options(fixed), turning.own, side.opened.columns, turning.texts, turning)
    return PersonSide(
        float(score[0]),
        selected,
        side.base,
        tuple(values.tolist()),
        None if spread is None else tuple(spread.tolist()),
        changes,
    )


class _Turning:
    """The person among the explained people: what others have, and whether having it would turn the decision."""

    def __init__(
        self,
        side: ComparedModel,
        person: Batch,
        dataset: Dataset,
        sample: ExplainedSample,
        cell: npt.NDArray[np.int32],
        hashes: npt.NDArray[np.uint64],
        selected: bool,
    ) -> None:
        opened = side.opened
        batches = [batch for batch, _ in batches_of(dataset, sample.rows, opened.columns)] + [person]
        self._side, self._cell, self._hashes, self._selected = side, cell, hashes, selected
        self._kinds = [dataset.profile.column(name).kind for name in opened.columns]
        self._numbers = [np.concatenate([b.floats(name) for b in batches]) for name in opened.columns]
        self._mixture = opened.mixture(joined([opened.binding.features(batch) for batch in batches]))
        self.texts = np.column_stack([np.concatenate([b.text(name) for b in batches]) for name in opened.columns])
        self.own = len(self.texts) - 1

    def options(self, fixed: set[str]) -> list[Options]:
        """Other values for every column that may change."""
        return [
            Options.of_numbers(place, self._numbers[place], self.own)
            if kind == "number"
            else Options.of_texts(place, self.texts[:, place], self.own)
            for place, (name, kind) in enumerate(zip(self._side.opened.columns, self._kinds, strict=True))
            if name not in fixed
        ]

    def __call__(self, index: npt.NDArray[np.int64]) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Scores of mixtures of the person and others, and whether the decision is another one."""
        scores = self._side.opened.scores(self._mixture(index))
        cells, hashes = np.repeat(self._cell, len(index)), np.repeat(self._hashes, len(index))
        return scores, self._side.decider.selected(scores, cells, hashes) != self._selected
