"""What mitigations propose: each trained model or drawn rule, and what it decides about all parts."""

from __future__ import annotations

from core.errors import PlanError, PlumblineError
from core.metrics.verdicts import plan_edge
from core.mitigate.mitigations import MITIGATIONS
from core.mitigate.observed import drawn
from core.mitigate.rules.solution import Solution
from core.mitigate.rules.written import rule_file_of
from core.mitigate.splits import FIT
from core.mitigate.work import Proposal, Work


def propose(work: Work, names: list[str]) -> tuple[list[Proposal], dict[str, PlumblineError]]:
    """What the named mitigations propose, in order, and why those that are refused here cannot be tried.

    Each training without a mitigation stands there once. One refusal does not stop the others.
    """
    found: dict[str, Proposal] = {}
    refused: dict[str, PlumblineError] = {}
    for name in names:
        try:
            proposed: list[Proposal] = MITIGATIONS[name].proposer()(work)
        except PlumblineError as error:
            refused[name] = error
            continue
        for proposal in proposed:
            found.setdefault(proposal.id, proposal)
    return list(found.values()), refused


def by_rule(work: Work, solution: Solution) -> list[Proposal]:
    """A rule that is fitted in a job because lots need the rows, or because AIF360 runs in jobs only."""
    if work.present.counts(FIT).axis.kind == "decision":
        raise PlanError("There is no score here, only decisions, so a rule has nothing to go by. Audit a score column.")
    rule = rule_file_of(solution, plan_edge(work.plan, work.present.counts(FIT).axis.dtype))
    observed = drawn(work.divided, work.present, rule)
    return [Proposal(solution.mechanism, solution.mechanism, observed, rule=rule, notes=solution.notes)]
