"""Doubts about scores: a scale that the threshold does not fit, and people who stand exactly on it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.counts import Counts
from core.findings import plan_threshold
from core.notes import Note
from core.plan import Plan
from core.rules import Rule, confusion

_NEARLY_ALL = 0.99
_FEWEST = 50


def nearly_all_alike(counts: Counts, plan: Plan, rule: Rule) -> Iterator[Note]:
    """A threshold at the end of the scores, or beyond it, so that it decides about nearly everybody alike."""
    if counts.axis.kind == "decision" or counts.axis.decided or counts.people < _FEWEST:
        return
    selected = int(np.asarray(confusion(counts, rule).selected).sum())
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
