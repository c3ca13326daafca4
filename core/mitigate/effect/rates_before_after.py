"""How often each group is selected before and after a fix, by the rate of the goal that sets them farthest apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from core.metrics.gaps import GAPS, Measure
from core.metrics.group_metrics import METRICS
from core.metrics.intervals import FEW
from core.metrics.joint import AFTER, BEFORE, JointCounts, rate_parts
from core.mitigate.settings import Settings

FEW_GROUPS = 3
_MOST_WORDS = 20  # of a sentence that is read at a glance


@dataclass(frozen=True)
class Shift:
    """How many of a group's people were and are decided so, of the `n` whom the rate counts."""

    group: dict[str, str]
    n: int
    before: int
    after: int

    @property
    def rates(self) -> tuple[float, float]:
        """The share before and after."""
        return self.before / self.n, self.after / self.n

    @property
    def of_hundred(self) -> tuple[str, str]:
        """So many of 100 before and after: whole where that shows what moved."""
        before, after = (100 * rate for rate in self.rates)
        digits = 1 if self.before != self.after and round(before) == round(after) else 0
        return f"{before:.{digits}f}", f"{after:.{digits}f}"

    @property
    def moved_of_hundred(self) -> str:
        """How many more or fewer of 100 that is, without a sign: as the two numbers beside each other have it."""
        before, after = map(float, self.of_hundred)
        return f"{abs(after - before):.1f}".removesuffix(".0")


@dataclass(frozen=True)
class Shifts:
    """All groups of whom the goal is asked and who have enough people, the one worse off before first.

    `rate` is the name of the metric whose gap was widest before, and after where there was none.
    """

    rate: str
    groups: tuple[Shift, ...]

    @property
    def measure(self) -> Measure:
        """What compares this rate: it has the words of its sentences."""
        named = [measure for measure in GAPS.values() if measure.metrics == (self.rate,)]
        return next(measure for measure in named if measure.kind == "difference")

    @property
    def meant(self) -> tuple[Shift, ...]:
        """Those farthest apart before and after, and whom most changes for: all of three groups, up to five of more."""
        if len(self.groups) <= FEW_GROUPS:
            return self.groups
        by_rate = [sorted(self.groups, key=lambda shift: shift.rates[when]) for when in (BEFORE, AFTER)]
        ends = [shift for each in by_rate for shift in (each[0], each[-1])]
        moved = max(self.groups, key=lambda shift: abs(shift.after - shift.before))
        return tuple(shift for shift in self.groups if shift in (*ends, moved))


def shifts(joint: JointCounts, settings: Settings) -> Shifts | None:
    """What changes for the groups that the goal is about; None where fewer than two have enough people to compare."""
    found = [shifts_of(joint, settings, rate) for rate in settings.goal.rates]
    comparable = [each for each in found if len(each.groups) > 1]
    return max(comparable, key=_apart) if comparable else None


def shifts_of(joint: JointCounts, settings: Settings, rate: str, of_all: bool = False) -> Shifts:
    """What changes for them by one metric's rate; `of_all` also for groups that the goal is not asked of."""
    return Shifts(rate, tuple(_of_rate(joint, settings, rate, of_all)))


def _of_rate(joint: JointCounts, settings: Settings, rate: str, of_all: bool) -> Iterator[Shift]:
    people = joint.by(settings.by)
    shown = []
    for g in np.flatnonzero(settings.asked(people.groups) | of_all).tolist():
        (before, n), (after, _) = (rate_parts(METRICS[rate], people.n[g], when) for when in (BEFORE, AFTER))
        if n >= FEW:
            shown.append(Shift(people.groups.names(g), n, before, after))
    yield from sorted(shown, key=lambda shift: Fraction(shift.before, shift.n))


def _apart(found: Shifts) -> tuple[float, float]:
    """How far apart the rates are before and after."""
    before, after = ([shift.rates[when] for shift in found.groups] for when in (BEFORE, AFTER))
    return max(before) - min(before), max(after) - min(after)


def in_short_sentences(told: Sequence[str]) -> str:
    """What is told of one group after another: one sentence where it is short enough, else one for each of them."""
    joined = ", ".join(told)
    if len(joined.split()) > _MOST_WORDS:
        sentences = [each.removeprefix("and ") for each in told]
        joined = ". ".join(f"{each[:1].upper()}{each[1:]}" for each in sentences)
    return f"{joined[:1].upper()}{joined[1:]}."
