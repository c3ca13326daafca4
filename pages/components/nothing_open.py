"""The Audit page while no audit is open, or the open one has not run: where to go from here."""

import streamlit as st

from core.samples import SAMPLES
from core.store.audit import WAITING
from pages.components import session


def no_audit() -> None:
    """Show the ways to an audit: the person's own table, or a sample."""
    st.title("No audit is open", anchor=False)
    st.write("An audit shows here once it has run. Start with your own table, or look at one that ships with the app.")
    with st.container(horizontal=True):
        if st.button("Go to Data", type="primary"):
            st.switch_page("pages/data.py")
        for name, sample in SAMPLES.items():
            words = f"Try the sample: {sample.title}"
            st.button(words, key=f"sample/{name}", on_click=session.attempt, args=(session.open_sample, sample))


def not_run(audit_id: str) -> None:
    """Show the way to the questions that are still open, or to the others that it came with."""
    if session.workspace().get(audit_id).stage == WAITING:
        st.title("This audit waits for its turn", anchor=False)
        st.write("Other tables that came with it are audited first.")
        if st.button("See it over time", type="primary"):
            session.open_audit(audit_id, "over_time")
        return
    st.title("This audit has not run yet", anchor=False)
    st.write("Say on the Data page what to look at, then run it.")
    if st.button("Go to Data", type="primary"):
        session.open_audit(audit_id, "data")
