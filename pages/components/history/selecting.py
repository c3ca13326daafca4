"""Selecting audits of the history to compare them."""

import streamlit as st

from core.report.pair.ranking import MOST
from pages.components import session
from pages.components.compare import picking

_SELECTED = "select"


def box(audit_id: str, name: str) -> None:
    """Show the box that selects an audit; `name` is said to whoever hears the page."""
    st.checkbox(f"Select {name}", key=session.action(audit_id, _SELECTED), label_visibility="collapsed")


def offer(there: list[str]) -> None:
    """Show the button that compares what is selected, and say how many that may be."""
    chosen = [each for each in there if st.session_state.get(session.action(each, _SELECTED))]
    label = "Compare" if len(chosen) < 2 else f"Compare the {len(chosen)} selected"
    enough = 2 <= len(chosen) <= MOST
    # What is older stands first: a comparison goes from before to after.
    oldest_first = chosen[::-1]
    st.button(
        label,
        key="history/compare",
        disabled=not enough,
        help=f"Select two audits below, or up to {MOST}.",
        on_click=_begin,
        args=(tuple(oldest_first),),
    )


def _begin(chosen: tuple[str, ...]) -> None:
    picking.begin(chosen[0], chosen[1], chosen[2:])
