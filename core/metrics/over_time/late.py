"""Outcomes that are still to come: a gap between bounds, whatever they are, and never an estimate of them.

Some outcomes never come, as of people who were turned down. So what counts as still to come is what an audit lacks
beyond the smallest share that any audit of the baseline lacks, for each group and decision, where that is more than
chance explains.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.counts.rules import Confusion
from core.metrics.gaps import GAPS
from core.metrics.group_metrics import METRICS
from core.metrics.over_time.readings import Reading, reading

# An audit and the baseline's least both vary by chance.
_BEYOND_CHANCE = 3 * math.sqrt(2)


@dataclass(frozen=True)
class Awaited:
    """How many outcomes of one group are to come, of people who were selected and who were turned down."""

    selected: float = 0.0
    refused: float = 0.0

    @property
    def people(self) -> float:
        """Of both."""
        return self.selected + self.refused


def awaited(audits: Sequence[Confusion | None], baseline: int) -> tuple[Awaited, ...]:
    """What each audit awaits of one group; the people are scalars, None where the group is not in the audit."""
    lacks = [None if people is None else _lacks(people) for people in audits]
    first = [each for each in lacks if each is not None][:baseline]
    usual = [min((unknown / n for unknown, n in (each[place] for each in first) if n), default=0.0) for place in (0, 1)]
    return tuple(Awaited() if each is None else Awaited(*map(_excess, each, usual)) for each in lacks)


def share_in(people: Sequence[tuple[Confusion, Awaited]]) -> float:
    """The share of the outcomes to come that are in, over some groups."""
    there = sum(float(each.labelled) for each, _ in people)
    to_come = sum(each.people for _, each in people)
    return there / (there + to_come) if to_come else 1.0


def widened(measure: str, group: tuple[Confusion, Awaited], reference: tuple[Confusion, Awaited]) -> Reading:
    """The gap between its bounds: each rate at its lowest and highest over what the awaited outcomes can be.

    A rate is one linear count over another, so it is extreme where all that is awaited of a decision is alike. Of a
    measure that averages rates each has its own extremes, which is as wide or wider. Of differences only: no ratio
    needs outcomes.
    """
    rates = [(_corners(name, *group), _corners(name, *reference)) for name in GAPS[measure].metrics]
    low = reading(measure, [min(mine, key=_rate) for mine, _ in rates], [max(other, key=_rate) for _, other in rates])
    high = reading(measure, [max(mine, key=_rate) for mine, _ in rates], [min(other, key=_rate) for _, other in rates])
    return Reading(low.low, high.high, max(low.se, high.se))


def _lacks(people: Confusion) -> tuple[tuple[float, float], tuple[float, float]]:
    """How many outcomes are unknown, and of how many people: of the selected, and of those turned down."""
    selected = float(people.tp + people.fp + people.unknown_selected)
    refused = float(people.fn + people.tn + people.unknown_refused)
    return (float(people.unknown_selected), selected), (float(people.unknown_refused), refused)


def _excess(lacks: tuple[float, float], usual: float) -> float:
    unknown, n = lacks
    excess = unknown - usual * n
    return excess if excess > _BEYOND_CHANCE * math.sqrt(usual * (1 - usual) * n) else 0.0


def _corners(metric: str, people: Confusion, to_come: Awaited) -> list[tuple[float, float]]:
    """The (k, n) of a rate for each way in which all that is awaited of a decision is alike."""
    found = [
        (float(np.asarray(METRICS[metric].num(each))), float(np.asarray(METRICS[metric].den(each))))
        for each in _ways(people, to_come)
    ]
    # Where nobody may be left to count, the rate can be anything.
    return found if all(n > 0 for _, n in found) else [(0.0, 1.0), (1.0, 1.0)]


def _ways(people: Confusion, to_come: Awaited) -> Iterator[Confusion]:
    for good, deserved in itertools.product((0.0, to_come.selected), (0.0, to_come.refused)):
        yield Confusion(
            tp=people.tp + good,
            fp=people.fp + to_come.selected - good,
            fn=people.fn + deserved,
            tn=people.tn + to_come.refused - deserved,
            unknown_selected=people.unknown_selected - to_come.selected,
            unknown_refused=people.unknown_refused - to_come.refused,
        )


def _rate(share: tuple[float, float]) -> float:
    return share[0] / share[1]
