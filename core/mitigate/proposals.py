"""What mitigations propose: each trained model or drawn rule, and what it decides about all parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.counts import Ints
from core.data import Dataset
from core.errors import ModelError, PlanError, PlumblineError
from core.findings import plan_rule, plan_threshold
from core.inference import choose_device
from core.intervals import FEW
from core.metrics import METRICS
from core.mitigate.after import plan_with_model, plan_with_stand_in
from core.mitigate.aif360_post import POST_PROCESSING, post_process
from core.mitigate.candidates import cell_places
from core.mitigate.fairness_loss import COMPARED
from core.mitigate.finetune import Tunable
from core.mitigate.mix import mix
from core.mitigate.observed import Observed, drawn, observe
from core.mitigate.parts import CHOOSE, FIT, Divided
from core.mitigate.refit import Refittable, save
from core.mitigate.reweighing import Weights, reweigh
from core.mitigate.rule_file import RuleFile
from core.mitigate.settings import Settings
from core.mitigate.solution import Question, Solution
from core.mitigate.standin import FILE, fit_stand_in, stand_in_binding
from core.mitigate.steps import Aim
from core.mitigate.training import TrainingRows, training_rows
from core.models import open_model
from core.models.features import Binding, bind
from core.models.model import Model
from core.plan import Plan
from core.progress import Progress
from core.reference import resolve
from core.rules import confusion

STRENGTHS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
RETRAINED = "retrained"
STAND_IN = (
    "This is a stand-in: a logistic regression trained on the same columns, to show what the weights may be expected to"
    " do. Your own model was not changed; train it with the weights where it was made."
)


@dataclass(frozen=True, eq=False)
class Proposal:
    """One thing proposed, judged on all parts.

    Attributes
    ----------
    id
        A name of its own among the proposals of one job.
    mechanism
        A row of MITIGATIONS, or RETRAINED for the same training without the mitigation.
    observed
        What it decides.
    file
        The model's file in the job's folder; None for a rule.
    rule
        The rule, where it is one.
    strength
        How much the gap counts in the loss; None where it is no such training.
    baseline
        The id of the same training without the mitigation.
    is_stand_in
        Whether another model stands in for the person's own.
    notes
        What a reader must know, as sentences.
    facts
        Numbers of the training, such as its losses.
    """

    id: str
    mechanism: str
    observed: Observed
    file: str | None = None
    rule: RuleFile | None = None
    strength: float | None = None
    baseline: str | None = None
    is_stand_in: bool = False
    notes: tuple[str, ...] = ()
    facts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Work:
    """What every mitigation of one job starts from: the people, the present decisions, the model, where results go."""

    divided: Divided
    plan: Plan
    settings: Settings
    present: Observed
    model: Path | None
    out: Path
    progress: Progress

    @property
    def question(self) -> Question:
        """What a rule is asked, on the people it is fitted on."""
        counts = self.present.counts(FIT)
        return self.settings.question(counts, plan_rule(counts, self.plan))

    @property
    def weights(self) -> Weights:
        """Reweighing's weights, from the people it is fitted on."""
        return reweigh(self.present.counts(FIT), self.settings.by)

    @property
    def dataset(self) -> Dataset:
        """The table that is trained on."""
        return self.divided.tables[0].dataset

    def rows(self, binding: Binding, part: int) -> TrainingRows:
        """The people of one part as a model takes them; their groups are those of the fit part."""
        groups, _ = self.present.counts(FIT).places(self.settings.by)
        people = self.divided.tables[0]
        return training_rows(people, part, binding, cell_places(people.groups, groups))

    def judged(self, proposal_id: str, mechanism: str, plan: Plan, file: str, **more: Any) -> Proposal:
        """A saved model as a proposal: opened as an upload is, and asked about everybody."""
        observed = observe(self.divided, plan, self.out / file, self.progress, f"{proposal_id}: rows scored")
        return Proposal(proposal_id, mechanism, observed, file, **more)


def propose(work: Work, names: list[str]) -> tuple[list[Proposal], dict[str, str]]:
    """What the named mitigations propose, in order, and why those that are refused here cannot be tried.

    Each training without a mitigation stands there once. One refusal does not stop the others.
    """
    found: dict[str, Proposal] = {}
    refused: dict[str, str] = {}
    for name in names:
        try:
            proposed = PROPOSERS[name](work)
        except PlumblineError as error:
            refused[name] = str(error)
            continue
        for proposal in proposed:
            found.setdefault(proposal.id, proposal)
    return list(found.values()), refused


def _reweighing(work: Work) -> list[Proposal]:
    model = _opened(work)
    trainer = {"pt2": _tuned_with_weights, "skops": _refitted}.get("" if model is None else model.format)
    if trainer is None or model is None:
        return _stand_ins(work, model)
    return trainer(work, model)


def _opened(work: Work) -> Model | None:
    return None if work.model is None else open_model(work.model, str(work.plan.decision.model), choose_device())


def _refitted(work: Work, model: Model) -> list[Proposal]:
    """A skops pipeline fitted again without weights, and with them."""
    refit = Refittable(_path(work), str(work.plan.decision.model), work.plan.decision)
    rows = work.rows(bind(model, work.dataset.profile, work.plan), FIT).weighted(work.weights)
    made = []
    for proposal_id, weighted in ((RETRAINED, False), ("reweighing", True)):
        work.progress(0, 1, f"{proposal_id}: fitting the model")
        file = f"{proposal_id}.skops"
        save(refit.fit(rows, weighted, work.plan.run.seed), work.out / file)
        baseline = RETRAINED if weighted else None
        made.append(work.judged(proposal_id, proposal_id, plan_with_model(work.plan, file), file, baseline=baseline))
    return made


def _stand_ins(work: Work, model: Model | None) -> list[Proposal]:
    """Logistic regressions on the same columns, without weights and with them."""
    profile = work.dataset.profile
    bound = None if model is None else bind(model, profile, work.plan)
    binding = stand_in_binding(model, bound, profile, work.plan)
    rows = work.rows(binding, FIT).weighted(work.weights)
    made = []
    for proposal_id, weighted in ((RETRAINED, False), ("reweighing", True)):
        work.progress(0, 1, f"{proposal_id}: fitting a stand-in")
        file = f"{proposal_id}-{FILE}"
        save(fit_stand_in(rows, binding, weighted), work.out / file)
        plan = plan_with_stand_in(work.plan, file)
        baseline = RETRAINED if weighted else None
        made.append(
            work.judged(proposal_id, proposal_id, plan, file, baseline=baseline, is_stand_in=True, notes=(STAND_IN,))
        )
    return made


def _tuned_with_weights(work: Work, model: Model) -> list[Proposal]:
    """A `.pt2` model trained on without weights, and with them."""
    fit, choose = _training_parts(work, model)
    weighted = (fit.weighted(work.weights), choose.weighted(work.weights))
    tunable = _tunable(work)
    return [
        _tuned(work, tunable, RETRAINED, RETRAINED, (fit, choose), Aim(work.settings.goal.name)),
        _tuned(work, tunable, "reweighing", "reweighing", weighted, Aim(work.settings.goal.name)),
    ]


def _fairness_loss(work: Work) -> list[Proposal]:
    """A `.pt2` model trained on with no price on the gap, and with rising ones."""
    model = _opened(work)
    if model is None or model.format != "pt2":
        raise ModelError(
            "Training with a price on the gap needs a model with gradients, a .pt2 file, and this is none. Use"
            " thresholds or reweighing, or export the model with torch.export."
        )
    goal = work.settings.goal.name
    parts = _training_parts(work, model)
    bound = _bound(parts[0], parts[0], goal), _bound(parts[1], parts[0], goal)
    tunable = _tunable(work)
    made = [_tuned(work, tunable, RETRAINED, RETRAINED, parts, Aim(goal))]
    for strength in STRENGTHS:
        proposal_id = f"fairness_loss_{strength:g}"
        made.append(_tuned(work, tunable, proposal_id, "fairness_loss", bound, Aim(goal, strength)))
    return made


def _bound(rows: TrainingRows, fit: TrainingRows, goal: str) -> TrainingRows:
    """The same people, without a group where the goal does not bind theirs: it is too small to train on.

    Raises PlanError where fewer than two groups are left.
    """
    kinds = [np.isin(fit.labels, labels) for labels in COMPARED[goal]]
    among: Ints = np.unique(fit.groups[fit.groups >= 0])
    kept = [g for g in among.tolist() if all((kind & (fit.groups == g)).sum() >= FEW for kind in kinds)]
    if len(kept) < 2:
        raise PlanError(
            "[mitigate] by: fewer than two groups have enough people to train on. Choose larger groups, or add rows."
        )
    return replace(rows, groups=np.where(np.isin(rows.groups, kept), rows.groups, -1))


def _training_parts(work: Work, model: Model) -> tuple[TrainingRows, TrainingRows]:
    binding = bind(model, work.dataset.profile, work.plan)
    return work.rows(binding, FIT), work.rows(binding, CHOOSE)


def _tunable(work: Work) -> Tunable:
    name, threshold = str(work.plan.decision.model), plan_threshold(work.plan)
    return Tunable(_path(work), name, work.plan.decision, threshold, choose_device())


def _tuned(
    work: Work, tunable: Tunable, proposal_id: str, mechanism: str, parts: tuple[TrainingRows, TrainingRows], aim: Aim
) -> Proposal:
    """One training, saved and judged."""
    what = f"{proposal_id}: training"
    tuned = tunable.tune(*parts, aim, work.plan.run.seed, lambda done, total: work.progress(done, total, what))
    file = f"{proposal_id}.pt2"
    tunable.save(tuned, work.out / file)
    facts = {"loss_before": tuned.first_loss, "loss_after": tuned.last_loss, "epochs": tuned.epochs, "kept": tuned.kept}
    notes = () if tuned.kept else ("No epoch of training did better on the choose part, so the model is as it was.",)
    return work.judged(
        proposal_id,
        mechanism,
        plan_with_model(work.plan, file),
        file,
        strength=aim.strength if mechanism == "fairness_loss" else None,
        baseline=None if mechanism == RETRAINED else RETRAINED,
        notes=notes,
        facts=facts,
    )


def _path(work: Work) -> Path:
    assert work.model is not None
    return work.model


def _rule(work: Work, solution: Solution) -> list[Proposal]:
    """A rule that is fitted here because lots need the rows, or because AIF360 runs in jobs only."""
    if work.present.counts(FIT).axis.kind == "decision":
        raise PlanError("There is no score here, only decisions, so a rule has nothing to go by. Audit a score column.")
    rule = RuleFile.of(solution, plan_threshold(work.plan))
    observed = drawn(work.divided, work.present, rule)
    return [Proposal(solution.mechanism, solution.mechanism, observed, rule=rule, notes=solution.notes)]


def _mix(work: Work) -> list[Proposal]:
    return _rule(work, mix(work.question))


def _aif360(name: str) -> Callable[[Work], list[Proposal]]:
    """One of AIF360's methods, for the reference group and the group farthest from it."""

    def propose_it(work: Work) -> list[Proposal]:
        work.progress(0, 1, f"AIF360's {name}")
        group, reference = farthest_pair(work.question, work.plan)
        return _rule(work, post_process(POST_PROCESSING[name], work.question, group, reference))

    return propose_it


def farthest_pair(question: Question, plan: Plan) -> tuple[str, str]:
    """The group whose rate is farthest from its reference's, and the reference, by name.

    Groups with too few people behind the rate are left out. Raises PlanError where no group is left.
    """
    references = resolve(question.counts, question.present, plan)
    people = confusion(question.counts, question.present, question.by)
    groups, _ = question.counts.places(question.by)
    metric = METRICS[question.goal.rates[0]]
    nums, dens = np.asarray(metric.num(people)), np.asarray(metric.den(people))
    rates = {", ".join(groups.names(g).values()): nums[g] / dens[g] for g in np.flatnonzero(dens >= FEW).tolist()}
    reference = ", ".join(references.get(question.by, ()))
    if reference not in rates or len(rates) < 2:
        raise PlanError(
            "[mitigate] by: AIF360 needs a reference group and another with enough people. Choose larger groups."
        )
    others = [name for name in rates if name != reference]
    return max(others, key=lambda name: abs(rates[name] - rates[reference])), reference


# Those that need no rows, thresholds and one shared threshold, are fitted wherever the counts are.
PROPOSERS: dict[str, Callable[[Work], list[Proposal]]] = {
    "equalized_odds_mix": _mix,
    "reweighing": _reweighing,
    "fairness_loss": _fairness_loss,
    **{name: _aif360(name) for name in POST_PROCESSING},
}
