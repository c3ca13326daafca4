"""What a model was fed, in words: columns by place, each with its first cell."""

from __future__ import annotations

from collections.abc import Sequence

from core.record import Fed

MOST_LISTED = 12


def fed_words(fed: Sequence[Fed]) -> str:
    """One line: the columns in the order in which the model was fed them; empty where there was no model."""
    if not fed:
        return ""
    listed = ", ".join(_one(each) for each in fed[:MOST_LISTED])
    more = f" and {len(fed) - MOST_LISTED:,} more, listed in result.json" if len(fed) > MOST_LISTED else ""
    return f"The model was fed, in this order: {listed}{more}."


def _one(fed: Fed) -> str:
    first = "" if fed.first is None else f" (first: {fed.first[:40]})"
    return f"{fed.position}. {fed.column}{first}"
