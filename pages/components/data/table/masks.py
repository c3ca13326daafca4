"""What is hidden until somebody asks: the cells of columns that tell who a person is, wherever a page quotes them."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from core.data.column_profile import SPELLINGS, Oddity
from core.data.profile import Profile
from core.data.roles.personal import MASK, personal_columns
from core.notes import Note
from pages.components import plain, session

_SHOWN = "show personal columns"


def hidden(audit_id: str, profile: Profile) -> Mapping[str, str]:
    """The columns that are hidden now, each with what it reads like; none once they were asked for."""
    return {} if st.session_state.get(_key(audit_id)) else _found(profile)


def ask(audit_id: str, profile: Profile) -> None:
    """Say which columns are hidden, with the switch that shows them; nothing where none is."""
    found = _found(profile)
    if not found:
        return
    named = ", ".join(f"{plain.quoted(name)} ({like})" for name, like in found.items())
    st.toggle("Show who people are", key=_key(audit_id), help="They are hidden again when you come back to this page.")
    st.caption(f"{'Shown' if st.session_state[_key(audit_id)] else 'Hidden'}: {named}")


def oddity(told: Oddity, names: Mapping[str, str]) -> Oddity:
    """What is odd, without the cells that it quotes where one of its columns is hidden."""
    if told.kind != SPELLINGS or names.keys().isdisjoint(told.columns):
        return told
    return replace(told, text=f"one value spelled in {len(told.cells)} ways")


def note(told: Note, names: Mapping[str, str]) -> Note:
    """What must be known, without the example that it quotes where its first column is hidden."""
    columns = told.facts.get("columns") or [told.facts.get("column")]
    if "example" not in told.facts or columns[0] not in names:
        return told
    return replace(told, facts={**told.facts, "example": MASK})


def _key(audit_id: str) -> str:
    # Nothing of it outlives a visit to the page: who comes back may have somebody beside them.
    return session.action(audit_id, _SHOWN)


def _looked_at(profile: Profile) -> tuple[str, tuple[str, ...]]:
    """The table, as its columns are read."""
    return profile.sha256, tuple(column.kind for column in profile.columns)


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs={Profile: _looked_at})
def _found(profile: Profile) -> dict[str, str]:
    return personal_columns(profile)
