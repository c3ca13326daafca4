"""What went wrong in this window: said at the top of every page until it is answered."""

from typing import NamedTuple

import streamlit as st

_COMPLAINT = "complaint"


class Complaint(NamedTuple):
    """What went wrong; the name of the lines of Python that help, as ModelError has it; whether it was on screen."""

    words: str
    snippet: str
    is_read: bool


def complaint() -> Complaint | None:
    """What went wrong and was not answered yet. A page redraws itself while a job runs: once said is not yet read."""
    said = st.session_state.get(_COMPLAINT)
    if said is None:
        return None
    st.session_state[_COMPLAINT] = (*said[:2], True)
    return Complaint(*said)


def complain(words: str, snippet: str = "") -> None:
    """Say what went wrong at the top of the page, until it is answered; `snippet` as in ModelError."""
    st.session_state[_COMPLAINT] = (words, snippet, False)


def hear() -> None:
    """Take what went wrong as answered."""
    st.session_state.pop(_COMPLAINT, None)


def better_now() -> None:
    """What was done well answers what went wrong and was read; not what went wrong beside it, in the same moment."""
    said = st.session_state.get(_COMPLAINT)
    if said is not None and Complaint(*said).is_read:
        hear()
