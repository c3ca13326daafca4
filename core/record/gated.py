"""The gate on one audit: by its plan's limits, and against an earlier audit of the same question."""

from __future__ import annotations

from dataclasses import replace

from core.errors import PlanError
from core.metrics.gate import GateVerdict, gate
from core.plan.plan import Plan
from core.record import AuditRecord, joint_of, judged_against


def gate_record(now: AuditRecord, before: AuditRecord | None = None) -> GateVerdict:
    """The gate on an audit, by its own plan.

    Groups are compared with the comparison groups of `before`, at the higher of the two confidences, and paired where
    it is known how each person was decided about twice. Small numbers are hidden where either plan hides them. Raises
    PlanError where the two have no table of groups in common.
    """
    if before is None:
        return gate(now.judgement(), now.plan)
    if not before.references.keys() & now.references.keys():
        raise PlanError("The two audits have no sensitive column in common. Give an audit of the same question.")
    if now.hides or before.hides:
        now, before = now.without_small_cells(), before.without_small_cells()
    confidence = max(now.plan.run.confidence, before.plan.run.confidence)
    plan = replace(now.plan, run=replace(now.plan.run, confidence=confidence))
    references = {by: before.references.get(by, values) for by, values in now.references.items()}
    earlier = judged_against(before, {**before.references, **references}, confidence)
    return gate(judged_against(now, references, confidence), plan, earlier, joint_of(before, now))


def asked_otherwise(plan: Plan, other: Plan) -> list[str]:
    """In what two plans do not ask the same question; empty where only what decides, limits or files differ.

    A new threshold or model is what a gate is there for; other people, outcomes or groups make another question.
    """
    one, two = plan.data, other.data
    parts: dict[str, list[object]] = {
        "what a row stands for": [(each.count, each.weight, each.person) for each in (one, two)],
        "the good outcome": [(each.label, each.favourable) for each in (one, two)],
        "whose rows are left out": [
            (each.in_all_months().keep, each.held_out, each.missing, each.trim) for each in (one, two)
        ],
        "how groups are formed": [replace(each.groups, reference="largest") for each in (plan, other)],
    }
    return [words for words, both in parts.items() if both[0] != both[1]]


def decides_alike(plan: Plan, other: Plan) -> bool:
    """Whether two plans say alike how it is decided, whichever file the model lies in."""
    blank = [replace(each.decision, model=each.decision.model and "", images=None, edges=()) for each in (plan, other)]
    return blank[0] == blank[1]
