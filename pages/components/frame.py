"""What stands on every page: what went wrong, and the thin line that says which audit is open."""

import streamlit as st

from core.data.profile import Profile
from core.errors import PlumblineError
from core.metrics.words import rows_word
from core.record import AuditRecord
from core.store.workspace import Audit
from pages.components import (
    announcements,
    audit_menu,
    audit_name,
    drawer,
    error_messages,
    plain,
    product_mark,
    progress_line,
    session,
    styles,
    upload_box,
)
from pages.components.data.decision import model_check
from pages.components.history import age

_DEVICES = {"cpu": "on the CPU", "cuda": "on the GPU"}


def show(page: str) -> Audit | None:
    """Show the frame of the page with this title, and give the open audit; None where there is none, or none opens.

    Where the person may not go on, nothing else is shown.
    """
    st.logo(product_mark.LOGO, size="medium")
    try:
        audit, trouble = session.current(), session.trouble()
    except PlumblineError as error:
        st.error(plain.escape(error.message))
        st.stop()
    session.follow(page.lower().replace(" ", "_"))
    st.html(styles.STYLE)
    progress_line.show(audit)
    with st.container(gap=None):
        drawer.close(page)
        session.remember_browser()
        lost = upload_box.overlooked()
        if lost:
            error_messages.complain(
                f"{', '.join(lost)} came while the page was drawn anew, and was not kept. Put it in again."
            )
        complaint = error_messages.complaint()
        if complaint is not None:
            model_check.refused(complaint.words, complaint.snippet)
            st.button("Close this message", key="hear", on_click=error_messages.hear)
        if trouble is not None:
            st.warning(plain.escape(trouble))
            return None
        if audit is not None:
            session.keep_fields(audit.id)
            announcements.show(audit, page)
            _line(audit)
        return audit


def close(audit: Audit | None, page: str) -> None:
    """Say what happened to the audit of the frame while the page was drawn."""
    if audit is not None:
        announcements.follow(audit, page)


def _line(audit: Audit) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        name, *facts = _facts(audit)
        audit_menu.show(audit, name)
        st.caption(plain.escape(" · ".join(facts)), width="stretch")
        if st.button("New audit", type="tertiary"):
            session.close_audit()


def _facts(audit: Audit) -> list[str]:
    """What the line says: name, people, model, device, age."""
    record = _record(audit)
    profile = _profile(audit) if record is None else None
    own = record.plan.name if record and audit.called is None else ""
    facts = [own or audit_name.of(audit)]
    if record is not None:
        facts.append(f"{record.counts.people:,} {rows_word(record.plan)}")
    elif profile is not None:
        facts.append(f"{profile.rows:,} rows")
    was_asked = record is None or record.plan.decision.model is not None  # a copy may ask about a column instead
    if audit.model is not None and was_asked:
        facts.append(audit.model.name)
    if record is not None and was_asked:
        facts.append(_DEVICES[record.provenance.device])
    return [*facts, age.words(audit.created)]


def _record(audit: Audit) -> AuditRecord | None:
    """The audit's evidence; where it cannot be read, the Audit page says why."""
    try:
        return session.workspace().record(audit.id)
    except PlumblineError:
        return None


def _profile(audit: Audit) -> Profile | None:
    """What was found in the audit's table; where it cannot be read, the page below says so."""
    try:
        return session.workspace().profile(audit.id)
    except PlumblineError:
        return None
