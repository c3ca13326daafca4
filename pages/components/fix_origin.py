"""On the audit of a fix: whom it is about, and the way back to the audit that the fix was found for."""

import streamlit as st

from core.record import AuditRecord
from core.workspace import Audit
from pages.components import plain, session


def show(audit: Audit, record: AuditRecord) -> None:
    """Say that this is the audit of a fix, where it is one."""
    if audit.original is None:
        return
    people = f"The {record.counts.people:,} people here"
    if record.plan.data.held_out is None:
        who = f"{people} stand in {plain.quoted(record.plan.data.file)}, on which nothing was fitted."
    else:
        left_out = f"the {record.dropped[-1]:,} others, on whom it was fitted or chosen, are left out"
        who = f"{people} are those set aside for the judgement; {left_out}."
    st.info(f"This is the audit of a fix. {who} How they fared before stands on the Fix page of the original audit.")
    back(audit)


def back(audit: Audit) -> None:
    """The way to the audit that a fix was found for, where this is the audit of one."""
    if audit.original is not None and st.button("To the original audit", key=session.action(audit.id, "original")):
        session.open_audit(audit.original, "audit")
