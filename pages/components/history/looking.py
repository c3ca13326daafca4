"""What a person looks for in the history: words, tags, and in which order."""

from dataclasses import dataclass

import streamlit as st

from core.store.archive import ORDERS, Order, Shelved

_FEW = 2


@dataclass(frozen=True)
class Sought:
    """What is looked for."""

    words: str = ""
    tags: tuple[str, ...] = ()
    order: Order = "newest"


def ask(entries: list[Shelved]) -> Sought:
    """Let the person search and sort, where there is more than one to look through."""
    every = sorted({tag for entry in entries for tag in entry.audit.tags}, key=str.casefold)
    if len(entries) < _FEW and not every:
        return Sought()
    searched, sorted_by = st.columns([3, 2])
    words = searched.text_input("Search", key="history/words", placeholder="A name, a file, a tag, a word of a note")
    order = sorted_by.selectbox("In order", list(ORDERS), format_func=ORDERS.__getitem__, key="history/order")
    tags: list[str] = []
    if every:
        st.session_state["history/tags"] = [tag for tag in st.session_state.get("history/tags", []) if tag in every]
        tags = st.multiselect("Tags", every, key="history/tags", placeholder="All")
    return Sought(words, tuple(tags), order)
