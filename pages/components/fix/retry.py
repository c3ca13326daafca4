"""After a search that ended without a result: the part of it that needs no training."""

import streamlit as st

from core.mitigate.mitigations import MITIGATIONS
from core.plan.plan import Plan
from core.record import AuditRecord
from pages.components import session
from pages.components.fix import question


def offer(audit_id: str, record: AuditRecord) -> None:
    """Offer thresholds alone, which nothing can go wrong with that went right in the audit."""
    untrained = tuple(row.name for row in MITIGATIONS.values() if row.from_counts)
    space = session.workspace()
    search, found = space.search(audit_id), space.found_by(audit_id)
    is_without = (
        space.get(audit_id).stage == "mitigate" and search is not None and (found is None or found.id != search.id)
    )
    if not is_without or search is None or search.names == untrained or record.counts.axis.kind == "decision":
        return
    st.button(
        "Look at thresholds only, which needs no training",
        disabled=not session.workspace().has_rows(audit_id),
        key=session.action(audit_id, "thresholds only"),
        on_click=session.attempt,
        args=(question.begin, audit_id, Plan.from_toml(search.plan), untrained, search.trained_here),
    )
