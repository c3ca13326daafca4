"""Words for doubts about scores."""

from __future__ import annotations

from core.report.note_words.worded import Facts, Worded


def _nearly_all_alike(facts: Facts) -> str:
    selected, people = facts["selected"], facts["people"]
    who = f"{selected:,} of {people:,} people are selected" if selected else f"nobody of {people:,} people is selected"
    return (
        f"The threshold {facts['threshold']:g} lies at the end of the scores, which run from {facts['low']:g} to "
        f"{facts['high']:g}: {who}. Is it on the same scale as the scores?"
    )


WORDS = {"nearly_all_alike": Worded(_nearly_all_alike, first=True)}
