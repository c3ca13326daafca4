"""Answers set back to what is suggested, with the way back to those before."""

from dataclasses import replace

import streamlit as st

from core.data.profile import Profile
from core.store.workspace import Audit
from pages.components import session
from pages.components.data.draft import Draft

_BEFORE = "answers before"


def show(audit: Audit, profile: Profile) -> None:
    """The button, where something was answered, and after it the one that brings the answers back."""
    before = st.session_state.get(_key(audit.id))
    if before is not None:
        session.act(
            st.container(width="content"),
            "Bring my answers back",
            session.action(audit.id, "bring back"),
            _bring_back,
            audit.id,
            before,
        )
    elif audit.plan is not None and Draft.from_toml(audit.plan) != _suggested(audit, profile):
        session.act(
            st.container(width="content"),
            "Reset to suggestions",
            session.action(audit.id, "reset"),
            _reset,
            audit,
            profile,
            type="tertiary",
        )


def _suggested(audit: Audit, profile: Profile) -> Draft:
    """No answer at all: every question then opens with what is suggested."""
    return Draft.of(replace(audit, plan=None), profile)


def _reset(audit: Audit, profile: Profile) -> None:
    session.workspace().save_plan(audit.id, _suggested(audit, profile))
    session.forget_fields(audit.id)
    session.put(_key(audit.id), audit.plan)


def _bring_back(audit_id: str, before: str) -> None:
    session.workspace().save_plan(audit_id, Draft.from_toml(before))
    session.forget_fields(audit_id)


def _key(audit_id: str) -> str:
    return session.field(audit_id, _BEFORE)
