"""Sums and sums of products of people by decision and outcome: what a rate and its linearised variance follow from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from core.counts.rules import Confusion, Numbers
from core.counts.weights import MILLION
from core.metrics.sampling.effective import AnyShare, Effective

KINDS = 6
# Which of the kinds of people a pattern holds: bit i for kind i.
PATTERNS = 1 << KINDS
FEWEST_REPEATED = 30
Ints = npt.NDArray[np.int64]
Counted = Callable[[Confusion], Numbers]
_UNITS = Confusion(*np.eye(KINDS, dtype=np.int64))


def kinds(people: Confusion) -> Numbers:
    """True and false positives and negatives, unknown selected, unknown refused: shape (groups, KINDS)."""
    return np.stack(
        [people.tp, people.fp, people.fn, people.tn, people.unknown_selected, people.unknown_refused], axis=-1
    )


@dataclass(frozen=True, eq=False)
class KindSums:
    """One table of groups.

    Attributes
    ----------
    totals
        Weight of each kind of people, in millionths: int64 of shape (groups, KINDS).
    squares
        Sum over persons of the product of their weights in two kinds, in millionths: int64, (groups, KINDS, KINDS).
    rows
        Unweighted rows of each kind: int64 of shape (groups, KINDS).
    patterns
        Where persons repeat: how many have rows of exactly these kinds, int64 of shape (groups, PATTERNS).
    shared
        Where persons repeat: how many have rows in both of two groups, int64 of shape (groups, groups).
    """

    totals: Ints
    squares: Ints
    rows: Ints
    patterns: Ints | None = None
    shared: Ints | None = None

    @property
    def weighted(self) -> Confusion:
        """The weight of each kind, float64 of shape (groups,)."""
        return Confusion(*(self.totals.T / MILLION))

    def share(self, num: Counted, den: Counted, group: int) -> AnyShare:
        """What a metric divides, of one group: (0, 0) where nobody is behind it.

        The variance is the linearised one of a ratio of sums, sum (x - r y)^2 / (sum y)^2 over persons (Woodruff 1971),
        times C / (C - 1) where C persons repeat.
        """
        above, below = num(_UNITS), den(_UNITS)
        total = [int(each) for each in self.totals[group]]
        k, n = (sum(int(a) * t for a, t in zip(side, total, strict=True)) for side in (above, below))
        if n == 0:
            return 0, 0
        rate, squares = Fraction(k, n), self.squares[group].astype(np.float64) / MILLION
        residual, size = above - float(rate) * below, n / MILLION
        variance = max(0.0, float(residual @ squares @ residual)) / size**2
        people = self.people(den, group)
        if self.patterns is not None:
            variance *= people / max(1, people - 1)
        if variance > 0 and 0 < rate < 1:
            return Effective(rate, float(rate * (1 - rate)) / variance, people)
        return Effective(rate, size**2 / float(below @ squares @ below), people)

    def people(self, den: Counted, group: int) -> int:
        """How many people a metric is about, unweighted."""
        chosen = den(_UNITS) > 0
        if self.patterns is None:
            return int(self.rows[group][chosen].sum())
        bits = int((1 << np.flatnonzero(chosen)).sum())
        within = np.flatnonzero(np.arange(PATTERNS) & bits)
        return int(self.patterns[group][within].sum())

    def why_not(self, den: Counted, groups: tuple[int, int], names: tuple[str, str]) -> str | None:
        """Why two groups of people who repeat cannot be compared; None where they can."""
        if self.patterns is None or self.shared is None:
            return None
        both = int(self.shared[groups])
        if both:
            one = "1 person has" if both == 1 else f"{both:,} people have"
            return f"{one} rows in both {names[0]} and {names[1]}, so the two are not different people"
        for group, name in zip(groups, names, strict=True):
            people = self.people(den, group)
            if people < FEWEST_REPEATED:
                return (
                    f"only {people:,} different people stand behind the rows of {name}, and fewer than"
                    f" {FEWEST_REPEATED} are too few where rows repeat"
                )
        return None
