"""What a model looks at, for whom, and what moved where there is a second one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

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
from core.explain.explanation import Explanation
from core.explain.features.words import SlopedWords, TakenWords, texts_of
from core.explain.groups.proxies import coded, telling, values_of
from core.explain.methods.explainable import Effort
from core.explain.people_pass import PeoplePass
from core.explain.sample import ROWS, ExplainedSample, batches_of, choose_people
from core.explain.sanity_checks import SanityTrial, check_trust
from core.explain.sanity_checks.check import IMAGES as CHECKED_IMAGES
from core.explain.sanity_checks.check import NAMES, Check
from core.explain.sanity_checks.check import ROWS as CHECKED_ROWS
from core.explain.share import EVERYBODY, ExplainedShare, chunks_in
from core.jobs.digest import sha256
from core.metrics.sampling.unsupported import refuse_unless_one_row_each
from core.metrics.words import rows_word
from core.metrics.words.notes import text
from core.models.device import kind_of
from core.models.inputs.rows import taken
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
    share: ExplainedShare = EVERYBODY,
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
    share
        Which of them this job explains: its sums keep their parts, to be added to those of the others, and the checks
        are the first job's.

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
        found = _explain(sides, dataset, sample, share, progress, rows_word(plan))
    images = sides[0].opened.binding.images
    asked = map(text, doubts.before(plan, dataset.profile))
    said = (*asked, *sample.warnings, *(words for side in sides for words in side.warnings))
    people, checks = found.people, found.checks
    explanation = Explanation(
        plan=plan,
        plan_after=None if second is None else second.plan,
        method=sides[0].explainer.name,
        before=people.totals[0],
        after=people.totals[1] if len(sides) > 1 else None,
        paired=people.paired,
        changed=people.changed,
        kept=sample.kept,
        base=tuple(side.base for side in sides),
        proxies=found.proxies,
        checks=checks[0] if checks else (),
        checks_after=checks[1] if len(checks) > 1 else (),
        device=kind_of(sides[0].opened.model.device),
        warnings=tuple(dict.fromkeys(said)),
        data_sha256=dataset.profile.sha256,
        model_sha256=None if model is None else sha256(model),
        versions=versions(),
        seconds=seconds,
        telling=()
        if images is None or dataset.images is None
        else people.telling.taken(dataset.images, images.picture.size),
        images_sha256=None if dataset.images is None else sha256(dataset.images.path),
        at_once=tuple(side.pace.at_once for side in sides),
    )
    return explanation.settled if share.is_everybody else explanation


@dataclass(frozen=True, eq=False)
class _Found:
    """What the pass over the people gave, and each side's checks: none by any job but the first."""

    people: PeoplePass
    proxies: dict[str, tuple[float, ...]]
    checks: list[tuple[Check, ...]]


def _explain(
    sides: list[ComparedModel],
    dataset: Dataset,
    sample: ExplainedSample,
    share: ExplainedShare,
    progress: Progress,
    people: str,
) -> _Found:
    """Explain the share's people; all are looked at to see what goes along with whom."""
    found, what = PeoplePass(sides, sample, share), f"{people} explained"
    proxies = _Proxies(dataset, sides[0], found.features)
    columns = tuple(dict.fromkeys(name for side in sides for name in side.opened.columns))
    first: Batch | None = None
    chunks = 0
    for batch, where in batches_of(dataset, sample.rows, columns, _rows_at_once(sides[0])):
        proxies.add(batch)
        first = batch if first is None else first
        for chunk, at in share.chunks(batch, where, chunks):
            found.add(chunk, at, progress, what)
        chunks += chunks_in(len(batch))
    found.end(progress, what)
    checks = [] if first is None or share.place else _checks(sides, first, sample.hashes[: len(first)], progress)
    return _Found(found, proxies.strengths(sample), checks)


def _checks(
    sides: list[ComparedModel], batch: Batch, hashes: npt.NDArray[np.uint64], progress: Progress
) -> list[tuple[Check, ...]]:
    """How far each side's picture can be trusted, by a few people of a batch."""
    trials = [_trial(side, batch, hashes) for side in sides if side is sides[0] or side.opened is not sides[0].opened]
    found = [
        check_trust(trial, partial(_tell, progress, number * len(NAMES), len(trials) * len(NAMES), "checks made"))
        for number, trial in enumerate(trials)
    ]
    return found * (len(sides) // len(found))  # one model decided about in two ways has one picture


def _trial(side: ComparedModel, batch: Batch, hashes: npt.NDArray[np.uint64]) -> SanityTrial:
    """Those few of a batch's people whose hash is the lowest, the lowest first."""
    few = np.argsort(hashes, kind="stable")[:CHECKED_ROWS]
    among = np.isin(np.arange(len(batch)), few)
    rows = taken(side.opened.binding.features(batch.take(among)), np.argsort(hashes[among], kind="stable"))
    effort = replace(side.effort, at_once=side.pace.at_once)
    again = CHECKED_IMAGES if side.opened.kind == "image" else CHECKED_ROWS
    return SanityTrial(side.explainer, side.units, rows, keys(hashes[few]), effort, side.units_for, again)


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
