"""What of Help is looked at: the entry in the address, what is typed, a part that is chosen, or this machine."""

from dataclasses import dataclass
from typing import cast

import streamlit as st

from core.report.glossary.entries import entry_named
from core.report.glossary.entry import PART_WORDS, Entry, Part
from pages.components import session
from pages.components.help.tip import ENTRY, MACHINE, PART

_TYPED, _PART, _SEEN = "help/typed", "help/part", "help/seen"
_PARTS = {**{str(part): words for part, words in PART_WORDS.items()}, MACHINE: "This machine"}


@dataclass(frozen=True)
class Choice:
    """The entry that a link led to, what is typed, and the part that is open; None where that is this machine."""

    linked: Entry | None
    typed: str
    part: Part | None


def ask() -> Choice:
    """Show the box and the parts."""
    linked = _linked()
    if st.query_params.get(PART) == MACHINE:
        session.put(_TYPED, "")
        session.put(_PART, MACHINE)
    session.seed(_PART, "words")
    typed = st.text_input(
        "Search",
        key=session.seed(_TYPED, ""),
        type="search",
        live="200ms",
        width=600,
        placeholder="for example: lots, credit, who is wrongly denied",
        on_change=_leave,
    )
    part = st.pills("Part", list(_PARTS), format_func=_PARTS.__getitem__, required=True, key=_PART, on_change=_turn)
    return Choice(linked, (typed or "").strip(), None if part == MACHINE else cast(Part, part))


def _linked() -> Entry | None:
    """The entry in the address; where it is another than before, the page turns to it."""
    name = st.query_params.get(ENTRY)
    entry = None if name is None else entry_named(name)
    if entry is not None and st.session_state.get(_SEEN) != name:
        session.put(_TYPED, "")
        session.put(_PART, entry.part)
    session.put(_SEEN, name)
    return entry


def _leave() -> None:
    """What is typed or chosen takes the place of what the address names."""
    for name in (ENTRY, PART):
        if name in st.query_params:
            del st.query_params[name]


def _turn() -> None:
    session.put(_TYPED, "")
    _leave()
