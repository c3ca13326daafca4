"""Every way of deciding that a search tried, as entries of the register of alternatives.

All numbers are of the people set aside for choosing: those on whom a pick is judged are looked at once, for the pick.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.metrics.intervals import Interval
from core.metrics.words.changes.sentence import change_sentence
from core.metrics.words.naming.terms import Terms
from core.mitigate.advice.recommendation import Recommendation
from core.mitigate.effect.effect import aimed_on
from core.mitigate.effect.mistake_costs import cost_words
from core.mitigate.fix import Fix
from core.mitigate.frontier.places import PRESENT, Place, gap_words
from core.mitigate.results import CHOOSE, Mitigated
from core.record.registers import Alternative


def alternatives(
    found: Mitigated, fixes: Sequence[Fix], laid: Sequence[Place], advice: Recommendation, taken: str | None
) -> tuple[Alternative, ...]:
    """The model in use, then each fix of `laid`; `taken` is the one that decides from now on, if any."""
    by_id = {fix.id: fix for fix in fixes}
    return tuple(_entry(found, place, by_id.get(place.id), advice, taken) for place in laid)


def _entry(found: Mitigated, place: Place, fix: Fix | None, advice: Recommendation, taken: str | None) -> Alternative:
    is_taken = taken is None if place.id == PRESENT else place.id == taken
    return Alternative(
        place.title,
        _performance(place, found),
        _disparity(place, found),
        "" if fix is None else _difference(found, fix),
        "yes" if is_taken else "no",
        _why(place, advice),
    )


def _performance(place: Place, found: Mitigated) -> str:
    cost, has_outcome = found.settings.cost.name, found.present.plan.data.label is not None
    return cost_words(place.cost, cost, has_outcome) + _range(place.cost_range)


def _disparity(place: Place, found: Mitigated) -> str:
    if place.gap_range is None:
        return "not measurable"
    return gap_words(place.gap, found.settings) + _range(place.gap_range)


def _range(range: Interval | None) -> str:
    return "" if range is None else f" ({100 * range[0]:.1f} to {100 * range[1]:.1f})"


def _difference(found: Mitigated, fix: Fix) -> str:
    """How the gap moved that moved most of those that were to be closed, on the same people."""
    moved = max(aimed_on(found, fix, CHOOSE), key=lambda change: abs(change.change or 0.0), default=None)
    return (
        ""
        if moved is None
        else change_sentence(moved, ("with the model in use", "with this"), Terms.of(found.present.plan))
    )


def _why(place: Place, advice: Recommendation) -> str:
    """Why it was advised, or what speaks against it."""
    if place.id == advice.id:
        return advice.reason
    against = [*place.against, *filter(None, [place.levelling, advice.against.get(place.id, "")])]
    if not against and place.is_dominated:
        against = ["Another candidate is better on one count and no worse on the other."]
    return " ".join(dict.fromkeys(against))
