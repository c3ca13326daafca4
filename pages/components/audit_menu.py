"""The open audit's name, with what can be done with the whole audit: rename, duplicate, delete."""

import streamlit as st

from core.store.workspace import Audit
from pages.components import plain, session
from pages.components.history import deletion, duplicate


def show(audit: Audit, name: str) -> None:
    """Show the name as a menu."""
    with st.popover(plain.escape(name), type="tertiary", key=session.action(audit.id, "menu")):
        key = session.action(audit.id, "called")
        st.session_state[key] = name
        st.text_input("Name", key=key, max_chars=120, on_change=_rename, args=(audit.id, key))
        st.button(
            "Duplicate as a new draft",
            key=session.action(audit.id, "duplicate"),
            on_click=session.attempt,
            args=(duplicate.begin, audit.id, name),
            help="The same files and question, to change one thing. This audit stays as it is.",
        )
        with st.expander("Delete"):
            deletion.confirm(audit.id, "Delete this audit")


def _rename(audit_id: str, key: str) -> None:
    session.attempt(session.workspace().rename, audit_id, st.session_state[key])
