"""What is audited, as a source of scores and decisions: a model, a score column, a decision column, or the last two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.counts.axis import Axis
from core.counts.counts import MOST_DISTINCT
from core.counts.rules import Stated
from core.data.cell_reading.advice import KEEP, why_no_numbers
from core.data.dataset import Batch, Dataset
from core.data.labels import prediction_coder
from core.data.progress import Progress, ProgressReporter
from core.data.read_ahead import side_by_side
from core.engine.deciding import limits, model_axis
from core.engine.model_answers import ModelAnswers
from core.errors import DataError
from core.notes import Note
from core.plan.plan import Plan
from core.plan.values import LARGEST_SCORE, keys

QUANTILES = 1_000
_SAMPLED = 1 << 20
_NOBODY = ProgressReporter(None)

Scores = npt.NDArray[np.floating] | None
Selected = npt.NDArray[np.integer] | None


@dataclass(frozen=True)
class BatchDecisions:
    """What a source says of a batch's people.

    `scores` is None where there are only decisions; `selected`, 0 or 1, is None where the rule makes them from the
    scores; both of shape (n,). `answers` is what a model's answers showed.
    """

    scores: Scores
    selected: Selected
    answers: ModelAnswers = ModelAnswers()


@dataclass(frozen=True)
class Source:
    """Where decisions come from.

    `decide` decides about the people of a batch, whose scores fall on `axis`; `known` is what to say before a row is
    read; `facts` is what the provenance says of how it was run. Raises DataError or ModelError for rows that it cannot
    decide about.
    """

    axis: Axis
    columns: tuple[str, ...]
    decide: Callable[[Batch], BatchDecisions]
    known: tuple[str | Note, ...] = ()
    facts: Callable[[], dict[str, Any]] = field(default=lambda: {"device": "cpu", "batch_size": None})


def source(plan: Plan, dataset: Dataset, model: Path | None, stated: Stated | None = None) -> Source:
    """The source that the plan names; its axis has an edge wherever the plan's threshold or rule decides.

    Raises ModelError, DataError or PlanError where it cannot serve.
    """
    if plan.decision.model is not None:
        return _model(plan, dataset, model, stated)
    if plan.decision.score is not None:
        return _score_column(plan, dataset, plan.decision.score, stated)
    return _decision_column(plan, dataset, str(plan.decision.prediction))


def _decision_column(plan: Plan, dataset: Dataset, column: str) -> Source:
    decide = prediction_coder(plan, dataset, column)
    return Source(Axis.decisions(), (column,), lambda batch: BatchDecisions(None, decide(batch)))


def _score_column(plan: Plan, dataset: Dataset, column: str, stated: Stated | None) -> Source:
    axis = score_axis(plan, dataset, column, stated)
    prediction = plan.decision.prediction
    decide = None if prediction is None else prediction_coder(plan, dataset, prediction)

    def decided(batch: Batch) -> BatchDecisions:
        numbers = batch.numbers(column)
        usable = np.abs(numbers) <= LARGEST_SCORE
        if not usable.all():
            row = int(np.flatnonzero(~usable)[0])
            why = "no score" if np.isnan(numbers[row]) else f"{numbers[row]:g} is too large a score to be added up"
            raise DataError(
                f'{dataset.profile.name}, {batch.where(row)}, column "{column}": {why}. Fill the cell in, or leave such'
                " rows out.",
                in_plan=KEEP,
            )
        return BatchDecisions(numbers, None if decide is None else decide(batch))

    return Source(axis, (column,) if prediction is None else (column, prediction), decided)


def score_axis(plan: Plan, dataset: Dataset, column: str, stated: Stated | None = None) -> Axis:
    """The axis of a score column: the plan's stored edges, else its distinct values, else its quantiles."""
    decision = plan.decision
    at = [] if decision.prediction is not None else limits(plan, stated, "float64")
    below = decision.prediction is None and decision.favourable is not None and decision.favourable.below is not None
    lower_is_better = decision.lower_is_better or below or (stated is not None and stated.lower_is_better)
    edges = decision.edges or score_edges(dataset, column)
    span = _span(dataset, column)
    if span is None or not edges:
        known = dataset.profile.column(column)
        advice = why_no_numbers(known)
        raise DataError(
            f'{dataset.profile.name}: column "{column}" holds no plain numbers, so it cannot be the score.'
            f" {advice.words or 'Choose another column.'}",
            in_plan=advice.in_plan,
        )
    if at and min(at) <= edges[0]:
        at.append(_just_below(min(at)))  # a bin for the smaller scores of a later file
    spans = min(edges[0], span[0]) >= _just_below(0.0) and max(edges[-1], span[1]) <= 1
    kind = "probability" if spans else "score"
    return Axis.of([*edges, *at], "float64", kind, lower_is_better, decided=decision.prediction is not None)  # type: ignore[arg-type]


def _just_below(limit: float) -> float:
    return float(np.nextafter(limit, -np.inf))


def _span(dataset: Dataset, column: str) -> tuple[float, float] | None:
    """The smallest and the largest score; a number that means "missing", like -99, is none. None without scores."""
    known, missing = dataset.profile.column(column), keys(dataset.missing)
    if known.low is None or known.high is None:
        return None
    if not any(isinstance(text, Decimal) for text in missing):
        return known.low, known.high
    low, high = np.inf, -np.inf
    for batch in dataset.batches((column,)):
        scores = batch.floats(column)
        low, high = np.fmin.reduce(scores, initial=low), np.fmax.reduce(scores, initial=high)  # NaN aside
    return (float(low), float(high)) if low <= high else None


def score_edges(dataset: Dataset, column: str, progress: Progress = _NOBODY) -> tuple[float, ...]:
    """Every distinct score where there are at most `MOST_DISTINCT`, else that many quantiles."""
    if dataset.profile.column(column).distinct is not None:
        distinct = dataset.numbers(column)
        if len(distinct) <= MOST_DISTINCT:
            return tuple(score for score in distinct if abs(score) <= LARGEST_SCORE)
    scores = _sampled(dataset, column, progress)
    places = np.linspace(0, len(scores) - 1, QUANTILES + 1).round().astype(np.int64)
    return tuple(np.unique(np.sort(scores)[places]).tolist())


def _sampled(dataset: Dataset, column: str, progress: Progress) -> npt.NDArray[np.float64]:
    """The column's scores, or of more than `_SAMPLED` those whose bits hash low.

    Which scores are taken depends on their values alone, so neither the order of rows nor their number at once matters.
    """
    taken, halvings, read = np.empty(0), 0, 0
    for scores in side_by_side(lambda batch: batch.floats(column), dataset.batches((column,))):
        taken = np.concatenate([taken, _low(scores[np.abs(scores) <= LARGEST_SCORE], halvings)])
        while len(taken) > _SAMPLED and halvings < 40:
            halvings += 1
            taken = _low(taken, halvings)
        read += len(scores)
        progress(read, dataset.profile.rows, "scores read")
    return taken


def _low(scores: npt.NDArray[np.float64], halvings: int) -> npt.NDArray[np.float64]:
    """The scores in one of 2^halvings classes by a multiplicative hash (Fibonacci hashing) of their bits."""
    if halvings == 0:
        return scores
    hashed = (scores.view(np.uint64) ^ (scores.view(np.uint64) >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15)
    low: npt.NDArray[np.float64] = scores[hashed >> np.uint64(64 - halvings) == 0]
    return low


def _model(plan: Plan, dataset: Dataset, path: Path | None, stated: Stated | None) -> Source:
    """A model file, opened here and nowhere else: this runs in a job process only."""
    from core.engine.own_decision import OwnDecision
    from core.models.device import kind_of
    from core.models.inputs.binding import bind
    from core.models.inputs.fed_columns import FirstFed
    from core.models.model_notes import doubted
    from core.models.opening import open_chosen
    from core.models.outputs.classes import settled
    from core.models.scoring import Scorer

    if path is None:
        raise DataError(f"The model file {plan.decision.model} is not there. Give its path with --model.")
    model = open_chosen(path, str(plan.decision.model))
    binding = bind(model, dataset.profile, plan)
    if binding.images is not None and dataset.images is not None:
        dataset.images.expect(binding.images.picture.size)
    decision = settled(plan, model)
    scorer = Scorer(model, binding, decision, model.device)
    own = OwnDecision.of(scorer, model, binding, decision) if stated is None else None

    def decide(batch: Batch) -> BatchDecisions:
        read = scorer.read(batch)
        compared = None if own is None else own.compared(batch, read.given)
        answers = ModelAnswers(read.labels, compared, FirstFed.of(binding.columns_used, batch))
        if scorer.dtype is None:
            return BatchDecisions(None, read.given.astype(np.int32), answers)
        return BatchDecisions(read.given.astype(scorer.dtype, copy=False), None, answers)

    known: tuple[str | Note, ...] = (
        *model.warnings,
        *binding.warnings,
        *doubted(model, binding, dataset.profile, plan, decision),
    )
    return Source(
        model_axis(plan, stated, scorer.dtype),
        scorer.columns_used,
        decide,
        known,
        lambda: {"device": kind_of(model.device), "batch_size": scorer.batch_size, "format": model.format},
    )
