"""Whom a model was trained on, in one sentence: all who were set aside for it, or how many of them."""

from __future__ import annotations

from core.metrics.words.naming.terms import Terms
from core.mitigate.candidate import FIT
from core.mitigate.fix import Fix

# What a training notes among its facts: the people that it learned from, how many of them in one round, and how many
# were drawn for it where it cannot hold all.
PEOPLE, A_ROUND, DRAWN = "people", "people_a_round", "people_drawn"


def learned_from(fix: Fix, terms: Terms) -> str:
    """Whom it was trained on; empty where nothing was trained, an earlier version did not say, or the job lies."""
    facts = (fix.proposed.facts if fix.proposed is not None else None) or {}
    apart, people = fix.decided.counts[FIT].people, int(facts.get(PEOPLE, 0))
    if not 0 < people <= apart:
        return ""
    if DRAWN in facts:
        return f"Trained on {people:,} of the {apart:,} {terms.people} set aside for it, drawn by their content."
    a_round = int(facts.get(A_ROUND, people))
    if a_round < 1:
        return ""
    if a_round < people:
        return f"Trained on {people:,} {terms.people}: each round on {a_round:,} of them, drawn anew by chance."
    if people < apart:
        return f"Trained on the {people:,} of {apart:,} {terms.people} set aside for it whose outcome is known."
    return f"Trained on all {people:,} {terms.people} set aside for it."
