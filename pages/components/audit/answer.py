"""The answer: what a policy person can repeat, and what must be said beside it."""

import streamlit as st

from core.metrics.findings.also import also_gaps
from core.metrics.findings.ordered import Finding, further_words, headlines
from core.metrics.gaps import GAPS
from core.metrics.verdicts import Judgement
from core.metrics.words.naming.terms import Terms
from core.record import AuditRecord
from core.report.words.audit import MOST_IN_THE_ANSWER, in_the_answer, question_notes, tally
from core.report.words.by_group import also_words, question
from pages.components import plain, session, verdict
from pages.components.audit import picture
from pages.components.data import doubts


def show(audit_id: str, record: AuditRecord, judgement: Judgement) -> None:
    """Show the first findings on the headline question, how many there are of each kind, and the notes."""
    found = headlines(judgement, record.plan)
    st.header("The answer", anchor=False)
    doubts.before_the_answer(audit_id, record)
    if not found:
        st.info(
            "There is only one group in this table, so nothing could be compared. Choose a sensitive column with more."
        )
        return
    st.caption(question(GAPS[judgement.gaps[found[0].gap].measure], Terms.of(record.plan)))
    for finding in in_the_answer(found):
        _finding(finding, further_words(finding, found, judgement, record.plan))
    _also(audit_id, record, judgement)
    _summary(found)
    st.caption("  \n".join(plain.escape(note) for note in question_notes(record, judgement)))
    doubts.under_the_answer(audit_id, record)


def _also(audit_id: str, record: AuditRecord, judgement: Judgement) -> None:
    """The other measures with a gap; a click on one turns the picture to it."""
    also = also_gaps(judgement, record.plan)
    if not also:
        return
    words = {name: plain.escape(also_words(GAPS[name], tables, Terms.of(record.plan))) for name, tables in also.items()}
    places = {name: list(judgement.references).index(tables[0]) for name, tables in also.items()}
    key = session.action(audit_id, "also")
    st.pills(
        "Gaps also on",
        list(also),
        format_func=words.__getitem__,
        key=key,
        help="A click shows it in the picture below.",
        on_change=_show_in_picture,
        args=(audit_id, key, places),
    )


def _show_in_picture(audit_id: str, key: str, places: dict[str, int]) -> None:
    name = st.session_state[key]
    if name is not None:
        picture.look_at(audit_id, GAPS[name], places[name])


def _finding(finding: Finding, again: str = "") -> None:
    word, sentence = st.columns([1, 6], gap="small")
    with word:
        verdict.mark(finding.verdict)
    with sentence:
        plain.text(finding.opening or finding.text)
        if finding.opening:
            st.caption(plain.escape(finding.rest))
        if again:
            st.caption(plain.escape(again))


def _summary(found: list[Finding]) -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        n = sum(finding.comparisons for finding in found)
        st.caption(f"{n} comparison{'s' if n > 1 else ''}:", width="content")
        for kind, n in tally(found):
            verdict.mark(kind, f": {n}")
    if len(found) > MOST_IN_THE_ANSWER:
        every = st.expander(f"All {len(found)} findings on this question", on_change="rerun")
        if every.open:
            with every:
                _every(found)


def _every(found: list[Finding]) -> None:
    """All of them, what only shows a gap again inside smaller groups under a line of its own."""
    for finding in found:
        if finding.repeats is None:
            _finding(finding)
    again = [finding for finding in found if finding.repeats is not None]
    if again:
        st.caption("Smaller groups that show, or may show, a gap from above again:")
    for finding in again:
        _finding(finding)
