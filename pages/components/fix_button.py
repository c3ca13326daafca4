"""The way from an audit to its fixes."""

import streamlit as st

from core.record import AuditRecord
from pages.components import session


def show(audit_id: str, record: AuditRecord) -> None:
    """Show the button where there is something to fix: groups to compare, and no fix in place already."""
    if record.plan.decision.rule is not None or not record.references:
        return
    if st.button("What would fix this?", type="primary", key=session.action(audit_id, "fix")):
        session.open_audit(audit_id, "fix")
