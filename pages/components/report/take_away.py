"""The report as files, built when they are asked for."""

from functools import partial

import streamlit as st

from core.report.documents.formats import REPORT_FORMATS, file_name
from core.report.sections.reported import ReportedAudit
from pages.components import session


def show(audit_id: str, told: ReportedAudit) -> None:
    """Show a button for each kind of file, the first one before all."""
    for place, kind in enumerate(REPORT_FORMATS.values()):
        st.download_button(
            f"Download: {kind.title}",
            partial(kind.content, told),
            file_name(told, kind.name),
            kind.mime,
            key=session.action(audit_id, f"report {kind.name}"),
            on_click=session.workspace().report_files.take,
            args=(audit_id,),
            type="primary" if place == 0 else "secondary",
            width="stretch",
        )
