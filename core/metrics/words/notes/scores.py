"""Words for doubts about scores."""

from __future__ import annotations

from functools import partial

from core.metrics.words.naming.terms import PLAIN, Terms
from core.metrics.words.notes.worded import Facts, Worded


def _nearly_all_alike(facts: Facts, terms: Terms) -> str:
    selected, people = facts["selected"], facts["people"]
    of_them = f"{selected:,} of {people:,} people are" if selected else f"nobody of {people:,} people is"
    return (
        f"The threshold {facts['threshold']:g} lies at the end of the scores, which run from {facts['low']:g} to "
        f"{facts['high']:g}: {of_them} {terms.selected}. Is it on the same scale as the scores?"
    )


def _many_on_the_threshold(facts: Facts, terms: Terms) -> str:
    decided = {
        "at_least": f"They are {terms.selected}. A rule that takes only those above it decides otherwise about them.",
        "above": f"They are {terms.turned_down}. A rule that takes them too decides otherwise about them.",
        "below": f"They are {terms.turned_down}. A rule that takes them too decides otherwise about them.",
    }[facts["selected"]]
    on = f"{facts['on']:,} of {facts['people']:,} people"
    return f"{on} stand exactly on the threshold {facts['threshold']:g}. {decided}"


def _other_side(facts: Facts) -> str:
    return "Take those on the threshold too" if facts["selected"] == "above" else "Take only those above it"


WORDS = {
    "nearly_all_alike": Worded(partial(_nearly_all_alike, terms=PLAIN), first=True, in_terms=_nearly_all_alike),
    "many_on_the_threshold": Worded(
        partial(_many_on_the_threshold, terms=PLAIN), button=_other_side, in_terms=_many_on_the_threshold
    ),
}
