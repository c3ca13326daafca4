"""The judgements on screen, kept for the session so that a slider feels instant."""

import streamlit as st

from core.metrics.verdicts import Judgement
from core.record import AuditRecord


def at(record: AuditRecord, threshold: float | None = None) -> Judgement:
    """The judgement at the plan's own rule, or at a threshold that somebody tries."""
    return _judged(record.digest, threshold, record)


@st.cache_resource(max_entries=256, scope="session", show_spinner=False)
def _judged(digest: str, threshold: float | None, _record: AuditRecord) -> Judgement:
    return _record.judgement(threshold)
