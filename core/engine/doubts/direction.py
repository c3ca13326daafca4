"""Doubts about the direction: decisions and scores that go against the outcome, so that something may be swapped."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.counts.rules import confusion
from core.engine.doubts.audit_facts import AuditFacts
from core.metrics.group_metrics import overall_auc_range
from core.notes import Note
from core.plan.plan import Plan

# How unlikely chance alone must make what is seen before it stands before the answer.
_SURE = 0.05


def worse_than_one_answer(seen: AuditFacts, plan: Plan) -> Iterator[Note]:
    """Decisions that are right less often than the commoner outcome, said of everybody, would be.

    Only people for whom the two differ tell: an exact sign test of them (McNemar 1947), one-sided. Where the better
    scores, or decisions, clearly go to people with the good outcome, nothing is swapped: a strict rule is told, and
    not asked about.
    """
    from scipy.special import bdtrc  # scipy.stats has the test by its name, and takes a second to import

    people = confusion(seen.counts, seen.rule)
    good, bad = int(np.sum(people.tp + people.fn)), int(np.sum(people.fp + people.tn))
    labelled = good + bad
    right = int(round(float(np.sum(people.tp + people.tn))))
    if not (good and bad) or right >= max(good, bad):
        return
    yes = good >= bad
    gained = int(round(float(np.sum(people.tn if yes else people.tp))))
    lost = int(round(float(np.sum(people.fn if yes else people.fp))))
    _, low, _ = overall_auc_range(seen.counts)
    swapped = low is None or low <= 0.5
    sure = swapped and bdtrc(lost - 1, lost + gained, 0.5) < _SURE
    facts = {"right": right, "labelled": labelled, "commoner": max(good, bad), "good": yes, "source": _source(plan)}
    yield Note("worse_than_one_answer" if sure else "no_better_than_one_answer", facts)


def backwards(seen: AuditFacts, plan: Plan) -> Iterator[Note]:
    """Scores, or decisions, that are worse for people with the good outcome: an area under the ROC curve below 0.5."""
    area, _, high = overall_auc_range(seen.counts)
    if area is not None and area < 0.5 and (high is None or high < 0.5):
        yield Note("backwards", {"auc": area, "source": _source(plan)})


def _source(plan: Plan) -> str:
    """What decides: a "model", a "score" column or a column of decisions ("prediction")."""
    decision = plan.decision
    return "model" if decision.model is not None else "prediction" if decision.prediction is not None else "score"
