"""One audit of this browser in the history: what it was about, what came out, and what can be done with it."""

import streamlit as st

from core.errors import PlumblineError
from core.record import AuditRecord
from core.report.notes import headlines
from core.sentences import rows_word
from core.workspace import Audit
from pages.components import age, judged, plain, session, verdict

_STATES = {
    "queued": "Waiting",
    "running": "Running",
    "done": "Ready",
    "cancelled": "Cancelled",
    "interrupted": "Interrupted",
    "failed": "No result",
}


def show(audit: Audit) -> None:
    """Show the audit with its worst headline verdict, or how far it got."""
    space = session.workspace()
    try:
        record = space.record(audit.id)
    except PlumblineError as error:
        st.error(plain.escape(str(error)))
        record = None
    with st.container(border=True):
        what, outcome, buttons = st.columns([6, 2, 2], vertical_alignment="center")
        with what:
            plain.text(_name(audit, record))
            st.caption(plain.escape(" · ".join(_facts(audit, record))))
            if record is None:
                st.caption(plain.escape(_what_to_do(audit)))
        with outcome:
            _outcome(audit, record)
        with buttons, st.container(horizontal=True, gap="medium"):
            if st.button("Open", key=session.action(audit.id, "open")):
                session.open_audit(audit.id, "data" if record is None else "audit")
            with st.popover("Delete", type="tertiary", key=session.action(audit.id, "delete")):
                _confirm(audit)


def _name(audit: Audit, record: AuditRecord | None) -> str:
    if record is not None and record.plan.name:
        return record.plan.name
    return audit.table.name if audit.table else "No table yet"


def _facts(audit: Audit, record: AuditRecord | None) -> list[str]:
    source = "sample" if audit.sample else audit.table and audit.table.name
    if source == _name(audit, record):
        source = None
    people = None if record is None else f"{record.counts.people:,} {rows_word(record.plan)}"
    return [fact for fact in (source, people, age.words(audit.created)) if fact]


def _outcome(audit: Audit, record: AuditRecord | None) -> None:
    if record is not None:
        found = headlines(judged.at(record), record.plan)
        if found:
            verdict.mark(found[0].verdict)
        return
    status = session.workspace().status(audit.id)
    problem = session.workspace().get(audit.id).problem
    st.caption(_STATES[status.state] if status is not None else "No result" if problem else "Not run yet")


def _what_to_do(audit: Audit) -> str:
    """Why there is no verdict, and the next step."""
    status = session.workspace().status(audit.id)
    problem = session.workspace().get(audit.id).problem if status is None else status.message
    if problem is not None:
        return f"{problem} Open it to go on from there."
    if status is not None:
        return "Open it to see how far it is."
    return "Open it and answer what is still open, then run it."


def _confirm(audit: Audit) -> None:
    st.write("Its counts and verdicts go, and the uploaded table and model with them. This cannot be undone.")
    if st.button("Delete for good", type="primary", key=session.action(audit.id, "delete for good")):
        opened = session.current()
        try:
            session.workspace().delete(audit.id)
        except PlumblineError as error:
            st.error(plain.escape(str(error)))
            return
        if opened is not None and opened.id == audit.id:
            session.close_audit()
        st.rerun()
