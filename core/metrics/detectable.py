"""The worsening that a number of people could have shown with 80 % chance (statistics.md 7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
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
from core.metrics.worsening import paired_growth, shares_of, unpaired_growth

_SURELY = NormalDist().inv_cdf(POWER)
_STEPS, _HALVINGS = 32, 10
Grown = Callable[[float], Change | None]


def detectable(before: Gap, now: Gap, people: Sides | None, z: float) -> float | None:
    """The smallest growth of the gap before that as many people as now would show with 80 % chance.

    The interval of a growth that is found with this chance is clear of 0 by so many standard errors more, so it is
    looked for with the machinery that judges, at `z` and those together. The group's rate moves away from the
    reference's, which stays. None where no such move would be shown, even where nobody, or everybody, is left. Of a
    ratio in logarithms.
    """
    measure = GAPS[before.measure]
    if before.value is None or now.value is None:
        return None
    falls = before.value <= measure.equality
    if people is None:
        return _least(_unpaired(measure, before, now, z, falls))
    return _least(_paired(measure, people, z, falls))


def _least(grown: Grown) -> float | None:
    """The growth at the smallest move, a share of the room there is, that is clear of 0.

    In steps first, as the last of them may have none: a ratio where nobody is left. Then by bisection.
    """
    first = next((step for step in range(1, _STEPS + 1) if _is_clear(grown(step / _STEPS))), None)
    if first is None:
        return None
    low, high = (first - 1) / _STEPS, first / _STEPS
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if _is_clear(grown(middle)) else (middle, high)
    found = grown(high)
    return None if found is None else found[0]


def _is_clear(growth: Change | None) -> bool:
    return growth is not None and growth[1][0] > 0


def _unpaired(measure: Measure, before: Gap, now: Gap, z: float, falls: bool) -> Grown:
    """The growth of a gap after a move of the group's rates, among other people as many as now."""
    start, sizes = shares_of(before), shares_of(now)

    def grown(part: float) -> Change | None:
        group, reference = (
            [_moved(old, size, share, falls) for old, size in zip(olds, now, strict=True)]
            for olds, now, share in zip(start, sizes, (part, 0.0), strict=True)
        )
        return unpaired_growth(measure, start, (group, reference), z + _SURELY)

    return grown


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

    def grown(part: float) -> Change | None:
        moved = group.copy()
        for label, decision in turning:
            turned = part * moved[label, decision, decision]
            moved[label, decision, decision] -= turned
            moved[label, decision, 1 - decision] += turned
        return paired_growth(measure, (_whole(moved), _whole(reference)), z + _SURELY)

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
