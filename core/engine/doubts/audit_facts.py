"""What an audit counted, as doubts look at it."""

from __future__ import annotations

from dataclasses import dataclass

from core.counts.counts import Counts, Ints
from core.counts.rules import Rule


@dataclass(frozen=True, eq=False)
class AuditFacts:
    """What one audit counted.

    Attributes
    ----------
    counts, rule
        The people, and who of them is selected.
    left_out
        How many rows of each group each sieve left out: int64 of shape (sieves, groups).
    on_threshold
        How many scores are exactly on a threshold.
    """

    counts: Counts
    rule: Rule
    left_out: Ints
    on_threshold: int
