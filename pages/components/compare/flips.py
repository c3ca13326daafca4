"""Whose decisions flip from the first audit to the second, and whether that falls on one group."""

from collections.abc import Sequence

import streamlit as st

from core.metrics.flips import Flips
from core.metrics.words import group_words
from core.report.pair.side_by_side import SideBySide
from core.store.workspace import Audit
from pages.components import job_status, plain, session
from pages.components.compare.answer import LookedAt
from pages.components.compare.picking import Picked

_CHANCE = {
    "more": "More than chance explains",
    "fewer": "Fewer than chance explains",
    "unclear": "Chance may explain it",
}
_HEIGHT, _TALL = 420, 12


def show(compared: SideBySide, question: LookedAt | None, picked: Picked) -> None:
    """Show it where both decided about the same people; else what would tell, and a way to ask `picked`."""
    st.header("Whose decisions flip", anchor=False)
    if compared.hides_flips:
        st.write("Small numbers are hidden on request, and how few flip is one of them.")
        return
    if not compared.is_paired:
        st.write("Two records hold counts, so nobody's two decisions can be told from them.")
        first, second = picked.audits[:2]
        is_asked = session.workspace().get(second.id).stage == "pair"
        if not (is_asked and job_status.show(second)):
            _offer(first, second)
        return
    for sentence in compared.flip_words():
        plain.text(sentence)
    everybody = compared.comparison.everybody
    if everybody is None or not everybody.newly_selected + everybody.newly_refused:
        return
    here = [row for row in compared.flips if question is not None and row.by == question.by]
    rest = [row for row in compared.flips if row not in here]
    if here:
        plain.table(_columns(here, compared), most_high=_height(here))
        st.caption("Each group is tested against all others of its column, and many tests are allowed for.")
    if rest:
        with st.expander("Flips by the other columns"):
            plain.table(_columns(rest, compared), most_high=_height(rest))


def _offer(first: Audit, second: Audit) -> None:
    """The button that asks both, where what it takes is here; else what does."""
    space = session.workspace()
    if space.has_rows(second.id):
        st.button(
            "Ask both about the same people",
            key=session.action(second.id, f"pair with {first.id}"),
            on_click=session.attempt,
            args=(space.pair, second.id, first.id),
            help="Both decide about the people of the second audit. Ranges are then narrower.",
        )
        return
    st.caption("The rows of the second audit are not here, so both cannot be asked about its people.")
    if space.has_rows(first.id):
        st.caption("Those of the first are: swap the two, and both can be asked.")
    else:
        st.caption("The command plumbline audit PLAN --against RECORD does it where they are.")


def _height(rows: Sequence[Flips]) -> int | None:
    return _HEIGHT if len(rows) > _TALL else None


def _columns(rows: Sequence[Flips], compared: SideBySide) -> dict[str, list[str]]:
    terms = compared.terms
    return {
        "Group": [group_words(row.group, terms) for row in rows],
        terms.people.capitalize(): [f"{row.n:,}" for row in rows],
        "Flip": [f"{row.flipped:,}" for row in rows],
        f"Newly {terms.selected}": [f"{row.newly_selected:,}" for row in rows],
        f"Newly {terms.turned_down}": [f"{row.newly_refused:,}" for row in rows],
        "Of 100": [f"{100 * row.flipped / row.n:.1f} ({100 * row.low:.1f} to {100 * row.high:.1f})" for row in rows],
        "Beside all others": [_CHANCE[row.verdict] for row in rows],
    }
