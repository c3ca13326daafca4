"""The judgements on screen, kept for the session so that a slider feels instant."""

import streamlit as st

from core.metrics.verdicts import Judgement
from core.record import AuditRecord
from core.report.words.overview import Overview


def at(record: AuditRecord, threshold: float | None = None) -> Judgement:
    """The judgement at the plan's own rule, or at a threshold that somebody tries."""
    return _judged(record.digest, threshold, record)


def overview(record: AuditRecord) -> Overview:
    """What the audit comes to at the plan's own rule, question by question and column by column."""
    return _overview(record.digest, record)


@st.cache_resource(max_entries=16, scope="session", show_spinner=False)
def _overview(digest: str, _record: AuditRecord) -> Overview:
    return Overview(at(_record), _record.plan)


@st.cache_resource(max_entries=256, scope="session", show_spinner=False)
def _judged(digest: str, threshold: float | None, _record: AuditRecord) -> Judgement:
    return _record.judgement(threshold)
