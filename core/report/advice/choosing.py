"""The fix to try first among those that were laid out, by the numbers that are shown beside them.

All of it goes by the numbers as they are shown, on the people set aside for choosing: what is recommended is never
beaten on both by another that can be used, and it meets the goal wherever one that can be used does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.metrics.words import listed
from core.mitigate.frontier.places import Place
from core.mitigate.goals.test import goal_words
from core.mitigate.settings import Settings
from core.report.charts.frontier import gap_words

# Of fixes that cost within one fiftieth of the cheapest, what they ask of people decides.
HARDLY_DEARER = 1.02


@dataclass(frozen=True)
class Advice:
    """What to try first, and why.

    Attributes
    ----------
    id
        The fix; None where there is none to name.
    meets
        Whether it meets the goal on the people set aside for choosing.
    reason
        Why it is this one, as a sentence that says so plainly where none meets the goal.
    against
        What speaks against each other fix, in short sentences by id; empty where only the choice is another.
    """

    id: str | None
    meets: bool
    reason: str
    against: dict[str, str] = field(default_factory=dict)


def advise(laid: Sequence[Place], settings: Settings, has_outcome: bool, rows: str = "people") -> Advice:
    """What to try first of what was laid out, the present model first; `rows` is what rows are called."""
    now, *others = laid
    usable = [place for place in others if place.is_measurable and place.is_recommended]
    closer = (
        [place for place in usable if place.shown(settings)[0] < now.shown(settings)[0]] if now.is_measurable else []
    )
    meeting = [place for place in closer if place.meets(settings)]
    first = _first(meeting, settings) if meeting else min(closer, key=lambda p: _nearness(p, settings), default=None)
    against = {
        place.id: " ".join(_against(place, first, now, usable, settings, has_outcome))
        for place in others
        if first is None or place.id != first.id
    }
    if first is None:
        return Advice(None, False, _none_words(now, usable, settings, rows), against)
    if not meeting:
        reason = (
            f"No fix that can be used meets your goal, {goal_words(settings)}, on these {rows}. {first.title} comes"
            f" nearest, with a gap of {gap_words(first.gap, settings)}."
        )
        return Advice(first.id, False, " ".join([reason, *_terms(first, settings)]), against)
    return Advice(first.id, True, _reason(first, meeting, now, settings, has_outcome, rows), against)


def _first(meeting: Sequence[Place], settings: Settings) -> Place:
    """Of the unbeaten that meet the goal: of those that hardly cost more than the cheapest the one that asks least."""
    near = _near(_unbeaten(meeting, settings), settings)
    return min(near, key=lambda p: (p.needs_attribute, p.draws_lots, p.is_one_sided, *_costs(p, settings)))


def _unbeaten(places: Sequence[Place], settings: Settings) -> list[Place]:
    return [place for place in places if not any(other.beats(place, settings) for other in places)]


def _near(places: Sequence[Place], settings: Settings) -> list[Place]:
    """Those that cost hardly more than the cheapest of them."""
    cheapest = min(place.shown(settings)[1] for place in places)
    return [place for place in places if place.shown(settings)[1] <= HARDLY_DEARER * cheapest]


def _costs(place: Place, settings: Settings) -> tuple[float, float, float]:
    gap, cost = place.shown(settings)
    return cost, place.changed, gap


def _nearness(place: Place, settings: Settings) -> tuple[float | bool, ...]:
    gap, cost = place.shown(settings)
    return gap, cost, place.needs_attribute, place.draws_lots, place.changed


def _reason(
    first: Place, meeting: Sequence[Place], now: Place, settings: Settings, has_outcome: bool, rows: str
) -> str:
    """Why it is this one of those that meet the goal."""
    said = ["is the only usable one that does"] if len(meeting) == 1 else _merits(first, meeting, settings, has_outcome)
    words = f"It {listed([f'meets your goal on these {rows}', *said])}."
    if now.meets(settings):
        words += " The model as it is meets it here too, with a larger gap."
    return " ".join([words, *_terms(first, settings)])


def _terms(place: Place, settings: Settings) -> list[str]:
    """What it asks of people, in short sentences."""
    said = [f"It needs {' and '.join(settings.by)} when deciding."] if place.needs_attribute else []
    return [*said, "It draws lots."] if place.draws_lots else said


def _merits(first: Place, meeting: Sequence[Place], settings: Settings, has_outcome: bool) -> list[str]:
    """What sets it apart from the others that meet the goal."""
    near = _near(_unbeaten(meeting, settings), settings)
    said = []
    if not first.needs_attribute and any(place.needs_attribute for place in meeting):
        said.append(f"needs no {' and no '.join(settings.by)} when deciding")
    if not first.draws_lots and any(place.draws_lots for place in near):
        said.append("draws no lots")
    least = min(place.shown(settings)[1] for place in meeting)
    if first.shown(settings)[1] == least:
        said.append(_cheapest_words(settings, has_outcome))
    elif first.changed == min(place.changed for place in meeting):
        said.append("changes the fewest decisions of the usable ones that do")
    else:
        said.append("costs hardly more than the cheapest usable one that does")
    return said


def _cheapest_words(settings: Settings, has_outcome: bool) -> str:
    if not has_outcome:
        return "changes the fewest decisions of the usable ones that do"
    return (
        "costs least of the usable ones that do"
        if settings.cost.name == "price"
        else "makes the fewest mistakes of the usable ones that do"
    )


def _none_words(now: Place, usable: Sequence[Place], settings: Settings, rows: str) -> str:
    if not now.is_measurable:
        return ""
    if now.meets(settings):
        return f"The model as it is meets your goal, {goal_words(settings)}, on these {rows}, and no fix comes closer."
    if not usable:
        return "Something speaks against every fix that was found, so none is named to try first."
    return f"No fix that can be used brings the groups nearer to each other on these {rows} than they are now."


def _against(
    place: Place, first: Place | None, now: Place, usable: Sequence[Place], settings: Settings, has_outcome: bool
) -> list[str]:
    """What speaks against a fix that is not the first to try, in short sentences."""
    if place.against:
        return list(place.against[:1])
    if not place.is_measurable:
        return ["Its gap is not measurable here."]
    said = []
    if not place.meets(settings):
        closer = place.shown(settings)[0] < now.shown(settings)[0]
        said.append("It misses your goal here." if closer else "Its gap is no smaller than now.")
    beaten = next((other for other in usable if other.beats(place, settings)), None)
    if beaten is not None:
        said.append(f"“{beaten.title}” is no worse on either count, and better on one.")
    if first is not None and beaten is None and place.shown(settings)[1] > first.shown(settings)[1]:
        said.append("More mistakes." if has_outcome else "More decisions change.")
    if place.needs_attribute and not (first is not None and first.needs_attribute):
        said.append(f"It needs {' and '.join(settings.by)} when deciding.")
    if place.draws_lots and not (first is not None and first.draws_lots):
        said.append("It draws lots.")
    if place.is_wider:
        said.append("It was fitted to a wider gap than you accept.")
    return said
