"""One audit of this browser in the history: what it was about, what came out, and what can be done with it."""

from collections.abc import Mapping

import streamlit as st

from core.errors import PlumblineError
from core.mitigate.goals.goal_test import KEPT_WORDS
from core.record.summary import Summary
from core.store.archive import Shelved
from core.store.audit import WAITING
from core.store.audits import UnreadableAudit
from core.store.workspace import Audit
from pages.components import audit_name, plain, session, verdict
from pages.components.audit import origin
from pages.components.history import age, deletion, details, duplicate, kept, selecting

_MOST_LETTERS = 160
_STATES = {
    "queued": "Waiting",
    "running": "Running",
    "done": "Ready",
    "cancelled": "Cancelled",
    "interrupted": "Interrupted",
    "failed": "No result",
}


def show(entry: Shelved, users: Mapping[str, Mapping[str, str]], over_time: int = 0, in_project: bool = False) -> None:
    """Show the audit with what it found, or how far it got; one of a project has no box of its own.

    `users` are the audits that use each file, as `core.store.archive.users` gives them; `over_time` is how many audits
    there are of its question, where its row is to lead to them.
    """
    space, audit, damaged = session.workspace(), entry.audit, None
    try:
        summary = space.summary(audit.id)
    except PlumblineError as error:
        summary, damaged = None, error.message
    with st.container(border=not in_project):
        select, what, outcome, buttons = st.columns([0.3, 4.5, 1.6, 5], vertical_alignment="center")
        name = _name(audit, summary)
        if summary is not None:
            with select:
                selecting.box(audit.id, plain.escape(name))
        with what:
            plain.text(name)
            st.caption(plain.escape(" · ".join(_facts(audit, summary))))
            if summary is not None and summary.finding:
                st.caption(plain.escape(summary.finding))
            if audit.tags:
                st.caption(f"Tags: {plain.escape(', '.join(audit.tags))}")
            if audit.notes:
                st.caption(plain.escape(_begun(audit.notes)))
            pair = origin.pair_of(audit)
            if pair is not None:
                st.caption(plain.escape(f"The audit of a fix: {pair.words}. {KEPT_WORDS[pair.kept]}."))
            if summary is None:
                st.caption(plain.escape(damaged or _what_to_do(audit)))
            if over_time > 1:
                lead_over_time(audit, over_time)
        with outcome:
            _outcome(audit, summary)
        with buttons, st.container(horizontal=True, gap="medium"):
            if st.button("Open", key=session.action(audit.id, "open")):
                session.open_audit(audit.id, "data" if summary is None else "audit")
            if (audit.plan or audit.asked) and space.has_rows(audit.id):
                st.button(
                    "Duplicate",
                    type="tertiary",
                    key=session.action(audit.id, "duplicate from history"),
                    help="Another audit with the same files and answers, to change one thing in it.",
                    on_click=session.attempt,
                    args=(duplicate.begin, audit.id, name),
                )
            kept.offer(audit.id, users)
            details.offer(Shelved(audit, summary, damaged))
            deletion.offer(audit.id)


def lead_over_time(audit: Audit, over_time: int) -> None:
    """The way to all audits of the same question, of which there are so many."""
    key = session.action(audit.id, "over time")
    if st.button(f"See {over_time:,} audits over time", key=key, type="tertiary"):
        session.open_audit(audit.id, "over_time")


def show_unreadable(audit_id: str) -> None:
    """Show that there is an audit which cannot be read, to be deleted."""
    with st.container(border=True):
        what, _, buttons = st.columns([5, 2, 3], vertical_alignment="center")
        with what:
            plain.text("An audit that cannot be read")
            st.caption(plain.escape(str(UnreadableAudit())))
        with buttons:
            deletion.offer(audit_id)


def _begun(notes: str) -> str:
    """The beginning of what somebody wrote."""
    one_line = " ".join(notes.split())
    return one_line if len(one_line) <= _MOST_LETTERS else f"{one_line[:_MOST_LETTERS]} …"


def _name(audit: Audit, summary: Summary | None) -> str:
    if audit.called is None and summary is not None and summary.name:
        return summary.name
    return audit_name.of(audit)


def _facts(audit: Audit, summary: Summary | None) -> list[str]:
    source = "sample" if audit.sample else audit.table.name if audit.table else audit.brought
    if source == _name(audit, summary):
        source = None
    people = None if summary is None else f"{summary.people:,} {summary.rows}"
    gone = summary is not None and audit.table is not None and not session.workspace().has_rows(audit.id)
    rows = "brought in, without rows" if audit.brought else "rows deleted" if gone else None
    return [fact for fact in (source, people, age.words(audit.created), rows) if fact]


def _outcome(audit: Audit, summary: Summary | None) -> None:
    if summary is not None:
        if summary.verdict is not None:
            verdict.mark(summary.verdict)
        return
    status = session.workspace().status(audit.id)
    problem = session.workspace().get(audit.id).problem
    if audit.stage == WAITING:
        st.caption(_STATES["queued"])
        return
    st.caption(_STATES[status.state] if status is not None else "No result" if problem else "Not run yet")


def _what_to_do(audit: Audit) -> str:
    """Why there is no verdict, and the next step."""
    if audit.stage == WAITING:
        return "It waits for its turn among the tables that it came with."
    status = session.workspace().status(audit.id)
    problem = session.workspace().get(audit.id).problem if status is None else status.message
    if problem is not None:
        return f"{problem} Open it to go on from there."
    if status is not None:
        return "Open it to see how far it is."
    return "Open it and answer what is still open, then run it."
