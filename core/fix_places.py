"""Where the present model and every fix lie by gap and cost: on the choose part, which no rule was fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.collect_mitigation import CHOOSE, Decided, Mitigated
from core.fixes import Fix
from core.intervals import FEW, Interval, absolute, newcombe, ratio, wilson, z_value
from core.metrics import METRICS
from core.mitigate.frontier import Point, pick, point
from core.mitigate.settings import Settings
from core.rules import confusion
from core.stated_rule import stated_rule

PRESENT = "present"


@dataclass(frozen=True)
class Place:
    """Where a fix, or the present model, lies on the choose part.

    `gap` and `cost` are shares with their plausible ranges, None where there is none; the cost is the share of
    decisions that change where no outcome is known.
    """

    id: str
    title: str
    gap: float
    gap_range: Interval | None
    cost: float
    cost_range: Interval | None
    is_recommended: bool = True
    is_dominated: bool = False


def places(found: Mitigated, offered: Sequence[Fix]) -> tuple[Place, ...]:
    """The present model first, then every fix: dominated where another has no larger gap and no higher cost."""
    z = z_value(found.present.plan.run.confidence)
    now = _place(found, PRESENT, "The model as it is", found.present, 0.0, z)
    laid = [now]
    for fix in offered:
        n = fix.joint[CHOOSE].n.sum(axis=(0, 1))
        changed = float(n[0, 1] + n[1, 0]) / max(1, int(n.sum()))
        place = _place(found, fix.id, fix.title, fix.decided, changed, z)
        laid.append(replace(place, is_recommended=fix.is_recommended))
    return tuple(replace(place, is_dominated=any(_beats(other, place) for other in laid)) for place in laid)


def _beats(one: Place, other: Place) -> bool:
    better = one.gap <= other.gap and one.cost <= other.cost and (one.gap < other.gap or one.cost < other.cost)
    return one.is_recommended and better


def _place(found: Mitigated, name: str, title: str, decided: Decided, changed: float, z: float) -> Place:
    settings, counts = found.settings, decided.counts[CHOOSE]
    at = point(name, counts, stated_rule(counts, decided.plan), settings)
    gap_range = _gap_range(decided, settings, z)
    if at.cost is None:
        return Place(name, title, at.gap, gap_range, changed, None)
    return Place(name, title, at.gap, gap_range, at.cost, _cost_range(decided, settings, z))


def _gap_range(decided: Decided, settings: Settings, z: float) -> Interval | None:
    """The plausible range of the gap, where it is one rate's between two groups; None otherwise."""
    counts, goal = decided.counts[CHOOSE], settings.goal
    people = confusion(counts, stated_rule(counts, decided.plan), settings.by)
    metric = METRICS[goal.rates[0]]
    k, n = np.asarray(metric.num(people), dtype=float), np.asarray(metric.den(people), dtype=float)
    bound = np.flatnonzero(n >= FEW).tolist()
    if len(goal.rates) > 1 or len(bound) != 2:
        return None
    low, high = sorted(bound, key=lambda g: float(k[g] / n[g]))
    pair = (float(k[high]), int(n[high]), float(k[low]), int(n[low]))
    if goal.kind == "difference":
        value = float(k[high] / n[high] - k[low] / n[low])
        return absolute(value, newcombe(*pair, z))[1]
    if not k[high]:
        return None
    least, most = ratio(pair[2], pair[3], pair[0], pair[1], z)
    return (max(0.0, 1 - most) if most <= 1 else 0.0), max(1 - least, 1 - 1 / most)


def _cost_range(decided: Decided, settings: Settings, z: float) -> Interval | None:
    """Wilson's range of the share of wrong decisions; None for any other cost."""
    if settings.cost.name != "accuracy":
        return None
    counts = decided.counts[CHOOSE]
    people = confusion(counts, stated_rule(counts, decided.plan), settings.by)
    return wilson(float(np.sum(people.fn) + np.sum(people.fp)), float(np.sum(people.labelled)), z)


def suggested(found: Mitigated, laid: Sequence[Place]) -> str | None:
    """The cheapest recommended fix whose gap is accepted, else the one with the smallest gap; None where none is."""
    points = [Point(place.id, place.gap, place.cost) for place in laid if place.is_recommended and place.id != PRESENT]
    return pick(points, found.settings.at_most).id if points else None
