"""What mitigations propose: each trained model or drawn rule, and what it decides about all parts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.counts.rules import confusion
from core.errors import PlanError, PlumblineError
from core.metrics.group_metrics import METRICS
from core.metrics.intervals import FEW
from core.metrics.reference import resolve
from core.metrics.verdicts import plan_edge
from core.mitigate.goals.asked import asked_of
from core.mitigate.observed import drawn
from core.mitigate.rules.aif360 import POST_PROCESSING, post_process
from core.mitigate.rules.randomised_odds import mix
from core.mitigate.rules.randomised_rate import rate_mix
from core.mitigate.rules.solution import Question, Solution
from core.mitigate.rules.written import rule_file_of
from core.mitigate.splits import FIT
from core.mitigate.training.trainers import fairness_loss, reweighing
from core.mitigate.work import Proposal, Work
from core.plan.plan import Plan


def propose(work: Work, names: list[str]) -> tuple[list[Proposal], dict[str, PlumblineError]]:
    """What the named mitigations propose, in order, and why those that are refused here cannot be tried.

    Each training without a mitigation stands there once. One refusal does not stop the others.
    """
    found: dict[str, Proposal] = {}
    refused: dict[str, PlumblineError] = {}
    for name in names:
        try:
            proposed = PROPOSERS[name](work)
        except PlumblineError as error:
            refused[name] = error
            continue
        for proposal in proposed:
            found.setdefault(proposal.id, proposal)
    return list(found.values()), refused


def _rule(work: Work, solution: Solution) -> list[Proposal]:
    """A rule that is fitted here because lots need the rows, or because AIF360 runs in jobs only."""
    if work.present.counts(FIT).axis.kind == "decision":
        raise PlanError("There is no score here, only decisions, so a rule has nothing to go by. Audit a score column.")
    rule = rule_file_of(solution, plan_edge(work.plan, work.present.counts(FIT).axis.dtype))
    observed = drawn(work.divided, work.present, rule)
    return [Proposal(solution.mechanism, solution.mechanism, observed, rule=rule, notes=solution.notes)]


def _mix(solve: Callable[[Question], Solution]) -> Callable[[Work], list[Proposal]]:
    """Lots between thresholds."""
    return lambda work: _rule(work, solve(work.question))


def _aif360(name: str) -> Callable[[Work], list[Proposal]]:
    """One of AIF360's methods, for the reference group and the group farthest from it."""

    def propose_it(work: Work) -> list[Proposal]:
        work.progress(0, 0, f"{name}: fitting it")
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
    bound = np.flatnonzero((dens >= FEW) & asked_of(groups, question.leave_out)).tolist()
    rates = {", ".join(groups.names(g).values()): nums[g] / dens[g] for g in bound}
    reference = ", ".join(references.get(question.by, ()))
    if reference not in rates or len(rates) < 2:
        raise PlanError("AIF360 compares two groups, and fewer than two have enough people here. Choose larger groups.")
    others = [name for name in rates if name != reference]
    return max(others, key=lambda name: abs(rates[name] - rates[reference])), reference


# Those that need no rows, thresholds and one shared threshold, are fitted wherever the counts are.
PROPOSERS: dict[str, Callable[[Work], list[Proposal]]] = {
    "threshold_mix": _mix(rate_mix),
    "equalized_odds_mix": _mix(mix),
    "reweighing": reweighing,
    "fairness_loss": fairness_loss,
    **{name: _aif360(name) for name in POST_PROCESSING},
}
