"""The way from an audit to what its model looks at."""

import streamlit as st

from core.metrics.sampling.unsupported import why_one_row_each
from core.record import AuditRecord
from pages.components import session
from pages.components.explain import found


def show(audit_id: str, record: AuditRecord) -> None:
    """Show the button where there is a model to ask."""
    if record.plan.decision.model is None or why_one_row_each(record.plan, "explain a model"):
        return
    if st.button("What does it look at?", key=session.action(audit_id, "explain it")):
        found.prefer(audit_id, alone=True)
        session.open_audit(audit_id, "explain")
