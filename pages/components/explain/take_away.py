"""What of an explanation can be taken away, as files that are built when they are asked for."""

import streamlit as st

from core.explain.explanation import Explanation
from core.record import AuditRecord
from core.report.documents.attribution import attribution_csv, attribution_json
from core.report.documents.json import as_text
from pages.components import session

_BYTE_ORDER_MARK = "\ufeff"


def show(audit_id: str, record: AuditRecord, found: Explanation) -> None:
    """Show a button for each file."""
    st.caption("Take it away: what groups' scores rest on, no single person")
    with st.container(horizontal=True):
        st.download_button(
            "What it looks at, every number (spreadsheet, .csv)",
            # A spreadsheet takes a CSV for UTF-8 only where it begins so.
            lambda: _BYTE_ORDER_MARK + attribution_csv(found),
            "attribution.csv",
            "text/csv",
            key=session.action(audit_id, "attribution.csv"),
            on_click="ignore",
        )
        st.download_button(
            "The same for machines (attribution.json)",
            lambda: as_text(attribution_json(found)),
            "attribution.json",
            "application/json",
            key=session.action(audit_id, "attribution.json"),
            on_click="ignore",
        )
