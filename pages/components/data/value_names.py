"""What the codes of a sensitive column mean: a box for each value, offered where the values are codes."""

from collections.abc import Sequence

import streamlit as st

from core.plan.tables.words import MOST_IN_A_LABEL, is_name
from core.plan.values import MISSING_GROUP, key
from core.store.workspace import Audit
from pages.components import plain, session

_MOST, _IN_A_ROW, _LETTERS = 8, 4, 4


def ask(audit: Audit, column: str, values: Sequence[str], kept: dict[str, str]) -> dict[str, str]:
    """The names as they stand in the boxes, by value; what cannot be taken leaves what was kept."""
    _unused(column, values, kept)
    if not kept and not _are_codes(values):
        return {}
    st.caption(f"What do the values of {plain.quoted(column)} mean? A name such as “women” stands in the answer.")
    named = dict(kept)
    values = sorted(values)
    for start in range(0, len(values), _IN_A_ROW):
        row = values[start : start + _IN_A_ROW]
        for place, value in zip(st.columns(_IN_A_ROW), row, strict=False):
            with place:
                named |= {value: _box(audit, column, value, kept)}
    return _apart({value: name for value, name in named.items() if name}, kept)


def _unused(column: str, values: Sequence[str], kept: dict[str, str]) -> None:
    """Say which names are of values that no row has: a plan may bring them, and nothing would be called so."""
    here = {key(value) for value in values} | {value.strip() for value in values} | {MISSING_GROUP}
    unused = [value for value in kept if value.strip() not in here and key(value) not in here]
    if unused:
        names = plain.listed([kept[value] for value in unused])
        st.warning(
            f"{names} {'names' if len(unused) == 1 else 'name'} nothing here: no group of {plain.quoted(column)} is"
            f" {plain.listed(unused)}. In a plan, write values as the table does. Without one, go on: nothing changes."
        )


def _are_codes(values: Sequence[str]) -> bool:
    """Whether few values stand there, each of a few letters with a digit among them: 0 and 1, A91 to A95."""
    return 2 <= len(values) <= _MOST and all(
        len(value) <= _LETTERS and any(sign.isdigit() for sign in value) for value in values
    )


def _box(audit: Audit, column: str, value: str, kept: dict[str, str]) -> str:
    box = session.seed(session.field(audit.id, f"called/{column}/{value}"), kept.get(value, ""))
    typed = st.text_input(f"{plain.quoted(value)} is", key=box, max_chars=MOST_IN_A_LABEL, placeholder=value).strip()
    if typed and not is_name(typed):
        st.error("Plain text on one line, please.")
        return kept.get(value, "")
    return typed


def _apart(named: dict[str, str], kept: dict[str, str]) -> dict[str, str]:
    """The names where no two values have the same one; else what was kept, and a word about it."""
    folded = [name.casefold() for name in named.values()]
    twice = next((name for name in named.values() if folded.count(name.casefold()) > 1), None)
    if twice is None:
        return named
    st.error(f"Two values are called {plain.quoted(twice)}: give each its own name.")
    return kept
