"""The beginning: what this does, what it keeps and does not do, a sample to try, and the place for files."""

import streamlit as st

from core.samples import SAMPLES
from core.store.workspace import Audit
from pages.components import session
from pages.components.data import uploads


def show(audit: Audit | None) -> None:
    """Show the beginning; after a table that could not be read, another one can be put in."""
    st.title("Is your model treating people alike?", anchor=False)
    st.write(
        "Plumbline compares how a model, or a column of scores or decisions, treats groups of people. It says in plain "
        "words how large each gap is and how sure one can be."
    )
    st.caption(
        "It keeps counts, never rows: uploaded files are deleted after 24 hours. It runs on this machine and sends "
        "nothing elsewhere. It does not say whether a gap is justified."
    )
    left, right = st.columns([2, 3], gap="large")
    with left:
        for name in SAMPLES:
            _sample(name)
    with right:
        if audit is not None and audit.plan is not None:
            st.success("The plan is here. Now put in the table that it is about.")
        elif audit is not None and audit.table is None and audit.model is not None:
            st.success("The model is here. Now put in the table of people it decides about. The model is checked then.")
        uploads.ask(audit)


def _sample(name: str) -> None:
    sample = SAMPLES[name]
    words = f"Try a sample: {name}"
    st.button(words, key=f"sample/{name}", type="primary", on_click=session.attempt, args=(_open_sample, name))
    st.caption(f"{sample.title}. {sample.about}")


def _open_sample(name: str) -> None:
    session.send(session.workspace().open_sample(name, session.owner()).id, "audit")
