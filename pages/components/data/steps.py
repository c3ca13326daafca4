"""The steps of the Data page: each folds into one line once it is settled, and opens again at a click."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components import plain, session

TITLES = {1: "Your table", 2: "The outcome", 3: "The decision", 4: "The groups"}


def step(audit_id: str, number: int, line: str, settled: bool, is_open: bool) -> DeltaGenerator:
    """The place of a step. `line` says its answer in one line of markdown; `is_open` holds until the person clicks."""
    mark = "✓ " if settled else ""
    key = session.seed(_key(audit_id, number), is_open)
    _obey(audit_id, number)
    label = f"{mark}**{number} {TITLES[number]}** {line}"
    return st.expander(label, key=key, on_change="rerun")


def fold(audit_id: str, number: int) -> None:
    """Fold this step and those before it, and open the next, when the page is drawn again."""
    session.put(_fold_key(audit_id), number)


def _obey(audit_id: str, number: int) -> None:
    """Fold or open this step if it was told to; said when it is drawn, since a widget takes no word afterwards."""
    settled = st.session_state.get(_fold_key(audit_id))
    if settled is None:
        return
    if number <= settled + 1:
        session.put(_key(audit_id, number), number == settled + 1)
    if number == max(TITLES):
        del st.session_state[_fold_key(audit_id)]


def suggested(reason: str) -> None:
    """Mark what stands above as a suggestion, with its reason."""
    st.caption(f"Suggested: {plain.escape(reason)}.")


def _key(audit_id: str, number: int) -> str:
    return session.field(audit_id, f"step {number}")


def _fold_key(audit_id: str) -> str:
    return session.action(audit_id, "fold")
