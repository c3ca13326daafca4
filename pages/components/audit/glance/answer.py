"""The finding as the page's title, with the picture beside it, and under both the whole audit at a glance."""

import streamlit as st

from core.metrics.findings.title import NOTHING_COMPARED
from core.metrics.reference import By
from core.record import AuditRecord
from pages.components import plain, verdict
from pages.components.audit import explain_button, fix_button, judgement, report_button, take_away
from pages.components.audit.glance import cards, evidence, grid, picture, scroll
from pages.components.audit.glance.cell_styles import FINDING
from pages.components.audit.glance.selection import Chosen, chosen
from pages.components.help.tip import tip


@st.fragment
def show(audit_id: str, record: AuditRecord, meant: By = ()) -> None:
    """Show title, picture, cards and grid; they are turned together.

    They open on the columns that are `meant`, else where the answer begins.
    """
    overview = judgement.overview(record)
    turned = chosen(audit_id, overview, meant)
    said, drawn = st.columns([5, 7], gap="large")
    with said:
        _title(audit_id, record, turned)
    with drawn:
        picture.show(audit_id, record, overview, turned)
    cards.show(audit_id, overview, turned)
    grid.show(audit_id, overview, turned)
    evidence.show(audit_id, record, overview, turned)
    scroll.follow()


def _title(audit_id: str, record: AuditRecord, turned: Chosen) -> None:
    title = judgement.overview(record).title(turned.measure, turned.by) or NOTHING_COMPARED
    st.html(FINDING)
    with st.container(key="finding", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                verdict.mark(title.verdict)
            take_away.show(audit_id, record, turned.by, turned.measure)
        st.title(plain.escape(title.sentence), anchor=False)
        st.markdown(plain.escape(title.below), help=tip("limit"))
    with st.container(horizontal=True):
        fix_button.show(audit_id, record)
        explain_button.show(audit_id, record)
        report_button.show(audit_id)
