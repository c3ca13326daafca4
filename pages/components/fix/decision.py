"""What a search found, in the order of a decision: recommended or not, then all of it, then what the choice does."""

import streamlit as st

from core.mitigate.settings import Settings
from core.record import AuditRecord
from pages.components import session
from pages.components.fix import cards, frontier, leaks
from pages.components.fix import picked as fix_picked
from pages.components.fix.found import Found


def show(audit_id: str, record: AuditRecord, found: Found, asked: Settings, is_busy: bool) -> None:
    """Show what was found; `asked` is the question above, `is_busy` whether a search is under way."""
    st.html(f"<style>{cards.STYLE}</style>")
    frontier.whose(audit_id, found, asked, is_busy)
    frontier.unfinished(found)
    if not found.fixes and found.so_far is not None:
        return
    if not found.fixes:
        st.info("Nothing was found that could be tried here.")
        frontier.refused(audit_id, found)
        return
    picked = st.session_state[session.seed(cards.pick_key(audit_id, found), found.picked)]
    cards.show(audit_id, found, picked)
    leaks.show(audit_id, found, is_busy)
    with st.expander(f"Compare all {len(found.fixes)}", picked is not None and picked not in found.advice.options):
        frontier.show(audit_id, found)
    if picked is not None:
        st.divider()
        fix_picked.show(audit_id, record, found, picked, is_busy)
