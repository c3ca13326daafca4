"""The history page: the audits that this browser began, to open again or to delete."""

import streamlit as st

from core.report.pair.history_order import paired
from pages.components import session
from pages.components.history import row
from pages.components.history.page_size import show_more_history, shown_in_history

_AT_ONCE = 20

st.title("Your audits", anchor=False)
space, owner = session.workspace(), session.owner()
audits = paired([audit for audit in space.owned_by(owner) if audit.table is not None])
# On one's own computer an audit that does not say whose it is can only be one's own.
unreadable = space.unreadable(owner, or_nobodys=not session.is_shared())
if not audits and not unreadable:
    st.write("Nothing here yet. Audits that you begin in this browser can be found here again.")
    if st.button("Go to Data", type="primary"):
        st.switch_page("pages/data.py")
    st.stop()

st.caption(
    "Only this browser lists them. Counts and verdicts stay until you delete them; uploaded rows go after a day."
)
for audit_id in unreadable[:_AT_ONCE]:
    row.show_unreadable(audit_id)
shown = shown_in_history(_AT_ONCE)
for audit in audits[:shown]:
    row.show(audit)
if len(audits) > shown:
    older = min(_AT_ONCE, len(audits) - shown)
    st.button(f"Show {older} older ones", on_click=show_more_history, args=(shown + older,))
    st.caption(f"{shown} of {len(audits):,} are shown.")
