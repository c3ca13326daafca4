"""Bringing in a record.json: it becomes an audit that can be read and compared, without rows."""

import streamlit as st

from pages.components import session


def offer(owner: str) -> None:
    """Show the place for the file."""
    with st.popover("Bring in a record"):
        st.write("A record.json of another machine, or of an earlier day, is read and compared like any other audit.")
        st.caption("It holds counts and no rows, so nothing can be run again from it.")
        file = st.file_uploader("record.json", type=["json"], key=session.upload_key("record"))
        if file is not None:
            session.act(st.container(), "Bring it in", "history/bring in", _bring_in, file, owner, type="primary")


def _bring_in(file: object, owner: str) -> None:
    audit = session.workspace().bring_in(file.getvalue(), file.name, owner)  # type: ignore[attr-defined]
    session.adopt(audit.id)
