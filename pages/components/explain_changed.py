"""Who is decided about in another way after: a list of rows, and one of them to look at."""

import streamlit as st

from core.collect_explanation import MOST_CHANGED
from core.explanation import Changed, Explanation
from core.profile import Profile
from core.standings import name_of
from pages.components import explain_person, plain, session

_HEIGHT, _TALL = 320, 7
_CAPPED = f" (at most {MOST_CHANGED}, largest change of score first)"


def show(audit_id: str, found: Explanation) -> None:
    """Show the list, those first whose score changed most; picking one looks at that person."""
    st.subheader("Who changed", anchor=False)
    profile = session.workspace().profile(audit_id)
    if not found.changed or profile is None:
        st.write("Of the people who were explained, nobody is decided about in another way.")
        return
    several = len(found.changed) > 1
    people = f"The {len(found.changed)} people" if several else "The person"
    st.caption(
        f"{people} of those explained whose decision is another one after{_CAPPED if several else ''}. The list goes "
        "with your table after a day."
    )
    with st.container(height=_HEIGHT if len(found.changed) > _TALL else "content", border=False):
        plain.table(_columns(found.changed, profile))
    key = session.field(audit_id, f"{_asked(audit_id)}/changed person")
    st.selectbox(
        "Look at one of them",
        range(len(found.changed)),
        index=None,
        format_func=[_words(one, profile) for one in found.changed].__getitem__,
        placeholder="Choose a row",
        key=key,
        on_change=_look,
        args=(audit_id, key, found.changed, profile),
    )


def _asked(audit_id: str) -> str:
    """The job behind the list: a choice belongs to one list only."""
    asked = session.workspace().asked_why(audit_id)
    return "" if asked is None else asked.id


def _columns(changed: tuple[Changed, ...], profile: Profile) -> dict[str, list[str]]:
    return {
        "Row": [f"{profile.file_row(one.row):,}" for one in changed],
        "Who": [name_of(one.group) for one in changed],
        "Score before": [f"{one.score_before:.2f}" for one in changed],
        "Score after": [f"{one.score_after:.2f}" for one in changed],
        "Decision": [_turned(one) for one in changed],
    }


def _words(one: Changed, profile: Profile) -> str:
    return f"Row {profile.file_row(one.row):,}: {one.score_before:.2f} to {one.score_after:.2f}, {_turned(one)}"


def _turned(one: Changed) -> str:
    return "newly selected" if one.selected_after else "no longer selected"


def _look(audit_id: str, key: str, changed: tuple[Changed, ...], profile: Profile) -> None:
    place = st.session_state[key]
    if place is not None:
        row = changed[place].row
        session.put(explain_person.row_key(audit_id), profile.file_row(row))
        session.attempt(explain_person.begin, audit_id, row, ())
