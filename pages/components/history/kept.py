"""What is kept of an audit and until when, to read and to take away; and its rows deleted before their day is over."""

from collections.abc import Mapping

import streamlit as st

from core.report.documents.spreadsheet import csv_text
from core.store.retention.kept_list import COLUMNS
from pages.components import plain, session
from pages.components.history import deletion


def offer(audit_id: str, users: Mapping[str, Mapping[str, str]]) -> None:
    """Show the button that opens the list; `users` are the audits that use each file."""
    with st.popover("What is kept", type="tertiary", key=session.action(audit_id, "what is kept")):
        _listed(audit_id, users)


def _listed(audit_id: str, users: Mapping[str, Mapping[str, str]]) -> None:
    space = session.workspace()
    rows = [thing.cells for thing in space.what_is_kept(audit_id, users)]
    plain.table({name: [row[place] for row in rows] for place, name in enumerate(COLUMNS)})
    st.download_button(
        "Download the list",
        csv_text([COLUMNS, *rows]),
        f"kept-{audit_id[:8]}.csv",
        "text/csv",
        key=session.action(audit_id, "download what is kept"),
        on_click="ignore",
    )
    if space.has_rows(audit_id):
        with st.expander("Delete the rows now"):
            st.write("The table, the model and images go, with all that quotes them. This cannot be undone.")
            st.caption("Counts and verdicts stay. A file that another audit uses too stays for that one.")
            deletion.button(audit_id, "Delete these rows", session.attempt, space.delete_rows, audit_id)
