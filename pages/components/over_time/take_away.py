"""The series to take away: for machines, and for a spreadsheet."""

import streamlit as st

from core.report.documents.json import as_text
from core.report.documents.series import series_document
from core.report.over_time.curves import series_csv
from pages.components.over_time.followed import Followed

_BYTE_ORDER_MARK = "\ufeff"


def show(found: Followed) -> None:
    """Show a button for each file."""
    with st.container(horizontal=True):
        st.download_button(
            "Every audit (spreadsheet, .csv)",
            # A spreadsheet takes a CSV for UTF-8 only where it begins so.
            lambda: _BYTE_ORDER_MARK + series_csv(found.series),
            "over-time.csv",
            "text/csv",
            key="over-time/csv",
            on_click="ignore",
        )
        st.download_button(
            "The same for machines (series.json)",
            lambda: as_text(series_document(found.series)),
            "series.json",
            "application/json",
            key="over-time/json",
            on_click="ignore",
        )
