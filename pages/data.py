import streamlit as st
from core.samples import SAMPLES
from pages.components import job_status, session
st.title("Data")
audit = session.current()
if st.button("Try a sample"):
    session.open_audit(session.workspace().open_sample("loans", session.owner()).id, "data")
if audit: job_status.show(audit)
