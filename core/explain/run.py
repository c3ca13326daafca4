"""What a model looks at, for whom, and what moved where there is a second one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.counts.counts import Floats, Groups
from core.data.dataset import IMAGE_BATCH_ROWS, Batch, Dataset
from core.data.progress import Progress
from core.engine import doubts
from core.engine.run import timed
from core.engine.versions import versions
from core.explain.compared_models import (
    OPENING,
    ComparedModel,
    SecondQuestion,
    fitting_threads,
    keys,
    open_models,
    open_sides,
)
from core.explain.explanation import MOST_CHANGED, Changed, Explanation
from core.explain.features.words import SlopedWords, TakenWords, texts_of
from core.explain.groups.attribution import Attribution
from core.explain.groups.exemplars import TellingImages
from core.explain.groups.paired import Paired
from core.explain.groups.proxies import coded, telling, values_of
from core.explain.methods.explainable import Effort
from core.explain.sample import ROWS, ExplainedSample, batches_of, choose_people
from core.explain.sanity_checks import SanityTrial, check_trust
from core.explain.sanity_checks.check import IMAGES as CHECKED_IMAGES
from core.explain.sanity_checks.check import NAMES, Check
from core.explain.sanity_checks.check import ROWS as CHECKED_ROWS
from core.jobs.digest import sha256
from core.metrics.sampling.unsupported import refuse_unless_one_row_each
from core.metrics.words import rows_word
from core.metrics.words.notes import text
from core.models.device import kind_of
from core.models.inputs.rows import taken
from core.models.model import Features
from core.plan.plan import Plan


def explain(
    plan: Plan,
    dataset: Dataset,
    model: Path | None,
    progress: Progress,
    *,
    second: SecondQuestion | None = None,
    method: str | None = None,
    rows: int = ROWS,
) -> Explanation:
    """Explain a plan's model on people of the table, and a second one on the same people where there is one.

    Parameters
    ----------
    plan, dataset
        The question and the table, opened by this plan.
    model
        The plan's model file. It is opened in this process, and must be trusted or the process shut in.
    second
        Another plan's decision about the same people.
    method
        A row of EXPLAINERS; None for the recommended one.
    rows
        How many people to explain at most.

    Raises PlanError, DataError or ModelError where they do not go together.
    """
    refuse_unless_one_row_each(plan, "explain a model")
    seconds: dict[str, float] = {}
    progress(0, 0, OPENING)
    with timed(seconds, "open"):
        models = open_models(model, plan, dataset, second)
    with timed(seconds, "choose"):
        sample = choose_people(plan, dataset, rows, progress)
        sides = open_sides(models, method, dataset, sample, Effort(seed=plan.run.seed))
    with timed(seconds, "explain"), fitting_threads(sides):
        found = _explain(sides, dataset, sample, progress, rows_word(plan))
    images = sides[0].opened.binding.images
    asked = map(text, doubts.before(plan, dataset.profile))
    said = (*asked, *sample.warnings, *(words for side in sides for words in side.warnings))
    return Explanation(
        plan=plan,
        plan_after=None if second is None else second.plan,
        method=sides[0].explainer.name,
        before=found.before,
        after=found.after,
        paired=found.paired,
        changed=found.changed,
        kept=sample.kept,
        base=tuple(side.base for side in sides),
        proxies=found.proxies,
        checks=found.checks[0],
        checks_after=found.checks[1] if len(sides) > 1 else (),
        device=kind_of(sides[0].opened.model.device),
        warnings=tuple(dict.fromkeys(said)),
        data_sha256=dataset.profile.sha256,
        model_sha256=None if model is None else sha256(model),
        versions=versions(),
        seconds=seconds,
        telling=()
        if images is None or dataset.images is None
        else found.telling.taken(dataset.images, images.picture.size),
        images_sha256=None if dataset.images is None else sha256(dataset.images.path),
        at_once=tuple(side.pace.at_once for side in sides),
    )


@dataclass(frozen=True, eq=False)
class _Found:
    """What the pass over the people gave; `after` and `paired` where there are two sides."""

    before: Attribution
    after: Attribution | None
    paired: Paired | None
    changed: tuple[Changed, ...]
    proxies: dict[str, tuple[float, ...]]
    checks: list[tuple[Check, ...]]
    telling: TellingImages


def _explain(
    sides: list[ComparedModel], dataset: Dataset, sample: ExplainedSample, progress: Progress, people: str
) -> _Found:
    features = tuple(dict.fromkeys(name for side in sides for name in side.units.features))
    places = [[features.index(name) for name in side.units.features] for side in sides]
    totals = [Attribution.empty(sample.groups, features) for _ in sides]
    paired: Paired | None = None
    changed: list[Changed] = []
    trials: list[SanityTrial] = []
    columns = tuple(dict.fromkeys(name for side in sides for name in side.opened.columns))
    proxies = _Proxies(dataset, sides[0], features)
    telling = TellingImages(sample.groups)
    for batch, where in batches_of(dataset, sample.rows, columns, _rows_at_once(sides[0])):
        cells, hashes = sample.cells[where], sample.hashes[where]
        proxies.add(batch)
        values: list[Floats] = []
        scores: list[Floats] = []
        selected: list[npt.NDArray[np.bool_]] = []
        for number, (side, place) in enumerate(zip(sides, places, strict=True)):
            if number and side.opened is sides[0].opened:  # the same scores, decided about in another way
                scores.append(scores[0])
                values.append(values[0])
                selected.append(side.decider.selected(scores[0], cells, hashes))
                totals[number] += Attribution.of(sample.groups, features, cells, selected[-1], values[0])
                continue
            rows: Features = side.opened.binding.features(batch)
            scores.append(side.opened.scores(rows))
            selected.append(side.decider.selected(scores[-1], cells, hashes))
            begun = where.start * len(sides) + number * len(batch)
            tell = partial(_tell, progress, begun, len(sample) * len(sides), f"{people} explained")
            found = side.pace.whole(rows, keys(hashes), tell)
            if len(trials) <= number:
                trials.append(_trial(side, rows, hashes))
            spread_out = np.zeros((len(batch), len(features)))
            spread_out[:, place] = found.values
            values.append(spread_out)
            totals[number] += Attribution.of(sample.groups, features, cells, selected[-1], spread_out)
        if sides[0].opened.kind == "image":
            telling.add(batch, sides[0].opened.columns[0], cells, values[0], scores[0], selected[0])
        if len(sides) > 1:
            pairs = Paired.of(sample.groups, features, cells, selected[0], values[0], values[1])
            paired = pairs if paired is None else paired + pairs
            changed += _changed(batch, sample.groups, cells, scores, selected)
    checks = _checks(trials, progress)
    changed.sort(key=lambda person: -abs(person.score_after - person.score_before))
    return _Found(
        totals[0],
        totals[1] if len(sides) > 1 else None,
        paired,
        tuple(changed[:MOST_CHANGED]),
        proxies.strengths(sample),
        checks * (len(sides) // len(checks)),  # one model decided about in two ways has one picture
        telling,
    )


def _trial(side: ComparedModel, rows: Features, hashes: npt.NDArray[np.uint64]) -> SanityTrial:
    """A few of the rows, to see how far this side's picture can be trusted."""
    few = np.argsort(hashes, kind="stable")[:CHECKED_ROWS]
    effort = replace(side.effort, at_once=side.pace.at_once)
    again = CHECKED_IMAGES if side.opened.kind == "image" else CHECKED_ROWS
    return SanityTrial(side.explainer, side.units, taken(rows, few), keys(hashes[few]), effort, side.units_for, again)


def _checks(trials: list[SanityTrial], progress: Progress) -> list[tuple[Check, ...]]:
    """How far each picture can be trusted."""
    return [
        check_trust(trial, partial(_tell, progress, number * len(NAMES), len(trials) * len(NAMES), "checks made"))
        for number, trial in enumerate(trials)
    ]


def _changed(
    batch: Batch,
    groups: Groups,
    cells: npt.NDArray[np.int32],
    scores: list[Floats],
    selected: list[npt.NDArray[np.bool_]],
) -> list[Changed]:
    """The people of a batch whose decision is another one after."""
    return [
        Changed(
            row=int(batch.rows[i]),
            group=groups.names(int(cells[i])),
            score_before=float(scores[0][i]),
            score_after=float(scores[1][i]),
            selected_after=bool(selected[1][i]),
        )
        for i in np.flatnonzero(selected[0] != selected[1]).tolist()
    ]


class _Proxies:
    """Collects what each feature's column holds, or which texts hold a word, to see how far it tells the groups."""

    def __init__(self, dataset: Dataset, side: ComparedModel, features: tuple[str, ...]) -> None:
        self._opened, self._units, self._count = side.opened, side.units, len(features)
        columns = [dataset.profile.column(name) for name in features] if side.opened.kind == "table" else []
        self._numeric = [column.kind == "number" for column in columns]
        self._read = [values_of(column) for column in columns]
        self._values: list[npt.NDArray[np.float64]] = []

    def add(self, batch: Batch) -> None:
        """Take in a batch's cells."""
        if isinstance(self._units, TakenWords | SlopedWords):
            texts = texts_of(self._opened.binding.features(batch))
            self._values.append(self._units.vocabulary.present(texts).astype(np.float64))
        elif self._read:
            self._values.append(np.column_stack([read(batch) for read in self._read]))

    def strengths(self, sample: ExplainedSample) -> dict[str, tuple[float, ...]]:
        """For each sensitive column, how strongly each feature tells it, from 0 to 1; 0 for places in an image."""
        own = sample.groups.cell_array[sample.cells]
        values = np.concatenate(self._values) if self._values else np.zeros((len(sample), self._count))
        codes = [
            coded(values[:, place], number) for place, number in enumerate(self._numeric or [False] * values.shape[1])
        ]
        return {
            attribute: tuple(round(telling(code, own[:, a]), 4) for code in codes)
            for a, attribute in enumerate(sample.groups.attributes)
        }


def _tell(progress: Progress, before: int, total: int, what: str, done: int) -> None:
    progress(before + done, total, what)


def _rows_at_once(side: ComparedModel) -> int | None:
    """How many rows are read together: fewer of large images, as all of their pixels are held; None as usual."""
    most = side.opened.binding.most_rows
    return None if most is None else max(CHECKED_ROWS, min(most, IMAGE_BATCH_ROWS))
