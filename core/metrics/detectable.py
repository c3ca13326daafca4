"""The worsening that a number of people could have shown with 80 % chance (statistics.md 7)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from statistics import NormalDist

import numpy as np

from core.counts.counts import Floats, Ints
from core.metrics.distance import Sides
from core.metrics.findings.more_people import POWER
from core.metrics.gaps import GAPS, Measure
from core.metrics.group_metrics import METRICS
from core.metrics.joint import Change, indicators
from core.metrics.sampling.effective import AnyShare, Effective, exact_rate
from core.metrics.verdicts import Gap
from core.metrics.worsening import paired_interval, paired_values, ranged, shares_of

_DRAWS = np.asarray([NormalDist().inv_cdf((i + 0.5) / 400) for i in range(400)])
_STEPS, _HALVINGS = 32, 10


def detectable(before: Gap, now: Gap, people: Sides | None, z: float) -> float | None:
    """The smallest growth of the gap before that as many people as now would show with 80 % chance.

    The group's rate moves away from the reference's, which stays, until the machinery that judges, at `z`, would find
    it so often. None where it would not, even where nobody, or everybody, is left. Of a ratio in logarithms.
    """
    measure = GAPS[before.measure]
    if before.value is None or now.value is None:
        return None
    falls = before.value <= measure.equality
    return _least(
        _unpaired(measure, before, now, z, falls) if people is None else _paired(measure, people, z, falls), z
    )


@dataclass(frozen=True)
class _Spread:
    """Two values of a gap, away from equality, with the standard errors of both and how they go together."""

    before: float
    after: float
    error_before: float
    error_after: float
    correlation: float = 0.0

    @property
    def growth(self) -> float:
        """By how much the gap is farther from equality."""
        return self.after - abs(self.before)

    def power(self, z: float) -> float:
        """How often the growth would be shown.

        Near equality the gap before is often seen on the other side, and then as large as it is not: the growth is
        measured from there.
        """
        from scipy.special import ndtr

        both = self.error_before**2 + self.error_after**2
        shared = 2 * self.correlation * self.error_before * self.error_after
        seen = self.before + self.error_before * _DRAWS
        bar = np.abs(seen) + z * np.sqrt(np.where(seen < 0, both + shared, both - shared))
        expected = self.after + self.correlation * self.error_after * _DRAWS
        left = self.error_after * math.sqrt(max(1e-12, 1 - self.correlation**2))
        return float(ndtr((expected - bar) / left).mean())


Grown = Callable[[float], _Spread | None]


def _least(grown: Grown, z: float) -> float | None:
    """The growth at the smallest move, a share of the room there is, that would be shown.

    In steps first, as the last of them may have none: a ratio where nobody is left. Then by bisection.
    """

    def is_shown(part: float) -> bool:
        spread = grown(part)
        return spread is not None and spread.power(z) >= POWER

    first = next((step for step in range(1, _STEPS + 1) if is_shown(step / _STEPS)), None)
    if first is None:
        return None
    low, high = (first - 1) / _STEPS, first / _STEPS
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if is_shown(middle) else (middle, high)
    found = grown(high)
    return None if found is None else found.growth


def _unpaired(measure: Measure, before: Gap, now: Gap, z: float, falls: bool) -> Grown:
    """The growth of a gap after a move of the group's rates, among other people as many as now."""
    start, sizes = shares_of(before), shares_of(now)
    old = ranged(measure, start, z)

    def grown(part: float) -> _Spread | None:
        group, reference = (
            [_moved(was, size, share, falls) for was, size in zip(olds, now, strict=True)]
            for olds, now, share in zip(start, sizes, (part, 0.0), strict=True)
        )
        new = ranged(measure, (group, reference), z)
        if old is None or new is None:
            return None
        (was, (was_low, was_high)), (value, (low, high)) = (_turned(each, falls) for each in (old, new))
        return _Spread(was, value, (was_high - was) / z, (value - low) / z)

    return grown


def _turned(found: Change, falls: bool) -> Change:
    """A gap's value with its interval, above equality."""
    value, (low, high) = found
    return (-value, (-high, -low)) if falls else found


def _moved(old: AnyShare, size: AnyShare, part: float, falls: bool) -> AnyShare:
    """The rate of `old`, moved by a part of the way to 0 or 1, among as many people as `size` has."""
    rate = exact_rate(old)
    rate += Fraction(part) * (-rate if falls else 1 - rate)
    if isinstance(size, Effective):
        return replace(size, rate=rate)
    return round(rate * size[1]), size[1]


def _paired(measure: Measure, people: Sides, z: float, falls: bool) -> Grown:
    """The growth of a gap after decisions about people of the group turned, beside those that differ already.

    Those count as noise: as many one way as the other.
    """
    group, reference = map(_evened, people)
    turning = _turning([indicators(METRICS[name])[0] for name in measure.metrics], falls)

    def grown(part: float) -> _Spread | None:
        moved = group.copy()
        for label, decision in turning:
            turned = part * moved[label, decision, decision]
            moved[label, decision, decision] -= turned
            moved[label, decision, 1 - decision] += turned
        sides = _whole(moved), _whole(reference)
        values, change, total = (
            paired_values(measure, sides),
            paired_interval(measure, sides, -1, z),
            paired_interval(measure, sides, 1, z),
        )
        if values is None or change is None or total is None:
            return None
        was, value = (-each if falls else each for each in values)
        # Both values are about the same people, so their standard errors are taken to be alike.
        apart, together = (((high - low) / 2 / z) ** 2 for low, high in (change, total))
        error = math.sqrt((apart + together) / 4)
        return _Spread(was, value, error, error, (together - apart) / (together + apart))

    return grown


def _evened(people: Ints) -> Floats:
    return (people + people.swapaxes(1, 2)) / 2


def _whole(people: Floats) -> Ints:
    return np.rint(people).astype(np.int64)


def _turning(hits: Sequence[Ints], falls: bool) -> list[tuple[int, int]]:
    """Of whom, by label and decision, turning the decision lowers the rates, or raises them."""
    found = []
    for label in range(hits[0].shape[0]):
        for decision in (0, 1):
            gains = sum(int(each[label, 1 - decision]) - int(each[label, decision]) for each in hits)
            if gains < 0 if falls else gains > 0:
                found.append((label, decision))
    return found
