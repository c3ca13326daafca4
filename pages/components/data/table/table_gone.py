"""What the Data page says of an audit whose table went after its day: what stays, and how to ask again."""

import streamlit as st

from core.store.workspace import Audit
from pages.components import session


def show(audit: Audit) -> None:
    """Say that the rows are gone, and offer what is left of the audit."""
    st.info(
        "The uploaded table was deleted after a day, as announced. Counts and verdicts stay. To audit it again, choose"
        " New audit and put the table in, with this plan if you like."
    )
    asked = audit.asked or ""
    with st.container(horizontal=True):
        if asked and audit.stage != "profile" and st.button("Go to the answer", type="primary"):
            session.open_audit(audit.id, "audit")
        st.download_button(
            "Download this plan",
            asked,
            file_name="plan.toml",
            disabled=not asked,
            on_click="ignore",
            key=session.action(audit.id, "download plan"),
        )
