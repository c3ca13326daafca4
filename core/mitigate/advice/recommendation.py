"""The fix to recommend among those that were laid out, why, and the best of each kind: what a decision is made of.

All of it goes by the numbers as they are shown, on the people set aside for choosing. Of the fixes that can be used
and reach the goal, those that level down are set aside while there are others: the groups come nearer only because
some are worse off. Of the rest the one with the fewest legal cautions is recommended, then the one that costs least. A
fix that is more expensive than the model as it is, and by over a tenth more than the cheapest, is not taken for its
fewer cautions. What is recommended is never beaten on both numbers by another that asks no more of people, unless that
one was set aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.metrics.words import listed
from core.metrics.words.naming.terms import PLAIN, Terms
from core.mitigate.advice.reasons import Advised, none_reason, reason
from core.mitigate.frontier.places import Place
from core.mitigate.goals.goal_test import Kept
from core.mitigate.mitigations import KINDS
from core.mitigate.settings import Settings

# So much of the cheapest's cost may a fix cost that asks less of people.
WORTH = 1.1


@dataclass(frozen=True)
class Recommendation:
    """What is recommended, and why.

    Attributes
    ----------
    id
        The recommended fix; where none is, the one that comes nearest to the goal, or None where none comes nearer.
    meets
        Whether it is recommended: it meets the goal on the people set aside for choosing.
    reason
        Why it is this one, or why none is recommended, as a sentence; and who loses where others gain nothing by it.
    then
        What to do where none is recommended, as a sentence.
    options
        The best fix of each kind that can be used, the recommended one first: ids.
    against
        What speaks against each other fix, in short sentences by id; empty where only the choice is another.
    """

    id: str | None
    meets: bool
    reason: str
    then: str = ""
    options: tuple[str, ...] = ()
    against: dict[str, str] = field(default_factory=dict)


def advise(
    laid: Sequence[Place], settings: Settings, has_outcome: bool, terms: Terms = PLAIN, now_kept: Kept = "not_met"
) -> Recommendation:
    """What to recommend of what was laid out, the present model first.

    `terms` is what the plan calls things, and `now_kept` whether the present model meets the goal, by everybody in the
    table: where that can't be told, or it does, nothing is recommended.
    """
    now, *others = laid
    usable = [place for place in others if place.is_measurable and place.is_recommended]
    closer = (
        [place for place in usable if place.shown(settings)[0] < now.shown(settings)[0]] if now.is_measurable else []
    )
    meeting = [place for place in closer if place.meets(settings)]
    first = _best(closer, now, settings)
    told = Advised(now, first, tuple(meeting), tuple(usable), settings, has_outcome, terms, now_kept)
    is_one = bool(meeting) and now_kept == "not_met"
    against = {
        place.id: " ".join(_against(place, first, now, usable, settings, has_outcome))
        for place in others
        if first is None or place.id != first.id
    }
    words, then = (reason(told), "") if is_one else none_reason(told)
    options = _options(closer, first, now, settings)
    named = first if now_kept == "not_met" else None
    if named is None and first is not None:
        against[first.id] = " ".join(_against(first, None, now, usable, settings, has_outcome))
    return Recommendation(None if named is None else named.id, is_one, words, then, options, against)


def _best(closer: Sequence[Place], now: Place, settings: Settings) -> Place | None:
    """Of the fixes that bring the groups nearer the first of those that meet the goal, else the nearest."""
    meeting = [place for place in closer if place.meets(settings)]
    if not meeting:
        return min(closer, key=lambda place: _nearness(place, settings), default=None)
    worth = _worth(_without_levelling(meeting), now, settings)
    unbeaten = [
        place
        for place in worth
        if not any(other.beats(place, settings) and _asks(other) <= _asks(place) for other in worth)
    ]
    return min(unbeaten, key=lambda place: (*_asks(place), *_costs(place, settings)))


def _without_levelling(meeting: Sequence[Place]) -> Sequence[Place]:
    """Those that do not level down; all of them where every one does."""
    return [place for place in meeting if not place.levelling] or meeting


def _worth(meeting: Sequence[Place], now: Place, settings: Settings) -> list[Place]:
    """Those that cost no more than the model as it is, or hardly more than the cheapest of them."""
    costs = [place.shown(settings)[1] for place in meeting]
    most = max(now.shown(settings)[1], WORTH * min(costs))
    return [place for place, cost in zip(meeting, costs, strict=True) if cost <= most]


def _asks(place: Place) -> tuple[int, bool]:
    """How many legal cautions it has, and whether nearly everybody of some group would get one answer."""
    return place.cautions, place.is_one_sided


def _costs(place: Place, settings: Settings) -> tuple[float, float, float]:
    gap, cost = place.shown(settings)
    return cost, place.changed, gap


def _nearness(place: Place, settings: Settings) -> tuple[float, ...]:
    gap, cost = place.shown(settings)
    return gap, cost, place.cautions, place.changed


def _options(closer: Sequence[Place], first: Place | None, now: Place, settings: Settings) -> tuple[str, ...]:
    """The best of each kind that brings the groups nearer: `first` first, then those that meet the goal, by cost."""
    best = [_best([place for place in closer if place.kind == kind], now, settings) for kind in KINDS]
    found = [place for place in best if place is not None]
    found.sort(key=lambda place: (place != first, not place.meets(settings), *_costs(place, settings)))
    return tuple(place.id for place in found)


def _against(
    place: Place, first: Place | None, now: Place, usable: Sequence[Place], settings: Settings, has_outcome: bool
) -> list[str]:
    """What speaks against a fix that is not the recommended one, in short sentences."""
    if place.against:
        return list(place.against[:1])
    if not place.is_measurable:
        return ["Its gap is not measurable here."]
    said = [place.levelling] if place.levelling else []
    if not place.meets(settings):
        closer = place.shown(settings)[0] < now.shown(settings)[0]
        said.append("It misses your goal here." if closer else "Its gap is no smaller than now.")
    beaten = next((other for other in usable if other.beats(place, settings) and not other.levelling), None)
    if beaten is not None:
        said.append(f"“{beaten.title}” is no worse on either count, and better on one.")
    if first is not None and beaten is None and place.shown(settings)[1] > first.shown(settings)[1]:
        said.append("More mistakes." if has_outcome else "More decisions change.")
    if place.needs_attribute and not (first is not None and first.needs_attribute):
        said.append(f"It needs {listed(settings.by)} when deciding.")
    if place.draws_lots and not (first is not None and first.draws_lots):
        said.append("It draws lots.")
    if place.is_wider:
        said.append("It was fitted to a wider gap than you accept.")
    return said
