"""On the audit of a fix: whom it is about, and the way back to the audit that the fix was found for."""

from dataclasses import replace

import streamlit as st

from core.errors import PlumblineError
from core.record import AuditRecord
from core.sentences import rows_word
from core.workspace import Audit
from pages.components import plain, session


def show(audit: Audit, record: AuditRecord) -> None:
    """Say that this is the audit of a fix, where it is one."""
    if audit.original is None:
        return
    rows = rows_word(record.plan)
    here = f"The {record.counts.people:,} {rows} here"
    if record.plan.data.held_out is None:
        who = f"{here} stand in {plain.quoted(record.plan.data.file)}, the table that judged it."
    else:
        left_out = f"the {record.dropped[-1]:,} others served to fit or choose it, and are left out"
        who = f"{here} are those set aside for the judgement; {left_out}."
    if _is_asked_as(audit.original, record):
        st.info(
            f"This is the audit of a fix. {who} How they fared before stands on the Fix page of the original audit."
        )
    else:
        st.warning(
            "This is the audit of a fix, and its question is no longer the original's: the fix may have been fitted on "
            f"some of these {rows}, and look better than it is."
        )
    back(audit)


def _is_asked_as(original_id: str, record: AuditRecord) -> bool:
    """Whether the people set aside are the same: who they are follows from table, outcome, groups and seed."""
    try:
        original = session.workspace().record(original_id)
    except PlumblineError:  # it was deleted
        return True
    if original is None or record.plan.data.held_out is None:
        return True
    mine, theirs = record.plan, original.plan
    return (replace(mine.data, held_out=None), mine.groups, mine.run) == (theirs.data, theirs.groups, theirs.run)


def back(audit: Audit) -> None:
    """The way to the audit that a fix was found for, where this is the audit of one."""
    if audit.original is not None and st.button("To the original audit", key=session.action(audit.id, "original")):
        session.open_audit(audit.original, "audit")
