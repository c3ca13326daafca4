"""What is kept of an audit and until when, to read and to take away; and its rows deleted before their day is over."""

import streamlit as st

from core.report.documents.spreadsheet import csv_text
from core.store.retention.kept_list import COLUMNS
from pages.components import plain, session


def offer(audit_id: str) -> None:
    """Show the button that opens the list."""
    with st.popover("What is kept", type="tertiary", key=session.action(audit_id, "what is kept")):
        _listed(audit_id)


def _listed(audit_id: str) -> None:
    space = session.workspace()
    rows = [thing.cells for thing in space.what_is_kept(audit_id)]
    plain.table({name: [row[place] for row in rows] for place, name in enumerate(COLUMNS)})
    with st.container(horizontal=True):
        st.download_button(
            "Download the list",
            csv_text([COLUMNS, *rows]),
            f"kept-{audit_id[:8]}.csv",
            "text/csv",
            key=session.action(audit_id, "download what is kept"),
            on_click="ignore",
        )
        if space.has_rows(audit_id):
            st.button(
                "Delete the rows now",
                key=session.action(audit_id, "delete rows"),
                on_click=session.attempt,
                args=(space.delete_rows, audit_id),
                help="The table, the model and images go, with all that quotes them. Counts and verdicts stay.",
            )
