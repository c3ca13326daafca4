"""The history page: the audits that this browser began, to open again or to delete."""

import streamlit as st

from pages.components import history_row, session

_AT_ONCE = 20

st.header("Your audits", anchor=False)
audits = [audit for audit in session.workspace().owned_by(session.owner()) if audit.table is not None]
if not audits:
    st.write("Nothing here yet. Audits that you begin in this browser can be found here again.")
    if st.button("Go to Data", type="primary"):
        st.switch_page("pages/data.py")
    st.stop()

st.caption(
    "Only this browser lists them. Counts and verdicts stay until you delete them; uploaded rows go after a day."
)
for audit in audits[:_AT_ONCE]:
    history_row.show(audit)
if len(audits) > _AT_ONCE and st.checkbox(f"Show {len(audits) - _AT_ONCE} older ones"):
    for audit in audits[_AT_ONCE:]:
        history_row.show(audit)
