"""Two decisions about the same people, kept beside a record: what makes the ranges of a comparison narrow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.counts.counts import LABELS, Counts
from core.metrics.joint import JointCounts
from core.record.written_counts import sparse


@dataclass(frozen=True, eq=False)
class PairedWith:
    """The decisions that one job made beside a record's own.

    `decided` is the `decided_sha256` of the record that was before; `joint` counts the people by both decisions, that
    record's as the one before.
    """

    decided: str
    joint: JointCounts

    def to_json(self) -> dict[str, Any]:
        """As a record holds it: [cell, label, before, after, n] where there are people."""
        return {"with": self.decided, "n": sparse(self.joint.n)}

    @classmethod
    def from_json(cls, document: dict[str, Any], counts: Counts) -> PairedWith:
        """From `to_json`'s values, beside these counts. Raises ValueError or IndexError where it does not fit them."""
        n = np.zeros((len(counts.groups), LABELS, 2, 2), dtype=np.int64)
        for g, label, before, after, people in document["n"]:
            if people < 1:
                raise ValueError("nobody was decided about twice")
            n[g, label, before, after] = people
        return cls(str(document["with"]), checked_joint(JointCounts(counts.groups, n), counts))


def checked_joint(joint: JointCounts, counts: Counts) -> JointCounts:
    """The table, where it is of the counts' people. Raises ValueError where not."""
    if joint.n.shape != (len(counts.groups), LABELS, 2, 2) or joint.n.dtype != np.int64 or joint.n.min(initial=0) < 0:
        raise ValueError("its table of two decisions is none")
    if (joint.n.sum(axis=(2, 3)) != counts.n.sum(axis=2)).any():
        raise ValueError("those decided about twice are not those who were counted")
    return joint
