"""The help page: every word, verdict, measure, fix and method with a picture, and what this machine can do."""

import streamlit as st

from core.report.glossary.entries import entries
from core.report.glossary.entry import PART_WORDS, Part, found_by
from pages.components import plain, session
from pages.components.help import choice, machine
from pages.components.help import entry as help_entry
from pages.components.help.choice import Choice


def show() -> None:
    """Show what is looked for, or the part that is open."""
    st.title("Help", anchor=False)
    st.write("What the words mean, which measure fits what, what happens to your data, and what this machine can do.")
    asked = choice.ask()
    if asked.part is None and not asked.typed:
        st.header("What this machine can do", anchor=False)
        machine.show()
    else:
        _glossary(asked, asked.part)


def _glossary(asked: Choice, part: Part | None) -> None:
    every = entries()
    others = {entry.name: entry for entry in every}
    shown = [entry for entry in every if entry.part == part and entry != asked.linked]
    if asked.typed:
        shown = found_by(asked.typed, every)
        st.header(f"{len(shown)} found for “{plain.escape(asked.typed)}”", anchor=False)
        if not shown:
            st.write("Try another word, or choose a part above.")
    elif part is not None:
        if asked.linked is not None:
            with st.container(border=True, width="content"):
                help_entry.show(asked.linked, others)
        st.header(PART_WORDS[part], anchor=False)
    with st.container(horizontal=True, gap="large"):
        for entry in shown:
            help_entry.show(entry, others)


session.insist_on_the_frame()
show()
