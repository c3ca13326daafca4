"""Another audit like this one, to change one thing in it: the same files, and the answers as they stand."""

import re
from itertools import count

import streamlit as st

from pages.components import session

_COPY_OF = "copy of"
_COPY = re.compile(r"^Copy (\d+ )?of ")


def begin(audit_id: str, name: str) -> None:
    """Begin a copy of the audit of this name and go to its questions; for a callback.

    Raises DataError where its files are not here any more.
    """
    copy = session.workspace().duplicate(audit_id, _called(name), session.owner())
    session.put(session.field(copy.id, _COPY_OF), name)
    session.send(copy.id, "data")


def _called(name: str) -> str:
    """What a copy of this name is called: a copy of a copy is another copy of the first."""
    first = _COPY.sub("", name)
    taken = {audit.called for audit in session.workspace().owned_by(session.owner())}
    names = (f"Copy of {first}" if number == 1 else f"Copy {number} of {first}" for number in count(1))
    return next(called for called in names if called not in taken)


def original(audit_id: str) -> str | None:
    """What the audit is called that this one was begun from by `begin`; None for any other."""
    name: str | None = st.session_state.get(session.field(audit_id, _COPY_OF))
    return name
