"""For a model that reads texts: which column holds them."""

from dataclasses import replace

import streamlit as st

from core.data.profile import Profile
from core.data.roles import suggestions
from core.store.workspace import Audit
from pages.components import session
from pages.components.data import steps
from pages.components.data.decision import model_check
from pages.components.data.draft import Draft


def ask(audit: Audit, profile: Profile, plan: Draft) -> None:
    """Ask where the model reads a text, or the plan says that it does; a changed answer is checked at a click.

    The column that looks like texts is tried at once, and shown as a suggestion.
    """
    facts = session.workspace().model_facts(audit.id)
    is_asked = facts is not None and model_check.asks_for_text(facts)
    found = suggestions.text_column(profile)
    if is_asked and found is not None and plan.decision.text is None:
        _check_with(audit, plan, found.value)
        st.rerun()
    if not is_asked and plan.decision.text is None:
        return
    chosen = st.selectbox(
        "The column of texts that the model reads",
        list(profile.names),
        key=session.seed(session.field(audit.id, "text column"), plan.decision.text),
        index=None,
        placeholder="choose a column",
    )
    if found is not None and chosen == found.value:
        steps.suggested(found.reason)
    if facts is not None and facts.problem is not None and not is_asked:
        st.button("The model reads other columns", on_click=_check_with, args=(audit, plan, None))
    if chosen is not None and chosen != plan.decision.text:
        st.button("Check the model with this column", type="primary", on_click=_check_with, args=(audit, plan, chosen))


def _check_with(audit: Audit, plan: Draft, column: str | None) -> None:
    asked = replace(plan, decision=replace(plan.decision, text=column))
    session.attempt(session.workspace().save_plan, audit.id, asked)
    session.attempt(model_check.start, audit, asked)
