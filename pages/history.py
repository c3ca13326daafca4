"""The history page: the audits that this browser began, to find, open, describe, compare, take away or delete."""

from collections import Counter

import streamlit as st

from core.store.archive import first_of, found, in_order, projects, users
from pages.components import plain, session
from pages.components.history import bring_in, looking, row, selecting
from pages.components.history.page_size import show_more_history, shown_in_history

_AT_ONCE = 20

st.title("Your audits", anchor=False)
space, owner = session.workspace(), session.owner()
entries = space.listed(owner)
# On one's own computer an audit that does not say whose it is can only be one's own.
unreadable = space.unreadable(owner, or_nobodys=not session.is_shared())
if not entries and not unreadable:
    st.write("Nothing here yet. Audits that you begin in this browser can be found here again.")
    with st.container(horizontal=True):
        if st.button("Go to Data", type="primary"):
            st.switch_page("pages/data.py")
        bring_in.offer(owner)
    st.stop()

st.caption(
    "Only this browser lists them. Counts and verdicts stay until you delete them; uploaded rows go after a day."
)
asked = looking.ask(entries)
with st.container(horizontal=True):
    bring_in.offer(owner)
    selecting.offer([entry.audit.id for entry in entries])
for audit_id in unreadable[:_AT_ONCE]:
    row.show_unreadable(audit_id)
over_time = Counter(entry.series for entry in entries)
families = projects(in_order(found(entries, asked.words, asked.tags), asked.order))
if not families and entries:
    st.write("No audit says this. Search for fewer words, or choose fewer tags.")
shown, place, using = shown_in_history(_AT_ONCE), 0, users(entries)
for family in families:
    here = family[: max(0, shown - place)]
    place += len(family)
    if len(family) == 1 or not here:
        for entry in here:
            row.show(entry, using, over_time[entry.series] if entry.series else 0)
        continue
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            name = first_of(family).name
            st.caption(plain.escape(f"{name}: {len(family)} audits of one project"), width="content")
            again = next((entry for entry in family if entry.series and over_time[entry.series] > 1), None)
            if again is not None:
                row.lead_over_time(again.audit, over_time[again.series])
        for entry in here:
            row.show(entry, using, in_project=True)
if place > shown:
    older = min(_AT_ONCE, place - shown)
    st.button(f"Show {older} older ones", on_click=show_more_history, args=(shown + older,))
    st.caption(f"{shown} of {place:,} are shown.")
