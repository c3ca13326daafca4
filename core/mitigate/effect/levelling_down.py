"""Levelling down: groups that come nearer to each other only because some get the good decision less often."""

from __future__ import annotations

from core.metrics.joint import JointCounts
from core.metrics.words import group_words
from core.metrics.words.naming.terms import PLAIN, Terms
from core.mitigate.effect.rates_before_after import Shift, Shifts, in_short_sentences, shifts_of
from core.mitigate.settings import Settings

# Half a person in 100: less than that is no gain and no loss to speak of.
NONE_OF_100 = 0.005
_MOST_SAID = 2


def levelling_down(joint: JointCounts, settings: Settings, terms: Terms = PLAIN) -> str:
    """Who loses where no group gains, in two short sentences; empty where some group gains, or none loses.

    It goes by how often groups of enough people are selected, also those that the goal is not asked of; of a goal among
    those with the good outcome by them alone. A goal among those with the other outcome alone is never met this way:
    whoever is selected less often of them is decided rightly more often. `terms` is what the plan calls things.
    """
    rate = next((each for each in ("selection_rate", "true_positive_rate") if each in settings.goal.rates), None)
    if rate is None:
        return ""
    found = shifts_of(joint, settings, rate, of_all=True)
    change = [(shift.rates[1] - shift.rates[0], shift) for shift in found.groups]
    losers = [shift for moved, shift in sorted(change, key=lambda each: each[0]) if moved <= -NONE_OF_100]
    gains = any(moved >= NONE_OF_100 for moved, _ in change)
    if gains or not losers or sum(shift.after - shift.before for shift in found.groups) >= 0:
        return ""
    return f"{_because(losers, len(found.groups), terms)} {_so_many(found, losers, terms)}"


def _because(losers: list[Shift], groups: int, terms: Terms) -> str:
    if len(losers) == 1:
        whose = f"fewer {group_words(losers[0].group, terms)}"
    else:
        whose = "fewer of every group" if len(losers) == groups else f"fewer of {len(losers)} groups"
    return f"No group gains: the gap closes because {whose} are {terms.selected}."


def _so_many(found: Shifts, losers: list[Shift], terms: Terms) -> str:
    """How many fewer, of those whom the rate counts: "12 fewer of 100 men are approved, 3 fewer of 100 women."."""
    first, *others = [
        f"{shift.moved_of_hundred} fewer of 100 {group_words(shift.group, terms)}" for shift in losers[:_MOST_SAID]
    ]
    rest = len(losers) - _MOST_SAID
    if rest > 0:
        others.append(f"and {rest} more group{' loses' if rest == 1 else 's lose'}")
    return in_short_sentences([f"{terms.said(found.measure.whom)}{first} are {terms.selected}", *others])
