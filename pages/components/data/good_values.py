"""Asks which cells of a column are good for the person: some of its values, or numbers on one side of a limit."""

from functools import partial

import streamlit as st

from core.data.profile import Column
from core.data.roles import suggestions
from core.plan.notation.codes import comparison, equal_texts
from core.plan.parts import Condition
from core.plan.values import DEFAULT_MISSING, most_frequent_spellings
from pages.components import plain, session
from pages.components.data import steps

_FEW = 10
_VALUES, _AT_LEAST, _BELOW = "some of its values", "a number or more", "less than a number"


def ask(prefix: str, column: Column, decimal: str, kept: Condition | None, question: str) -> Condition | None:
    """The person's answer so far, seeded with the one kept or a suggestion; None while there is none.

    `prefix` begins the widgets' keys.
    """
    prefix = f"{prefix}/{column.name}"
    way = _ask_way(prefix, column, kept)
    if way == _VALUES:
        return ask_values(prefix, column, decimal, kept, question)
    limit = kept and (kept.at_least if way == _AT_LEAST else kept.below)
    number = st.number_input(
        "The number", key=session.seed(f"{prefix}/{way}", limit), value=None, format="%g", placeholder="for example 5"
    )
    if number is None:
        return None
    return Condition(at_least=float(number)) if way == _AT_LEAST else Condition(below=float(number))


def _ask_way(prefix: str, column: Column, kept: Condition | None) -> str:
    """Whether values or a limit are asked for; only a column of numbers can have a limit."""
    if column.kind != "number":
        return _VALUES
    first = _VALUES if column.distinct is not None and column.distinct <= _FEW else _AT_LEAST
    if kept is not None:
        first = _VALUES if kept.values else _AT_LEAST if kept.at_least is not None else _BELOW
    return st.radio(
        "Good for the person is",
        [_VALUES, _AT_LEAST, _BELOW],
        key=session.seed(f"{prefix}/way", first),
        horizontal=True,
    )


def ask_values(prefix: str, column: Column, decimal: str, kept: Condition | None, question: str) -> Condition | None:
    """Which values are good for the person; None while there is none."""
    counts = options(column, decimal)
    suggestion = suggestions.good_value(column)
    first = [] if suggestion is None else [suggestion.value]
    if kept is not None and kept.values:
        wanted = {text for value in kept.values for text in equal_texts(value, counts, decimal)}
        first = [text for text in counts if text in wanted]
    chosen = st.multiselect(
        question,
        list(counts),
        key=session.seed(f"{prefix}/values", first),
        format_func=partial(_with_rows, counts),
        accept_new_options=column.distinct is None,
        placeholder="choose one or more values",
    )
    if suggestion is not None and kept is None and chosen == [suggestion.value]:
        steps.suggested(suggestion.reason)
    others = [text for text in counts if text not in chosen]
    if chosen and len(others) > 1 and column.distinct is not None:
        shown = ", ".join(plain.escape(_with_rows(counts, text)) for text in others[:_FEW])
        more = f" and {len(others) - _FEW} more" if len(others) > _FEW else ""
        st.caption(f"Every other value counts as not good: {shown}{more}.")
    return Condition(values=tuple(chosen)) if chosen else None


def _with_rows(counts: dict[str, int], text: str) -> str:
    return f"{text} ({counts[text]:,} rows)" if text in counts else text


def options(column: Column, decimal: str) -> dict[str, int]:
    """A column's values with the number of rows of each; spellings of one number are one value."""
    filled = {text: n for text, n in column.values if text.strip() not in DEFAULT_MISSING}
    code = comparison(filled, decimal)
    spellings = most_frequent_spellings(filled, code)
    counts = dict.fromkeys(spellings.values(), 0)
    for text, n in filled.items():
        counts[spellings[code(text)]] += n
    return counts
