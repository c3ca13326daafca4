"""How many audits the history shows in one browser window."""

import streamlit as st

_SHOWN = "shown"


def shown_in_history(usual: int) -> int:
    """So many, until more are asked for."""
    shown: int = st.session_state.get(_SHOWN, usual)
    return shown


def show_more_history(shown: int) -> None:
    """Let the history show so many audits."""
    st.session_state[_SHOWN] = shown
