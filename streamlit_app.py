"""The app: page settings and navigation; nothing else."""

import streamlit as st

from pages.components import frame

st.set_page_config(page_title="Plumbline", layout="wide")

page = st.navigation(
    [
        st.Page("pages/data.py", title="Data", default=True),
        st.Page("pages/audit.py", title="Audit"),
        st.Page("pages/fix.py", title="Fix"),
        st.Page("pages/explain.py", title="Explain"),
        st.Page("pages/history.py", title="History"),
    ],
    position="top",
)
frame.show(page.title)
page.run()
