"""Where the present model and every fix lie by gap and cost: on the choose part, which no rule was fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.counts.rules import confusion
from core.metrics.intervals import Interval, wilson, z_value
from core.metrics.stated_rule import stated_rule
from core.metrics.words import beside
from core.metrics.words.naming.terms import Terms
from core.mitigate.effect.levelling_down import levelling_down
from core.mitigate.effect.mistake_costs import cost_words
from core.mitigate.effect.near_constant import gives_one_answer
from core.mitigate.effect.one_answer import in_a_line
from core.mitigate.fix import Fix
from core.mitigate.frontier import point
from core.mitigate.goals.goal_test import goal_range
from core.mitigate.mitigations import Kind
from core.mitigate.results import CHOOSE, Decided, Mitigated
from core.mitigate.settings import Settings

PRESENT = "present"


@dataclass(frozen=True)
class Place:
    """Where a fix, or the present model, lies on the choose part.

    `gap` and `cost` are shares with their plausible ranges, None where there is none: a gap without a range was not
    measurable. The cost is the share of decisions that change where no outcome is known; `changed` always is.
    `against`, `needs_attribute`, `draws_lots`, `is_wider` and `kind` are as `Fix` has them. `one_answer` says in a line
    of which groups nearly everybody gets one answer, `is_one_sided` whether that is new of some. `levelling` says who
    loses where no group gains. `is_dominated` says whether another fix that can be used, never the present model, is
    better on one count and no worse on the other, as they are shown.
    """

    id: str
    title: str
    gap: float
    gap_range: Interval | None
    cost: float
    cost_range: Interval | None
    changed: float = 0.0
    against: tuple[str, ...] = ()
    needs_attribute: bool = False
    draws_lots: bool = False
    is_wider: bool = False
    is_one_sided: bool = False
    one_answer: tuple[str, ...] = ()
    levelling: str = ""
    is_dominated: bool = False
    kind: Kind = "for_all"

    @property
    def is_measurable(self) -> bool:
        """Whether two groups of the choose part have enough people to compare."""
        return self.gap_range is not None

    @property
    def is_recommended(self) -> bool:
        """Whether nothing speaks against using it."""
        return not self.against

    @property
    def cautions(self) -> int:
        """How many things about it a lawyer should see: that it needs to know the group, and that it draws lots."""
        return self.needs_attribute + self.draws_lots

    def meets(self, settings: Settings) -> bool:
        """Whether its gap is accepted."""
        return self.gap <= settings.at_most

    def shown(self, settings: Settings) -> tuple[float, float]:
        """Gap and cost as they are shown, in points or percent and of 100."""
        return float(shown_gap(self.gap, settings)), float(f"{100 * self.cost:.1f}")

    def beats(self, other: Place, settings: Settings) -> bool:
        """Whether it can be used, and is better on one count and no worse on the other, as they are shown."""
        (gap, cost), (their_gap, their_cost) = self.shown(settings), other.shown(settings)
        is_better = gap <= their_gap and cost <= their_cost and (gap < their_gap or cost < their_cost)
        return self.is_recommended and self.is_measurable and is_better


def shown_gap(gap: float, settings: Settings) -> str:
    """A gap in its goal's own unit without its name, rounded on the right side of what is accepted."""
    text = beside(100 * gap, 100 * settings.at_most, 1)
    return text if text[0] != "j" else f"{100 * gap:.6f}"


def place_words(place: Place, settings: Settings, has_outcome: bool) -> str:
    """Gap and cost of a place in words."""
    gap = gap_words(place.gap, settings) if place.is_measurable else "not measurable"
    return f"gap {gap}, {cost_words(place.cost, settings.cost.name, has_outcome)}"


def gap_words(gap: float, settings: Settings) -> str:
    """A goal's gap in its own unit: points, or how much less often in percent."""
    return shown_gap(gap, settings) + ("\u00a0%" if settings.goal.kind == "ratio" else " points")


def places(found: Mitigated, offered: Sequence[Fix]) -> tuple[Place, ...]:
    """The present model first, then every fix."""
    z = z_value(found.present.plan.run.confidence)
    now = _place(found, PRESENT, "The model as it is", found.present, 0.0, z)
    laid = [now]
    for fix in offered:
        n = fix.joint[CHOOSE].n.sum(axis=(0, 1))
        changed = float(n[0, 1] + n[1, 0]) / max(1, int(n.sum()))
        place = _place(found, fix.id, fix.title, fix.decided, changed, z)
        laid.append(_with_terms(place, now, found, fix, changed))
    helping = [place for place in laid[1:] if not place.levelling]  # what helps nobody is no better than another fix
    return tuple(
        replace(place, is_dominated=any(other.beats(place, found.settings) for other in helping)) for place in laid
    )


def _with_terms(place: Place, now: Place, found: Mitigated, fix: Fix, changed: float) -> Place:
    """The place with what the fix asks of people, and what speaks against it; `now` is that of the present model."""
    settings, joint, terms = found.settings, fix.joint[CHOOSE], Terms.of(found.present.plan)
    return replace(
        place,
        changed=changed,
        against=fix.against,
        needs_attribute=fix.needs_attribute,
        draws_lots=fix.draws_lots,
        is_wider=fix.is_wider,
        kind=fix.kind,
        is_one_sided=gives_one_answer(joint, settings.by),
        one_answer=tuple(in_a_line(joint, settings.by, terms)),
        levelling=levelling_down(joint, settings, terms) if place.gap < now.gap else "",
    )


def _place(found: Mitigated, name: str, title: str, decided: Decided, changed: float, z: float) -> Place:
    settings, counts = found.settings, decided.counts[CHOOSE]
    at = point(name, counts, stated_rule(counts, decided.plan), settings)
    gap_range = goal_range(counts, stated_rule(counts, decided.plan), settings, decided.plan.run.confidence)
    if at.cost is None:
        return Place(name, title, at.gap, gap_range, changed, None)
    return Place(name, title, at.gap, gap_range, at.cost, _cost_range(decided, settings, z))


def _cost_range(decided: Decided, settings: Settings, z: float) -> Interval | None:
    """Wilson's range of the share of wrong decisions; None for any other cost."""
    if settings.cost.name != "accuracy":
        return None
    counts = decided.counts[CHOOSE]
    people = confusion(counts, stated_rule(counts, decided.plan), settings.by)
    return wilson(float(np.sum(people.fn) + np.sum(people.fp)), float(np.sum(people.labelled)), z)
