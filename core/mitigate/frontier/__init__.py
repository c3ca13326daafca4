"""Proposals by gap and cost on the choose part, and which of them to take where nobody picks one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.counts.counts import FAVOURABLE, UNFAVOURABLE, Counts
from core.counts.rules import Rule, confusion
from core.metrics.intervals import FEW
from core.mitigate.goals import exact
from core.mitigate.settings import Settings


@dataclass(frozen=True)
class Point:
    """Where a proposal lies: its gap and its cost; `cost` is None where no outcome is known.

    `levels_down` says that the gap closes and no group gains.
    """

    id: str
    gap: float
    cost: float | None
    levels_down: bool = False


def point(proposal_id: str, counts: Counts, rule: Rule, settings: Settings) -> Point:
    """Where a rule over these people lies, by the goal and the cost of the settings."""
    people = confusion(counts, rule, settings.by)
    good, other = (int(counts.n[:, label].sum()) for label in (FAVOURABLE, UNFAVOURABLE))
    cost = settings.cost.prices(good, other).value(people) if good + other else None
    groups, _ = counts.places(settings.by)
    return Point(proposal_id, float(settings.goal.gap(people, FEW, settings.asked(groups))), cost)


def pick(points: Sequence[Point], at_most: float) -> Point:
    """The cheapest point whose gap is accepted; where none is, the one with the smallest gap. The first of equals.

    One that levels down is taken only where every one does whose gap is accepted.
    """
    accepted = [point for point in points if point.gap <= float(exact(at_most))]
    if accepted:
        gaining = [point for point in accepted if not point.levels_down]
        return min(gaining or accepted, key=lambda point: (point.cost or 0.0, point.gap))
    return min(points, key=lambda point: (point.gap, point.cost or 0.0))
