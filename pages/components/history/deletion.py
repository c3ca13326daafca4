"""Deleting an audit, with a second question: in the history, and from the menu of the open one."""

from collections.abc import Callable

import streamlit as st

from core.errors import PlumblineError
from pages.components import plain, session


def offer(audit_id: str) -> None:
    """Show the button that asks once more."""
    with st.popover("Delete", type="tertiary", key=session.action(audit_id, "delete")):
        confirm(audit_id, "Delete for good")


def confirm(audit_id: str, label: str) -> None:
    """Say what goes, and delete it at the click of the button with this label."""
    st.write("Its counts and verdicts go, and the uploaded table and model with them. This cannot be undone.")
    st.caption("A file that another audit uses too stays for that one.")
    if session.workspace().ledger.holds(audit_id):
        st.caption("The ledger keeps its place, and nothing of what stood there.")
    if button(audit_id, label):
        opened = session.current()
        try:
            session.workspace().delete(audit_id)
        except PlumblineError as error:
            st.error(plain.escape(error.message))
            return
        if opened is not None and opened.id == audit_id:
            session.close_audit()
        st.rerun()


def button(audit_id: str, label: str, do: Callable[..., None] | None = None, *arguments: object) -> bool:
    """A button in the colour of danger; whether it was clicked. What it is to do before the next run may be given."""
    with st.container(key=session.action(audit_id, f"danger {label}")):
        return st.button(label, type="primary", key=session.action(audit_id, label), on_click=do, args=arguments)
