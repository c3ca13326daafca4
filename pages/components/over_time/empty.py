"""The page before anything was audited: what it is for, what to do, and how it looks with invented loans."""

import streamlit as st

from core.samples import SAMPLES
from pages.components import session
from pages.components.over_time import answer, sample


def show() -> None:
    """Say what the page is for, and where to begin."""
    st.title("Is it getting worse?", anchor=False)
    st.write("This page follows one question from month to month, and says when a gap has grown by more than chance.")
    st.write("Audit one month first. Then drop the next month's table here: that is all.")
    loans = SAMPLES["loans"]
    with st.container(horizontal=True):
        if st.button("Go to Data", type="primary"):
            st.switch_page("pages/data.py")
        words = f"Try the sample: {loans.title}"
        st.button(words, key="over-time/sample", on_click=session.attempt, args=(session.open_sample, loans))
    st.header("How it looks: twelve months of invented loans", anchor=False)
    answer.as_example(sample.months())
