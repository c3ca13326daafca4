"""Another audit like this one, to change one thing in it: the same files, and the answers as they stand."""

import streamlit as st

from pages.components import session

_COPY_OF = "copy of"


def begin(audit_id: str, name: str) -> None:
    """Begin a copy of the audit of this name and go to its questions; for a callback.

    Raises DataError where its files are not here any more.
    """
    copy = session.workspace().duplicate(audit_id, f"Copy of {name}")
    session.put(session.field(copy.id, _COPY_OF), name)
    session.send(copy.id, "data")


def original(audit_id: str) -> str | None:
    """What the audit is called that this one was begun from by `begin`; None for any other."""
    name: str | None = st.session_state.get(session.field(audit_id, _COPY_OF))
    return name
