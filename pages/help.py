"""The help page: every word, verdict, measure, fix and method with a picture, and what happens to data."""

import streamlit as st

from core.report.glossary.entries import entries
from core.report.glossary.entry import PART_WORDS, found_by
from pages.components import plain, session
from pages.components.help import choice
from pages.components.help import entry as help_entry

session.insist_on_the_frame()
st.title("Help", anchor=False)
st.write("What the words mean, which measure fits what, and what happens to your data.")
asked = choice.ask()
every = entries()
others = {entry.name: entry for entry in every}
shown = [entry for entry in every if entry.part == asked.part and entry != asked.linked]
if asked.typed:
    shown = found_by(asked.typed, every)
    st.header(f"{len(shown)} found for “{plain.escape(asked.typed)}”", anchor=False)
    if not shown:
        st.write("Try another word, or choose a part above.")
else:
    if asked.linked is not None:
        with st.container(border=True, width="content"):
            help_entry.show(asked.linked, others)
    st.header(PART_WORDS[asked.part], anchor=False)
with st.container(horizontal=True, gap="large"):
    for entry in shown:
        help_entry.show(entry, others)
