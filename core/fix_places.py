"""Where the present model and every fix lie by gap and cost: on the choose part, which no rule was fitted on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.collect_mitigation import CHOOSE, FIT, Decided, Mitigated
from core.fixes import Fix
from core.goal_gap import goal_range
from core.intervals import FEW, Interval, wilson, z_value
from core.metrics import METRICS
from core.mitigate.frontier import Point, pick, point
from core.mitigate.hardly_better import gives_one_answer
from core.mitigate.settings import Settings
from core.rules import confusion
from core.stated_rule import stated_rule

PRESENT = "present"
# The largest gap that can be accepted: all of it would be no goal.
MOST = 0.999


@dataclass(frozen=True)
class Place:
    """Where a fix, or the present model, lies on the choose part.

    `gap` and `cost` are shares with their plausible ranges, None where there is none: a gap without a range was not
    measurable. The cost is the share of decisions that change where no outcome is known. `pooled` is the gap among the
    people of the fit and the choose part together, with its standard error: a suggestion goes by it, because behind a
    group's rate in the choose part alone stand so few that the order of fixes is mostly chance. `is_wider` is as `Fix`
    has it, and `is_dominated` says whether another fix, never the present model, has no larger gap and no higher cost.
    """

    id: str
    title: str
    gap: float
    gap_range: Interval | None
    cost: float
    cost_range: Interval | None
    pooled: tuple[float, float]
    is_wider: bool = False
    is_recommended: bool = True
    is_one_sided: bool = False
    is_dominated: bool = False

    @property
    def is_measurable(self) -> bool:
        """Whether two groups of the choose part have enough people to compare."""
        return self.gap_range is not None


def places(found: Mitigated, offered: Sequence[Fix]) -> tuple[Place, ...]:
    """The present model first, then every fix: dominated where another fix has no larger gap and no higher cost."""
    z = z_value(found.present.plan.run.confidence)
    now = _place(found, PRESENT, "The model as it is", found.present, 0.0, z)
    laid = [now]
    for fix in offered:
        n = fix.joint[CHOOSE].n.sum(axis=(0, 1))
        changed = float(n[0, 1] + n[1, 0]) / max(1, int(n.sum()))
        place = _place(found, fix.id, fix.title, fix.decided, changed, z)
        one_sided = gives_one_answer(fix.joint[CHOOSE], found.settings.by)
        laid.append(replace(place, is_recommended=fix.is_recommended, is_wider=fix.is_wider, is_one_sided=one_sided))
    return tuple(replace(place, is_dominated=any(_beats(other, place) for other in laid[1:])) for place in laid)


def _beats(one: Place, other: Place) -> bool:
    better = one.gap <= other.gap and one.cost <= other.cost and (one.gap < other.gap or one.cost < other.cost)
    return one.is_recommended and better


def _place(found: Mitigated, name: str, title: str, decided: Decided, changed: float, z: float) -> Place:
    settings, counts = found.settings, decided.counts[CHOOSE]
    at = point(name, counts, stated_rule(counts, decided.plan), settings)
    gap_range = goal_range(counts, stated_rule(counts, decided.plan), settings, decided.plan.run.confidence)
    pooled = _pooled_gap(decided, settings)
    if at.cost is None:
        return Place(name, title, at.gap, gap_range, changed, None, pooled)
    return Place(name, title, at.gap, gap_range, at.cost, _cost_range(decided, settings, z), pooled)


def _pooled_gap(decided: Decided, settings: Settings) -> tuple[float, float]:
    """The gap of the fit and the choose part together, and its standard error: of the widest rate's two ends."""
    counts, goal = decided.counts[FIT] + decided.counts[CHOOSE], settings.goal
    people = confusion(counts, stated_rule(counts, decided.plan), settings.by)
    gap, error = 0.0, 0.0
    for name in goal.rates:
        k, n = (np.asarray(part(people), dtype=float) for part in (METRICS[name].num, METRICS[name].den))
        bound = np.flatnonzero(n >= FEW)
        if len(bound) < 2:
            continue
        rates = k[bound] / n[bound]
        ends = [int(rates.argmin()), int(rates.argmax())]
        (low, high), (few, many) = rates[ends], n[bound][ends]
        spread = low * (1 - low) / few, high * (1 - high) / many
        apart = high - low
        if goal.kind == "ratio":
            apart, scale = (1 - low / high, 1 / high) if high else (0.0, 0.0)
            spread = spread[0] * scale**2, spread[1] * (low * scale**2) ** 2
        gap, error = max((gap, error), (float(apart), math.sqrt(sum(spread))))
    return gap, error


def _cost_range(decided: Decided, settings: Settings, z: float) -> Interval | None:
    """Wilson's range of the share of wrong decisions; None for any other cost."""
    if settings.cost.name != "accuracy":
        return None
    counts = decided.counts[CHOOSE]
    people = confusion(counts, stated_rule(counts, decided.plan), settings.by)
    return wilson(float(np.sum(people.fn) + np.sum(people.fp)), float(np.sum(people.labelled)), z)


def suggested(laid: Sequence[Place], at_most: float) -> str | None:
    """Of the recommended fixes that aim at the goal the cheapest whose gap is near enough.

    That is at most what is accepted, or else within a standard error of the smallest one: without that margin, chance
    alone would make one that costs much win over its like (the one-standard-error rule of Breiman et al. 1984). Of
    these, one that turns to nearly one answer for some group is named only where all do: it may be right more often,
    but it is another policy, not a first try at this one. None where no fix has a measurably smaller gap than now.
    """
    now, *others = laid
    if not now.is_measurable:
        return None
    able = [p for p in others if p.is_measurable and p.is_recommended and not p.is_wider and p.pooled < now.pooled]
    if not able:
        return None
    gap, error = min(place.pooled for place in able)
    accepted = max(at_most, gap + error)
    near = [place for place in able if place.pooled[0] <= accepted]
    first = [place for place in near if not place.is_one_sided] or near
    return pick([Point(place.id, place.pooled[0], place.cost) for place in first], min(accepted, MOST)).id
