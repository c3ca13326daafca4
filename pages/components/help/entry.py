"""One entry of the glossary: its picture, what it means, what the field calls it, and where to go on."""

import streamlit as st

from core.report.glossary.entry import Entry
from core.report.glossary.pictures import WIDTH
from pages.components import picture, plain
from pages.components.help.tip import ENTRY

_FILE = "pages/help.py"
# In pixels: text so wide has lines of some fifty letters, and two entries stand side by side on a wide screen. What
# does not fit beside wraps.
_WIDTH, _GAP = 608, 16


def show(entry: Entry, others: dict[str, Entry]) -> None:
    """Show it; `others` are all entries by name, for the links."""
    with st.container(horizontal=True, gap="small", width=_WIDTH):
        with st.container(width=WIDTH):
            picture.show(entry.picture)
        with st.container(width=_WIDTH - WIDTH - _GAP, gap="xsmall"):
            st.subheader(plain.escape(entry.title), anchor=entry.name)
            st.write(plain.escape(" ".join(entry.said)))
            named = [name for name in entry.names if name.casefold() != entry.title.casefold()]
            if named:
                st.caption(plain.escape(f"Also called: {', '.join(named)}"))
            if entry.see:
                _see(entry, others)


def _see(entry: Entry, others: dict[str, Entry]) -> None:
    with st.container(horizontal=True, gap="small"):
        for name in entry.see:
            st.page_link(_FILE, label=plain.escape(others[name].title), query_params={ENTRY: name})
