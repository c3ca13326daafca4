"""How sure the answer is: ranges, chance, every group's figures and what was compared, for who asks."""

import streamlit as st

from core.metrics.findings.ordering import Finding, further_words, headlines
from core.record import AuditRecord
from core.report.words.audit import MOST_IN_THE_ANSWER, in_the_answer, question_notes, tally
from core.report.words.overview import Overview
from pages.components import plain, verdict
from pages.components.audit import judgement
from pages.components.audit.glance import picture
from pages.components.audit.glance.selection import Chosen
from pages.components.help.tip import tip


def show(audit_id: str, record: AuditRecord, overview: Overview, chosen: Chosen) -> None:
    """Show the findings on what was chosen in full, its figures, and how the whole question was put."""
    judged = judgement.at(record)
    headline = headlines(judged, record.plan)
    with st.expander("How sure is this?"):
        for finding in in_the_answer(overview.findings(chosen.measure, chosen.by)):
            _finding(finding, further_words(finding, headline, judged, record.plan))
        shown = picture.at_threshold(audit_id, record, chosen)
        if shown is not None:
            picture.numbers(shown)
        _summary(headline)
        st.caption("  \n".join(plain.escape(note) for note in question_notes(record, judged)), help=tip("four_fifths"))


def _finding(finding: Finding, again: str = "") -> None:
    word, sentence = st.columns([1, 6], gap="small")
    with word:
        verdict.mark(finding.verdict, word=finding.word)
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
        for kind, said, n in tally(found):
            verdict.mark(kind, f": {n}", said)
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
