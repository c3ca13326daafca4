"""Mitigations that train: reweighing and a price on the gap, for the person's own model or a stand-in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.counts.counts import Ints
from core.errors import ModelError, PlanError
from core.metrics.intervals import FEW
from core.metrics.verdicts import plan_threshold
from core.metrics.words import listed
from core.mitigate.effect.learned_from import A_ROUND, DRAWN, PEOPLE
from core.mitigate.mitigations import MITIGATIONS
from core.mitigate.plans import plan_with_model, plan_with_stand_in
from core.mitigate.search_input import RETRAINED, Proposal, Work
from core.mitigate.splits import CHOOSE, FIT
from core.mitigate.training.fairness_loss import COMPARED
from core.mitigate.training.fine_tuning import Tunable, Tuned
from core.mitigate.training.refitting import save
from core.mitigate.training.rows import TrainingRows
from core.mitigate.training.steps import Aim
from core.mitigate.training.surrogate import FILE, fit_stand_in, stand_in_binding, stand_in_columns
from core.models import FORMATS, tunable
from core.models.device import chosen_device
from core.models.inputs.binding import Binding, bind
from core.models.model import Model
from core.models.opening import open_chosen
from core.models.outputs.classes import settled

_LEFT_OUT = "Left out of the training, because it may have been filled in after the outcome: {}."
STAND_IN = (
    "This is a stand-in: a simple model (logistic regression) trained on the same columns. It shows what the weights"
    " may do. Your own model was not changed; train it with the weights where it was made."
)


@dataclass(frozen=True, eq=False)
class Training:
    """A training to come: the id and mechanism of its proposal, the people to fit and to choose on, what it is for."""

    id: str
    mechanism: str
    parts: tuple[TrainingRows, TrainingRows]
    aim: Aim


def reweighing(work: Work) -> Iterator[Proposal]:
    """The model trained again without weights and with them; a stand-in where it cannot be trained here.

    Raises DataError where a group has nobody of one outcome, ModelError where the model takes no weights.
    """
    model = _opened(work)
    if model is not None and FORMATS[model.format].tunes:
        yield from _tuned_with_weights(work, model)
    elif model is not None and FORMATS[model.format].refits:
        yield from _refitted(work, model)
    else:
        yield from _stand_ins(work, model)


def _opened(work: Work) -> Model | None:
    return None if work.model is None else open_chosen(work.model, str(work.plan.decision.model))


def _refitted(work: Work, model: Model) -> Iterator[Proposal]:
    """A model fitted again without weights, and with them."""
    row = FORMATS[model.format]
    refit = row.refitter()(_path(work), str(work.plan.decision.model), settled(work.plan, model))
    binding = bind(model, work.dataset.profile, work.plan)
    rests_on = _suspected(work, model, binding)
    rows = work.rows(binding, FIT).weighted(work.weights)
    for proposal_id, weighted in ((RETRAINED, False), ("reweighing", True)):
        work.progress(0, 0, f"{proposal_id}: fitting the model")
        file = f"{proposal_id}.{row.ending}"
        refit.save(refit.fit(rows, weighted, work.plan.run.seed), work.out / file)
        baseline = RETRAINED if weighted else None
        plan = plan_with_model(work.plan, file)
        facts = {PEOPLE: rows.with_outcome}
        yield work.judged(proposal_id, proposal_id, plan, file, baseline=baseline, rests_on=rests_on, facts=facts)


def _suspected(work: Work, model: Model, binding: Binding) -> tuple[str, ...]:
    """The columns of a model that is trained here which are suspected to know the answer; images and texts are not."""
    if model.picture is not None or model.reads_text:
        return ()
    return work.suspected(binding.columns_used)


def _stand_ins(work: Work, model: Model | None) -> Iterator[Proposal]:
    """Logistic regressions on the same columns, without weights and with them."""
    if model is not None and model.picture is not None:
        raise ModelError(
            f"A model that looks at images is trained here only as {tunable()}, and this is none. Use thresholds, or"
            " export the model with torch.export."
        )
    weights = work.weights  # first: where there can be none, no column helps
    profile = work.dataset.profile
    bound = None if model is None else bind(model, profile, work.plan)
    reads_text = model is not None and model.reads_text
    columns = stand_in_columns(bound, profile, work.plan, work.settings.features)
    left_out = () if reads_text else work.suspected(columns)
    binding = stand_in_binding(columns, left_out, profile)
    notes = (STAND_IN, *((_LEFT_OUT.format(listed([f"“{name}”" for name in left_out])),) if left_out else ()))
    rows = work.rows(binding, FIT).weighted(weights)
    for proposal_id, weighted in ((RETRAINED, False), ("reweighing", True)):
        work.progress(0, 0, f"{proposal_id}: fitting a stand-in")
        file = f"{proposal_id}-{FILE}"
        save(fit_stand_in(rows, binding, weighted, reads_text), work.out / file)
        plan = plan_with_stand_in(work.plan, file)
        more = {"baseline": RETRAINED if weighted else None, "notes": notes, "facts": {PEOPLE: rows.with_outcome}}
        yield work.judged(proposal_id, proposal_id, plan, file, is_stand_in=True, **more)


def _tuned_with_weights(work: Work, model: Model) -> Iterator[Proposal]:
    """A model trained on from its weights without weights, and with them."""
    fit, choose = _training_parts(work, model)
    weighted = (fit.weighted(work.weights), choose.weighted(work.weights))
    aim = Aim(work.settings.goal.name)
    yield _retrained(work, model, (fit, choose))
    yield from _tuned(work, _opened_to_tune(work, model), [Training("reweighing", "reweighing", weighted, aim)])


def _retrained(work: Work, model: Model, parts: tuple[TrainingRows, TrainingRows]) -> Proposal:
    """A model trained on from its weights without any mitigation."""
    if RETRAINED not in work.shared:
        aim = Aim(work.settings.goal.name)
        plain = Training(RETRAINED, RETRAINED, parts, aim)
        (work.shared[RETRAINED],) = _tuned(work, _opened_to_tune(work, model), [plain])
    return work.shared[RETRAINED]


def fairness_loss(work: Work) -> Iterator[Proposal]:
    """A model trained on with no price on the gap, and with rising ones. Raises ModelError where there are none."""
    model = _opened(work)
    if model is None or not FORMATS[model.format].tunes:
        raise ModelError(
            f"Training with a price on the gap needs a model that can go on learning: {tunable()}. This is none. Use"
            " thresholds or weights, or have the model exported with torch.export."
        )
    goal = work.settings.goal.name
    parts = _training_parts(work, model)
    asked = set(np.flatnonzero(work.settings.asked(work.groups)).tolist())
    bound = _bound(parts[0], parts[0], goal, asked), _bound(parts[1], parts[0], goal, asked)
    opened = _opened_to_tune(work, model)
    prices = work.share.prices(MITIGATIONS["fairness_loss"].prices, opened.is_small)
    if not prices:
        return
    yield _retrained(work, model, parts)
    trainings = [
        Training(f"fairness_loss_{strength:g}", "fairness_loss", bound, Aim(goal, strength)) for strength in prices
    ]
    together = max(1, opened.side_by_side // work.share.of)
    for start in range(0, len(trainings), together):
        yield from _tuned(work, opened, trainings[start : start + together])


def _bound(rows: TrainingRows, fit: TrainingRows, goal: str, asked: set[int]) -> TrainingRows:
    """The same people, without a group that the goal does not bind: it is not `asked`, or too small to train on.

    Raises PlanError where fewer than two groups are left.
    """
    kinds = [np.isin(fit.labels, labels) for labels in COMPARED[goal]]
    among: Ints = np.unique(fit.groups[fit.groups >= 0])
    kept = [g for g in among.tolist() if g in asked and all((kind & (fit.groups == g)).sum() >= FEW for kind in kinds)]
    if len(kept) < 2:
        raise PlanError("Fewer than two groups have enough people to train on. Choose larger groups, or add rows.")
    return replace(rows, groups=np.where(np.isin(rows.groups, kept), rows.groups, -1))


def _training_parts(work: Work, model: Model) -> tuple[TrainingRows, TrainingRows]:
    binding = bind(model, work.dataset.profile, work.plan)
    return work.rows(binding, FIT), work.rows(binding, CHOOSE)


def _opened_to_tune(work: Work, model: Model) -> Tunable:
    name, threshold = str(work.plan.decision.model), plan_threshold(work.plan)
    made: Tunable = FORMATS[model.format].tuner()(
        _path(work), name, settled(work.plan, model), threshold, chosen_device().name
    )
    return made


def _tuned(work: Work, opened: Tunable, trainings: Sequence[Training]) -> Iterator[Proposal]:
    """Trainings at the same time, each then saved and judged."""
    for training, tuned in zip(trainings, _trained(work, opened, trainings), strict=True):
        yield _judged(work, opened, training, tuned)


def _trained(work: Work, opened: Tunable, trainings: Sequence[Training]) -> list[Tuned]:
    """What trainings that go on at the same time give; how far the first is tells how far they are."""
    costs, whole = zip(*(_costs(work, opened, each) for each in trainings), strict=True)
    first, seed = trainings[0], work.plan.run.seed

    def told(done: int, total: int) -> None:
        work.progress.reached = (sum(work.trained) + sum(costs) * done / total) / whole[0]
        work.progress(done, total, f"{first.id}: rounds of training")

    told(0, opened.epochs)
    with ThreadPoolExecutor(len(trainings)) as beside:
        others = [beside.submit(opened.tune, *each.parts, each.aim, seed, _untold) for each in trainings[1:]]
        found = [opened.tune(*first.parts, first.aim, seed, told), *(other.result() for other in others)]
    work.trained.extend(costs)
    return found


def _untold(done: int, total: int) -> None:
    """Progress is told from the thread that was asked to work, of one training at a time."""


def _judged(work: Work, opened: Tunable, training: Training, tuned: Tuned) -> Proposal:
    """One training, saved and judged."""
    file = f"{training.id}.{FORMATS[opened.model.format].ending}"
    opened.save(tuned, work.out / file)
    facts = {"loss_before": tuned.first_loss, "loss_after": tuned.last_loss, "epochs": tuned.epochs, "kept": tuned.kept}
    fit = training.parts[0]
    facts |= {PEOPLE: len(fit) if training.aim.strength else fit.with_outcome, A_ROUND: opened.drawn_a_round(len(fit))}
    if len(fit) < work.present.counts(FIT).people:
        facts[DRAWN] = len(fit)
    notes = () if tuned.kept else ("No epoch of training did better on the choose part, so the model is as it was.",)
    return work.judged(
        training.id,
        training.mechanism,
        plan_with_model(work.plan, file),
        file,
        strength=training.aim.strength or None,
        baseline=None if training.mechanism == RETRAINED else RETRAINED,
        notes=notes,
        facts=facts,
        rests_on=_suspected(work, opened.model, bind(opened.model, work.dataset.profile, work.plan)),
    )


def _costs(work: Work, opened: Tunable, training: Training) -> tuple[float, float]:
    """What this training costs at most, and all of the job's, in rows that go through the model."""
    fit, choose = map(len, training.parts)
    plain, priced = (opened.epochs * opened.rows_a_round(fit, choose, is_priced) for is_priced in (False, True))
    every = [MITIGATIONS[name].prices for name in work.names if MITIGATIONS[name].is_trained]
    prices = [work.share.prices(prices, opened.is_small) for prices in every]
    whole = plain * (1 + prices.count(())) + priced * sum(map(len, prices))
    return (priced if training.aim.strength else plain), whole


def _path(work: Work) -> Path:
    assert work.model is not None
    return work.model
