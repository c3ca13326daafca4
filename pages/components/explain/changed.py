"""Who is decided about in another way after: a list of rows, and one of them to look at."""

import streamlit as st

from core.data.profile import Profile
from core.explain.explanation import MOST_CHANGED, Changed, Explanation
from core.metrics.words import rows_word
from core.metrics.words.naming.terms import Terms
from core.report.words.explanations import score_words
from pages.components import plain, session
from pages.components.explain import person

_HEIGHT, _TALL = 320, 7


def show(audit_id: str, found: Explanation) -> None:
    """Show the list, those first whose score changed most; picking one looks at that person."""
    st.header("Who changed", anchor=False)
    profile = session.workspace().profile(audit_id)
    if not session.workspace().has_rows(audit_id):
        st.info("Who they were was deleted with the uploaded table after a day, as announced.")
        return
    if not found.changed or profile is None:
        st.write(f"Of the {rows_word(found.plan)} that were explained, none is decided about in another way.")
        return
    st.caption(f"{_how_many(found)} The list goes with your table after a day.")
    plain.table(_columns(found, profile), most_high=_HEIGHT if len(found.changed) > _TALL else None)
    key = session.field(audit_id, f"{_asked(audit_id)}/changed person")
    st.selectbox(
        "Look at one of them",
        range(len(found.changed)),
        index=None,
        format_func=[_words(one, found, profile) for one in found.changed].__getitem__,
        placeholder="Choose a row",
        key=key,
        on_change=_look,
        args=(audit_id, key, found.changed, profile),
    )


def _asked(audit_id: str) -> str:
    """The job behind the list: a choice belongs to one list only."""
    asked = session.workspace().asked_why(audit_id)
    return "" if asked is None else asked.id


def _how_many(found: Explanation) -> str:
    """How many are decided about in another way after, and in which order they stand.

    Where a fix only moves thresholds no score changes: then they stand in the order of the table.
    """
    people, explained, several = rows_word(found.plan), f"{found.before.people:,}", len(found.changed) > 1
    moved = any(one.score_before != one.score_after for one in found.changed)
    if not several:
        return f"One of the {explained} {people} that were explained is decided about in another way after."
    if len(found.changed) < MOST_CHANGED:
        return (
            f"{len(found.changed)} of the {explained} {people} that were explained are decided about in another way "
            f"after{', those first whose score changed most' if moved else '; their scores are the same'}."
        )
    return (
        f"At least {MOST_CHANGED} of the {explained} {people} that were explained are decided about in another way "
        f"after; here are {f'the {MOST_CHANGED} whose score changed most' if moved else f'{MOST_CHANGED} of them'}."
    )


def _columns(found: Explanation, profile: Profile) -> dict[str, list[str]]:
    changed = found.changed
    return {
        "Row": [f"{profile.file_row(one.row):,}" for one in changed],
        "Who": [Terms.of(found.plan).name(one.group) for one in changed],
        "Score before": [_scores(one, found)[0] for one in changed],
        "Score after": [_scores(one, found)[1] for one in changed],
        "Decision": [_turned(one, found) for one in changed],
    }


def _words(one: Changed, found: Explanation, profile: Profile) -> str:
    before, after = _scores(one, found)
    return f"Row {profile.file_row(one.row):,}: {before} to {after}, {_turned(one, found)}"


def _scores(one: Changed, found: Explanation) -> tuple[str, str]:
    """The score before and after, each beside the score that was needed then."""
    after = found.plan if found.plan_after is None else found.plan_after
    return score_words(one.score_before, found.plan, one.group), score_words(one.score_after, after, one.group)


def _turned(one: Changed, found: Explanation) -> str:
    return f"{'newly' if one.selected_after else 'no longer'} {Terms.of(found.plan).selected}"


def _look(audit_id: str, key: str, changed: tuple[Changed, ...], profile: Profile) -> None:
    place = st.session_state[key]
    if place is not None:
        person.begin_at(audit_id, changed[place].row, profile)
