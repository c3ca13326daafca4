"""Words for columns that are suspected to know the answer."""

from __future__ import annotations

from core.metrics.words.notes.worded import Facts, Worded


def _leak(facts: Facts) -> str:
    column = f"“{facts['column']}”"
    if facts["how"] == "tells":
        found = f"{column} alone nearly tells the outcome: it puts {_of_hundred(facts)} of 100 pairs in order."
    elif facts["how"] in ("filled", "empty"):
        filled, empty = (f"{100 * float(facts[name]):.0f}" for name in ("good_filled", "good_empty"))
        found = f"{column} is filled for one outcome: {filled} of 100 filled have the good one, {empty} of 100 empty."
    else:
        now = f"{100 * float(facts['now']):.0f}"
        found = (
            f"{column} tells the outcome better than what decides now: it puts {_of_hundred(facts)} of 100 pairs in"
            f" order, against {now}."
        )
    return f"{found} It may have been filled in later. Was it known before the decision?"


def _of_hundred(facts: Facts) -> str:
    return f"{100 * float(facts['auc']):.0f}"


WORDS = {"leak": Worded(_leak, first=True, step=3)}
