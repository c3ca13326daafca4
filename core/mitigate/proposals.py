"""What mitigations propose: each trained model or drawn rule, and what it decides about all parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from core.errors import PlanError, PlumblineError
from core.metrics.verdicts import plan_edge
from core.mitigate.counted_decisions import drawn
from core.mitigate.mitigations import MITIGATIONS, in_order_of_work
from core.mitigate.rules.solution import Solution
from core.mitigate.rules.take_away import rule_file_of
from core.mitigate.search_input import Proposal, Work
from core.mitigate.splits import FIT
from core.models.device import or_on_the_cpu

# What was proposed by now, in the order of the request; why others cannot be tried; what is still to come.
Told = Callable[[list[Proposal], dict[str, PlumblineError], tuple[str, ...]], None]


def propose(work: Work, names: Sequence[str], told: Told) -> tuple[list[Proposal], dict[str, PlumblineError]]:
    """What the named mitigations propose, in order, and why those that are refused here cannot be tried.

    Each training without a mitigation stands there once. One refusal does not stop the others. `told` hears of each
    proposal as soon as it is there, and of each mitigation as soon as it has come to its end.
    """
    made: dict[str, list[Proposal]] = {}
    refused: dict[str, PlumblineError] = {}
    left = in_order_of_work(names)

    def so_far() -> tuple[list[Proposal], dict[str, PlumblineError]]:
        found: dict[str, Proposal] = {}
        for proposal in (each for name in names for each in made.get(name, ())):
            found.setdefault(proposal.id, proposal)
        return list(found.values()), {name: refused[name] for name in names if name in refused}

    def tried(name: str) -> None:
        made[name] = []
        for proposal in MITIGATIONS[name].proposer()(work):
            made[name].append(proposal)
            told(*so_far(), left)

    while left:
        name = left[0]
        try:
            or_on_the_cpu(partial(tried, name))
        except PlumblineError as error:
            refused[name] = error
            del made[name]
        left = left[1:]
        told(*so_far(), left)
    return so_far()


def by_rule(work: Work, solution: Solution) -> list[Proposal]:
    """A rule that is fitted in a job because lots need the rows, or because AIF360 runs in jobs only."""
    if work.present.counts(FIT).axis.kind == "decision":
        raise PlanError("There is no score here, only decisions, so a rule has nothing to go by. Audit a score column.")
    rule = rule_file_of(solution, plan_edge(work.plan, work.present.counts(FIT).axis.dtype))
    observed = drawn(work.divided, work.present, rule)
    return [Proposal(solution.mechanism, solution.mechanism, observed, rule=rule, notes=solution.notes)]
