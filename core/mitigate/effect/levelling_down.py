"""Levelling down: groups that come nearer to each other only because some get the good decision less often."""

from __future__ import annotations

from core.metrics.joint import JointCounts
from core.metrics.words import group_words, listed
from core.metrics.words.naming.terms import PLAIN, Terms
from core.mitigate.effect.rates_before_after import Shift, Shifts, shifts_of
from core.mitigate.settings import Settings

# A change of less than half a person in 100 is none: it would be shown as 0 of 100.
NONE_OF_100 = 0.005
_MOST_SAID = 3


def levelling_down(joint: JointCounts, settings: Settings, terms: Terms = PLAIN) -> str:
    """Who loses where no group gains, in two short sentences; empty where some group gains, or none loses.

    Of a goal that needs the outcome it goes by those with the good outcome, else by everybody: whoever is selected less
    often of those with the other outcome is decided rightly more often. `terms` is what the plan calls things.
    """
    found = shifts_of(joint, settings, "true_positive_rate" if settings.goal.needs_label else "selection_rate")
    change = [(shift.rates[1] - shift.rates[0], shift) for shift in found.groups]
    losers = [shift for moved, shift in sorted(change, key=lambda each: each[0]) if moved <= -NONE_OF_100]
    gains = any(moved >= NONE_OF_100 for moved, _ in change)
    if gains or not losers or sum(shift.after - shift.before for shift in found.groups) >= 0:
        return ""
    return f"{_because(losers, len(found.groups), terms)} {_so_many(found, losers, terms)}"


def _because(losers: list[Shift], groups: int, terms: Terms) -> str:
    if len(losers) == groups:
        whose = "fewer of everybody"
    elif len(losers) == 1:
        whose = f"fewer {group_words(losers[0].group, terms)}"
    else:
        whose = f"fewer of {len(losers)} groups"
    return f"No group gains: the gap closes because {whose} are {terms.selected}."


def _so_many(found: Shifts, losers: list[Shift], terms: Terms) -> str:
    """How many fewer, of those whom the rate counts: "12 fewer of 100 men, 3 fewer of 100 women"."""
    said = []
    for shift in losers[:_MOST_SAID]:
        said.append(f"{shift.moved_of_hundred} fewer of 100 {group_words(shift.group, terms)}")
    rest = len(losers) - len(said)
    more = [f"{rest} more group{'s' if rest > 1 else ''}"] if rest else []
    whom = terms.said(found.measure.whom)
    sentence = f"{whom}{listed([*said, *more])}"
    return f"{sentence[:1].upper()}{sentence[1:]}."
