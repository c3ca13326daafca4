"""The report as files, built when they are asked for."""

from functools import partial
from typing import Literal

import streamlit as st

from core.report.documents.formats import REPORT_FORMATS, ReportFormat, file_name
from core.report.sections.reported import ReportedAudit
from pages.components import session

_MORE_AT_ONCE = 1


def show(audit_id: str, told: ReportedAudit) -> None:
    """Show a button for each kind of file: the first ones before all, the others on request."""
    first, *kinds = REPORT_FORMATS.values()
    _button(audit_id, told, first, "primary")
    for kind in kinds[:_MORE_AT_ONCE]:
        _button(audit_id, told, kind)
    with st.expander("Other files"):
        for kind in kinds[_MORE_AT_ONCE:]:
            _button(audit_id, told, kind)


def _button(
    audit_id: str, told: ReportedAudit, kind: ReportFormat, weight: Literal["primary", "secondary"] = "secondary"
) -> None:
    """The file at a click, or why this machine cannot make it."""
    if kind.mime.startswith("image/") and told.drawn is None:  # nothing was compared, so nothing is drawn
        return
    lacking = kind.lacking
    if lacking:
        st.caption(lacking)
        return
    st.download_button(
        f"Download: {kind.title}",
        partial(kind.content, told),
        file_name(told, kind.name),
        kind.mime,
        key=session.action(audit_id, f"report {kind.name}"),
        on_click=session.workspace().report_files.take,
        args=(audit_id,),
        type=weight,
        width="stretch",
    )
