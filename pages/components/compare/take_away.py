"""The comparison to take away: for machines, and for a spreadsheet."""

import streamlit as st

from core.report.documents.json import as_text
from core.report.pair.change_rows import comparison_csv
from core.report.pair.side_by_side import SideBySide
from pages.components.compare.picking import Picked

_BYTE_ORDER_MARK = "\ufeff"


def show(picked: Picked, compared: SideBySide) -> None:
    """Show a button for each file."""
    key = f"compare/{'/'.join(audit.id for audit in picked.audits[:2])}"
    with st.container(horizontal=True):
        st.download_button(
            "Every change (spreadsheet, .csv)",
            # A spreadsheet takes a CSV for UTF-8 only where it begins so.
            lambda: _BYTE_ORDER_MARK + comparison_csv(compared),
            "comparison.csv",
            "text/csv",
            key=f"{key}/csv",
            on_click="ignore",
        )
        st.download_button(
            "The same for machines (comparison.json)",
            lambda: as_text(compared.to_json()),
            "comparison.json",
            "application/json",
            key=f"{key}/json",
            on_click="ignore",
        )
