"""Words for doubts about scores."""

from __future__ import annotations

from core.metrics.words.notes.worded import Facts, Worded


def _nearly_all_alike(facts: Facts) -> str:
    selected, people = facts["selected"], facts["people"]
    who = f"{selected:,} of {people:,} people are selected" if selected else f"nobody of {people:,} people is selected"
    return (
        f"The threshold {facts['threshold']:g} lies at the end of the scores, which run from {facts['low']:g} to "
        f"{facts['high']:g}: {who}. Is it on the same scale as the scores?"
    )


def _many_on_the_threshold(facts: Facts) -> str:
    selected = {
        "at_least": "They count as selected. A rule that selects only those above it decides otherwise about them.",
        "above": "They count as not selected. A rule that selects from the threshold on decides otherwise about them.",
        "below": "They count as not selected. A rule that selects up to it decides otherwise about them.",
    }[facts["selected"]]
    on = f"{facts['on']:,} of {facts['people']:,} people"
    return f"{on} stand exactly on the threshold {facts['threshold']:g}. {selected}"


def _other_side(facts: Facts) -> str:
    return "Select those on the threshold too" if facts["selected"] == "above" else "Select only those above it"


WORDS = {
    "nearly_all_alike": Worded(_nearly_all_alike, first=True),
    "many_on_the_threshold": Worded(_many_on_the_threshold, button=_other_side),
}
