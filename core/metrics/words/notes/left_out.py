"""Words for doubts about who is not counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.metrics.words import listed, percent
from core.metrics.words.notes.worded import Facts, Worded

_MOST_NAMED = 4


def _unlike(facts: Facts) -> str:
    shown = _shown(facts["groups"])
    said = f"Left out before counting, by {facts['column']}: {_out(shown)}. That differs more than chance explains."
    rates = ("as_counted", "all_refused", "all_selected")
    if any(rate not in group for group in shown for rate in rates):
        return said
    counted, refused, selected = (listed([f"{_name(g)} {percent(g[rate])}" for g in shown]) for rate in rates)
    return (
        f"{said} Selected, of those counted: {counted}. If all left out were refused: {refused}. If all were selected: "
        f"{selected}."
    )


def _could_turn(facts: Facts) -> str:
    return f"Who was left out could turn this answer. {_unlike(facts)}"


def _unknown(facts: Facts) -> str:
    return (
        f"What really happened is not known from “{facts['label']}”, by {facts['column']}: "
        f"{_out(_shown(facts['groups']))}. "
        "That differs more than chance explains. Errors are counted among the others only."
    )


def _out(groups: list[Mapping[str, Any]]) -> str:
    return listed([f"{_name(g)} {percent(g['out'] / g['people'])} ({g['out']:,} of {g['people']:,})" for g in groups])


def _shown(groups: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """All of few groups; of many those left out most often, and the one least often."""
    return groups if len(groups) <= _MOST_NAMED else [*groups[: _MOST_NAMED - 1], groups[-1]]


def _name(group: Mapping[str, Any]) -> str:
    return f"“{group['value']}”"


WORDS = {
    "left_out_unlike": Worded(_unlike),
    "left_out_could_turn": Worded(_could_turn, first=True),
    "outcome_unknown_unlike": Worded(_unknown),
}
