"""The plan that audits a fix: the same question about the same people, decided anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from core.counts.counts import Counts
from core.counts.rule_file import RuleFile
from core.metrics.reference import References
from core.metrics.stated_rule import stating
from core.models import FORMATS
from core.plan.plan import Decision, Plan, Value
from core.plan.values import MISSING_GROUP

# A group that is compared with must be there in every part of the people.
FEWEST_COMPARED = 100
# A stand-in's own names for its classes, the good one first, whatever the table calls its outcomes.
STAND_IN_CLASSES = ("good outcome", "other outcome")
STAND_IN_FORMAT = FORMATS["skops"]


def plan_with_model(plan: Plan, file: str) -> Plan:
    """The question about another model file of the same kind."""
    return replace(plan, decision=replace(plan.decision, model=file))


def plan_with_stand_in(plan: Plan, file: str) -> Plan:
    """The question about a stand-in, decided at the model's threshold, or at one half where there was no model."""
    threshold = plan.decision.threshold if plan.decision.model is not None else None
    stand_in = Decision(
        model=file, threshold=threshold, above=plan.decision.above, favourable_class=STAND_IN_CLASSES[0]
    )
    return replace(plan, decision=stand_in)


def plan_with_rule(plan: Plan, counts: Counts, rule: RuleFile) -> Plan:
    """The question about the same score, decided by a rule; a score column keeps the edges of its counts."""
    edges = counts.axis.edges if plan.decision.score is not None else ()
    decision = replace(plan.decision, prediction=None, lower_is_better=False, edges=edges)
    return stating(replace(plan, decision=decision), rule)


def plan_of_proposal(
    present: Plan, fitted: Counts, rule: RuleFile | None, file: Path | None, is_stand_in: bool
) -> Plan:
    """The question about what a mitigation proposes, a rule or a model's file; `fitted` are the fit part's counts."""
    if rule is not None:
        return plan_with_rule(present, fitted, rule)
    assert file is not None
    return plan_with_stand_in(present, file.name) if is_stand_in else plan_with_model(present, file.name)


def with_references(plan: Plan, references: References, counts: Counts) -> Plan:
    """The plan with the groups that others are compared with by name, so that they stay when others are selected.

    As it was where people of no known group, or a crossing of hardly anybody, would be compared with.
    """
    named = {by[0]: values[0] for by, values in references.items() if len(by) == 1}
    if isinstance(plan.groups.reference, dict) or MISSING_GROUP in named.values():
        return plan
    for by in references:
        people = counts.by(by)
        wanted = {name: named[name] for name in by if name in named}
        n = [int(people.n[g].sum()) for g in range(len(people.groups)) if people.groups.names(g) == wanted]
        if sum(n) < FEWEST_COMPARED:
            return plan
    reference: dict[str, Value] = dict(named)
    return replace(plan, groups=replace(plan.groups, reference=reference))


def of_the_judged(plan: Plan, holdout: float) -> Plan:
    """The question about those people alone whom a search that holds out this share of the plan's judges a fix on.

    Where the plan is about people held out already, it is this share of them, to the nearest row.
    """
    share = holdout * (1.0 if plan.data.held_out is None else plan.data.held_out)
    return replace(plan, data=replace(plan.data, held_out=share))


def without_decisions(counts: Counts) -> Counts:
    """The same people by score alone, where decisions stood beside it."""
    return replace(counts, axis=replace(counts.axis, decided=False), n=counts.scores())
