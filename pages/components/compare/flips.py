"""Whose decisions flip from the first audit to the second, and whether that falls on one group."""

from collections.abc import Sequence

import streamlit as st

from core.metrics.flips import Flips
from core.report.pair.change_rows import flips_table
from core.report.pair.side_by_side import SideBySide
from core.store.workspace import Audit
from pages.components import job_status, plain, session
from pages.components.compare.answer import LookedAt
from pages.components.compare.picking import Picked
from pages.components.help.tip import tip

_HEIGHT, _TALL = 420, 12
_ASKED = "both models were asked"


def ask_both(compared: SideBySide, picked: Picked) -> None:
    """Where it would tell more, a way to ask both audits about the same people; nothing where they were asked."""
    if compared.hides_flips or compared.is_paired:
        return
    first, second = picked.audits[:2]
    is_asked = session.workspace().get(second.id).stage == "pair"
    if is_asked and job_status.show(second):
        return
    if st.session_state.pop(_ASKED, None) is not None:  # the answer may have come since the two were compared
        st.rerun()
    _offer(first, second)


def show(compared: SideBySide, question: LookedAt | None) -> None:
    """Show it where both decided about the same people; else what would tell."""
    st.header("Whose decisions flip", anchor=False, help=tip("flip"))
    if compared.hides_flips:
        st.write("Small numbers are hidden on request, and how few flip is one of them.")
        return
    if not compared.is_paired:
        st.write("Two records hold counts, so nobody's two decisions can be told from them.")
        st.caption("To know, both must be asked about the same people: see “What differs between them”.")
        return
    for sentence in compared.flip_words():
        plain.text(sentence)
    everybody = compared.comparison.everybody
    if everybody is None or not everybody.newly_selected + everybody.newly_refused:
        return
    here = [row for row in compared.flips if question is not None and row.by == question.by]
    rest = [row for row in compared.flips if row not in here]
    if here:
        plain.table(flips_table(here, compared.terms), most_high=_height(here))
        st.caption(
            "Each group is tested against all others of its column. "
            "A group is named only where chance hardly explains it, however many groups there are."
        )
    if rest:
        with st.expander("Flips by the other columns"):
            plain.table(flips_table(rest, compared.terms), most_high=_height(rest))


def _offer(first: Audit, second: Audit) -> None:
    """The button that asks both, where what it takes is here; else what does."""
    space = session.workspace()
    if space.has_rows(second.id):
        st.button(
            "Ask both about the same people",
            key=session.action(second.id, f"pair with {first.id}"),
            on_click=_ask,
            args=(first.id, second.id),
            help="Both decide about the people of the second audit. Ranges are then narrower.",
        )
        return
    st.caption("The rows of the second audit are not here, so both cannot be asked about its people.")
    if space.has_rows(first.id):
        st.caption("Those of the first are: swap the two, and both can be asked.")
    else:
        st.caption("The command plumbline audit PLAN --against RECORD does it where they are.")


def _ask(first: str, second: str) -> None:
    session.put(_ASKED, True)
    session.attempt(session.workspace().pair, second, first)


def _height(rows: Sequence[Flips]) -> int | None:
    return _HEIGHT if len(rows) > _TALL else None
