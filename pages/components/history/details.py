"""What somebody writes beside an audit of the history, its name, notes and tags; and its record to take away."""

import streamlit as st

from core.report.documents.json import as_text
from core.store.archive import MOST_NOTES, Shelved
from pages.components import session


def offer(entry: Shelved) -> None:
    """Show the menu."""
    audit = entry.audit
    with st.popover("Notes", type="tertiary", key=session.action(audit.id, "notes menu")):
        called, notes, tags = (session.action(audit.id, f"history {name}") for name in ("name", "notes", "tags"))
        # What is kept is shown anew each time: it may have been changed elsewhere.
        st.session_state[called] = entry.name
        st.session_state[notes] = audit.notes or ""
        st.session_state[tags] = ", ".join(audit.tags)
        st.text_input("Name", key=called, max_chars=120, on_change=_rename, args=(audit.id, called))
        st.text_area("Notes", key=notes, max_chars=MOST_NOTES, on_change=_describe, args=(audit.id, notes, tags))
        st.text_input(
            "Tags", key=tags, placeholder="spring, board", on_change=_describe, args=(audit.id, notes, tags),
            help="Words between commas.",
        )  # fmt: skip
        if entry.summary is not None:
            st.download_button(
                "Download its record (record.json)",
                lambda: _record(audit.id),
                "record.json",
                "application/json",
                key=session.action(audit.id, "record from history"),
                on_click="ignore",
            )


def _record(audit_id: str) -> str:
    record = session.workspace().record(audit_id)
    return "" if record is None else as_text(record.to_json())


def _rename(audit_id: str, key: str) -> None:
    session.attempt(session.workspace().rename, audit_id, st.session_state[key])


def _describe(audit_id: str, notes: str, tags: str) -> None:
    written = st.session_state[notes], tuple(st.session_state[tags].split(","))
    session.attempt(session.workspace().describe, audit_id, *written)
