"""The way from an audit to its fixes."""

import streamlit as st

from core.mitigate.applicability import out_of_reach
from core.record import AuditRecord
from pages.components import plain, session


def show(audit_id: str, record: AuditRecord) -> None:
    """Show the button where there is something to fix: groups to compare, and no fix in place already.

    Where no fix can be looked for, it stands there why.
    """
    if record.plan.decision.rule is not None or not record.references:
        return
    reason = out_of_reach(record)
    if reason is not None:
        st.caption(plain.escape(reason))
        return
    if st.button("What would fix this?", type="primary", key=session.action(audit_id, "fix")):
        session.open_audit(audit_id, "fix")
