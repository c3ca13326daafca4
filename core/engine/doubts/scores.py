"""Doubts about scores: a scale that the threshold does not fit, and people who stand exactly on it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.counts.rules import confusion
from core.engine.doubts.audit_facts import AuditFacts
from core.metrics.verdicts import plan_threshold
from core.notes import Note, PlanEdit
from core.plan.plan import Plan

_NEARLY_ALL = 0.99
_FEWEST = 50
_MANY = 0.05


def nearly_all_alike(seen: AuditFacts, plan: Plan) -> Iterator[Note]:
    """A threshold at the end of the scores, or beyond it, so that it decides about nearly everybody alike."""
    counts = seen.counts
    if plan.decision.rule is not None or counts.axis.kind == "decision" or counts.axis.decided:
        return  # a rule file says of each group from where on, so no one threshold can be out of scale
    if counts.people < _FEWEST:
        return
    selected = int(np.asarray(confusion(counts, seen.rule).selected).sum())
    if _NEARLY_ALL > selected / counts.people > 1 - _NEARLY_ALL:
        return
    peopled = np.flatnonzero(counts.scores().sum(axis=(0, 1)))
    yield Note(
        "nearly_all_alike",
        {
            "threshold": plan_threshold(plan),
            "low": counts.axis.edges[int(peopled[0])],
            "high": counts.axis.edges[int(peopled[-1])],
            "selected": selected,
            "people": counts.people,
        },
    )


def many_on_the_threshold(seen: AuditFacts, plan: Plan) -> Iterator[Note]:
    """Many people exactly on the threshold: the rule in use may count them on the other side."""
    people, decision = seen.counts.people, plan.decision
    if decision.rule is not None or seen.on_threshold < _MANY * people or people < _FEWEST:
        return  # a rule file says of each of its thresholds whether it is part of the yes
    below = decision.favourable is not None and decision.favourable.below is not None
    side = "above" if decision.above else "below" if below else "at_least"
    facts = {"threshold": plan_threshold(plan), "on": seen.on_threshold, "people": people, "selected": side}
    takes = decision.threshold is not None or decision.model is not None
    yield Note("many_on_the_threshold", facts, (PlanEdit("decision", "above", not decision.above),) if takes else ())
