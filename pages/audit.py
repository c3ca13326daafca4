"""The audit page: the answer first, then a picture to look into, then every detail."""

import streamlit as st

from core.samples import SAMPLES
from pages.components import answer, details, job_status, judged, picture, session

audit = session.current()
space = session.workspace()

if audit is None:
    st.header("No audit is open", anchor=False)
    st.write("An audit shows here once it has run. Start with your own table, or look at one that ships with the app.")
    with st.container(horizontal=True):
        if st.button("Go to Data", type="primary"):
            st.switch_page("pages/data.py")
        for name, sample in SAMPLES.items():
            if st.button(f"Try the sample: {sample.title}", key=f"sample/{name}"):
                session.open_audit(space.open_sample(name, session.owner()).id, "audit")
    st.stop()

busy = job_status.show(audit)
record = space.record(audit.id)
if record is None:
    if not busy:
        st.header("This audit has not run yet", anchor=False)
        st.write("Say on the Data page what to look at, then run it.")
        if st.button("Go to Data", type="primary"):
            session.open_audit(audit.id, "data")
    st.stop()

judgement = judged.at(record)
answer.show(audit.id, record, judgement)
st.divider()
picture.show(audit.id, record)
st.divider()
details.show(audit.id, record, judgement, space.profile(audit.id))
