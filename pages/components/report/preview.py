"""The report as it will print, on the page."""

from base64 import b64encode

import streamlit as st

from core.report.documents.html import report_html
from core.report.sections.reported import ReportedAudit

_HEIGHT = 960


def show(told: ReportedAudit) -> None:
    """Show the very file in the colours of paper.

    By an address that holds it, so that it has an origin of its own and reaches nothing of the app, whatever is in it.
    """
    st.header("As it will print", anchor=False)
    series = None if told.series is None else (told.series.periods, told.series.monitor, told.series.plan, told.awaited)
    about = (told.record.digest, told.asked, told.fixes, told.receipt, told.registers, told.signed, told.logo, series)
    content = _content(repr(about), told)
    with st.container(border=True):
        st.iframe(f"data:text/html;base64,{content}", height=_HEIGHT, alt="The report as it will print")
    st.caption("To print it, open the file that you downloaded and use the browser's own Print.")


@st.cache_resource(max_entries=8, scope="session", show_spinner=False)
def _content(key: str, _told: ReportedAudit) -> str:
    """The file in base64, drawn once for the same audit and choices."""
    return b64encode(report_html(_told, is_sheet=True).encode()).decode()
