"""Whose decisions flip between two models, and whether the flips fall on some group more than chance explains.

A smaller model (quantised, pruned, distilled) may decide as well as its original on average, and still flip the
decisions of one group far more often than those of the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from core.counts.counts import Ints
from core.metrics.intervals import FEW, equality_p, holm, wilson, z_value
from core.metrics.joint import JointCounts

FlipVerdict = Literal["more", "fewer", "unclear", "too_few"]


@dataclass(frozen=True)
class Flips:
    """How many of a group's people are decided otherwise than before.

    Attributes
    ----------
    by, group, n
        Which people, and how many there are.
    newly_selected, newly_refused
        Those whose decision flips.
    others, others_flipped
        The people of the table's other groups, and how many of theirs flip.
    low, high
        The interval of the share that flips.
    p_value, p_adjusted
        Of as many flips among the others: Fisher's exact test, or the pooled z where people are many (statistics.md 3);
        and Holm's correction over the groups of the table. None where there is nobody else.
    verdict
        "more" or "fewer" than among the others by `p_adjusted`, else "unclear"; "too_few", whatever that is, where the
        group or the others are under FEW people.
    """

    by: tuple[str, ...]
    group: dict[str, str]
    n: int
    newly_selected: int
    newly_refused: int
    others: int
    others_flipped: int
    low: float
    high: float
    p_value: float | None
    p_adjusted: float | None
    verdict: FlipVerdict

    @property
    def flipped(self) -> int:
        """How many flip."""
        return self.newly_selected + self.newly_refused

    @property
    def share(self) -> float:
        """Which share of the group's people flips."""
        return self.flipped / self.n

    def to_json(self) -> dict[str, Any]:
        """The group as comparison.json holds it."""
        return {
            "by": list(self.by),
            "group": self.group,
            "n": self.n,
            "flipped": self.flipped,
            "share": self.share,
            "low": self.low,
            "high": self.high,
            "newly_selected": self.newly_selected,
            "newly_refused": self.newly_refused,
            "others": {"n": self.others, "flipped": self.others_flipped},
            "p_value": self.p_value,
            "p_adjusted": self.p_adjusted,
            "verdict": self.verdict,
        }


def flips(joint: JointCounts, by: tuple[str, ...], confidence: float) -> tuple[Flips, ...]:
    """The flips of each group of one table, each group against all the others of it."""
    table = joint.by(by)
    people, moved = table.n.sum(axis=(1, 2, 3)), _flipped(table.n)
    several = len(people) > 1
    tests = [
        equality_p(int(k), int(n), int(moved.sum() - k), int(people.sum() - n))
        for n, k in zip(people.tolist(), moved.tolist(), strict=True)
        if several
    ]
    # Of two groups each is the other's others: that is one comparison.
    adjusted = tests if len(tests) == 2 else holm(tests)
    found = []
    for g in range(len(people)):
        n, k = int(people[g]), int(moved[g])
        others, flipped = int(people.sum()) - n, int(moved.sum()) - k
        verdict: FlipVerdict = "unclear"
        if min(n, others) < FEW:
            verdict = "too_few"
        elif adjusted[g] < 1 - confidence:
            verdict = "more" if k * others > flipped * n else "fewer"
        found.append(
            Flips(
                by,
                table.groups.names(g),
                n,
                int(table.n[g, :, 0, 1].sum()),
                int(table.n[g, :, 1, 0].sum()),
                others,
                flipped,
                *wilson(k, n, z_value(confidence)),
                tests[g] if several else None,
                adjusted[g] if several else None,
                verdict,
            )
        )
    return tuple(found)


def _flipped(n: Ints) -> Ints:
    """How many people of each group are decided otherwise, of int64 `n` of shape (groups, 3, 2 before, 2 after)."""
    total: Ints = n[:, :, 0, 1].sum(axis=1) + n[:, :, 1, 0].sum(axis=1)
    return total
