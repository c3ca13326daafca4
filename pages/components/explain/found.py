"""What the last explanation found, kept for the session so that looking from one group to the next feels instant."""

import streamlit as st

from core.explain.explanation import Explanation
from core.metrics.reference import By
from core.record import AuditRecord
from pages.components import session
from pages.components.audit import judgement

_ALONE, _BESIDE = "alone", "beside"


def load(audit_id: str) -> Explanation | None:
    """What was found; None while nothing was."""
    asked = session.workspace().asked_why(audit_id)
    if asked is None:
        return None
    found = _explanation(asked.id, audit_id)
    if found is None:
        _explanation.clear(asked.id, audit_id)
    return found


def view(audit_id: str, found: Explanation) -> Explanation:
    """Let the person choose between the model alone and the comparison, where there is one; returns what is chosen."""
    if found.paired is None:
        return found
    asked = session.workspace().asked_why(audit_id)
    names = {_ALONE: "This model alone", _BESIDE: f"Beside: {(asked and asked.against) or 'the other model'}"}
    key = session.seed(_key(audit_id), _BESIDE)
    chosen = st.segmented_control("Show", list(names), format_func=names.__getitem__, required=True, key=key)
    return found.alone if chosen == _ALONE else found


def prefer(audit_id: str, alone: bool) -> None:
    """Choose in the person's place, who asked for the one or the other; before the page is drawn."""
    session.put(_key(audit_id), _ALONE if alone else _BESIDE)


def _key(audit_id: str) -> str:
    return session.field(audit_id, f"{session.VIEW}alone or beside")


def references(record: AuditRecord) -> dict[By, dict[str, str]]:
    """The group that others are compared with, for each choice of columns, as its values by column."""
    return {by: judgement.at(record).reference(by) for by in record.references}


@st.cache_resource(max_entries=16, scope="session", show_spinner="Reading what was found")
def _explanation(asked_id: str, audit_id: str) -> Explanation | None:
    return session.workspace().explanation(audit_id)
