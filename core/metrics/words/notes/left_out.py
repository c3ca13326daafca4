"""Words for doubts about who is not counted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from core.metrics.words import listed, percent
from core.metrics.words.naming.terms import PLAIN, Terms
from core.metrics.words.notes.worded import Facts, Worded

_MOST_NAMED = 4


def _unlike(facts: Facts, terms: Terms) -> str:
    shown, column = _shown(facts["groups"]), facts["column"]
    said = (
        f"Left out before counting, by {column}: {_out(shown, column, terms)}. That differs more than chance explains."
    )
    rates = ("as_counted", "all_refused", "all_selected")
    if any(rate not in group for group in shown for rate in rates):
        return said
    counted, refused, selected = (
        listed([f"{_name(g, column, terms)} {percent(g[rate])}" for g in shown]) for rate in rates
    )
    return (
        f"{said} {terms.selected[0].upper()}{terms.selected[1:]}, of those counted: {counted}. If all left out were "
        f"{terms.turned_down}: {refused}. If all were {terms.selected}: {selected}."
    )


def _could_turn(facts: Facts, terms: Terms) -> str:
    return f"Who was left out could turn this answer. {_unlike(facts, terms)}"


def _unknown(facts: Facts, terms: Terms) -> str:
    return (
        f"What really happened is not known from “{facts['label']}”, by {facts['column']}: "
        f"{_out(_shown(facts['groups']), facts['column'], terms)}. "
        "That differs more than chance explains. Errors are counted among the others only."
    )


def _out(groups: list[Mapping[str, Any]], column: str, terms: Terms) -> str:
    return listed(
        [
            f"{_name(g, column, terms)} {percent(g['out'] / g['people'])} ({g['out']:,} of {g['people']:,})"
            for g in groups
        ]
    )


def _shown(groups: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """All of few groups; of many those left out most often, and the one least often."""
    return groups if len(groups) <= _MOST_NAMED else [*groups[: _MOST_NAMED - 1], groups[-1]]


def _name(group: Mapping[str, Any], column: str, terms: Terms) -> str:
    return f"“{terms.value(column, group['value'])}”"


WORDS = {
    "left_out_unlike": Worded(partial(_unlike, terms=PLAIN), in_terms=_unlike),
    "left_out_could_turn": Worded(partial(_could_turn, terms=PLAIN), first=True, in_terms=_could_turn),
    "outcome_unknown_unlike": Worded(partial(_unknown, terms=PLAIN), in_terms=_unknown),
}
