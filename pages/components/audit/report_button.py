"""The way from an audit to its report."""

import streamlit as st

from pages.components import session


def show(audit_id: str) -> None:
    """Show the button."""
    if st.button("Make the report", key=session.action(audit_id, "report it")):
        session.open_audit(audit_id, "report")
