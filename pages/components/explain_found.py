"""What the last explanation found, kept for the session so that looking from one group to the next feels instant."""

import streamlit as st

from core.explanation import Explanation
from core.record import AuditRecord
from core.reference import By
from pages.components import session


def load(audit_id: str) -> Explanation | None:
    """What was found; None while nothing was."""
    asked = session.workspace().asked_why(audit_id)
    if asked is None:
        return None
    found = _explanation(asked.id, audit_id)
    if found is None:
        _explanation.clear(asked.id, audit_id)
    return found


def references(record: AuditRecord) -> dict[By, dict[str, str]]:
    """The group that others are compared with, for each choice of columns, as its values by column."""
    return {by: dict(zip(by, values, strict=True)) for by, values in record.references.items()}


@st.cache_resource(max_entries=16, scope="session", show_spinner="Reading what was found")
def _explanation(asked_id: str, audit_id: str) -> Explanation | None:
    return session.workspace().explanation(audit_id)
