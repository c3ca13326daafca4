"""On the audit of a fix: whom it is about, and the way back to the audit that the fix was found for."""

from dataclasses import replace

import streamlit as st

from core.errors import PlumblineError
from core.metrics.words import rows_word
from core.mitigate.goals.goal_test import KEPT_WORDS, VERDICTS
from core.record import AuditRecord
from core.report.charts import mark_svg
from core.report.pair.fix_result import MOST_GAPS, FixResult
from core.store.workspace import Audit
from pages.components import plain, session, verdict
from pages.components.compare import picking

_MOST = 4


def show(audit: Audit, record: AuditRecord) -> None:
    """Say that this is the audit of a fix, where it is one."""
    if audit.original is None:
        return
    rows = rows_word(record.plan)
    here = f"The {record.counts.people:,} {rows} here"
    if record.plan.data.held_out is None:
        who = f"{here} stand in {plain.quoted(record.plan.data.file)}, the table that judged it."
    else:
        left_out = f"the {record.dropped[-1]:,} others served to fit or choose it, and are left out"
        who = f"{here} are those set aside for the judgement; {left_out}."
    if _is_asked_as(audit.original, record):
        st.info(f"This is the audit of a fix. {who}")
        _pair(audit, record)
    else:
        st.warning(
            "This is the audit of a fix, and its question is no longer the original's. The fix may have been fitted on "
            f"some of these {rows}, and look better than it is."
        )
    back(audit)


def pair_of(audit: Audit) -> FixResult | None:
    """What is told of an audit and its fix; None where it is no audit of a fix, or began before that was kept."""
    try:
        return None if audit.fix is None else FixResult.from_text(audit.fix)
    except (KeyError, TypeError, ValueError):
        return None


def columns_meant(audit: Audit, record: AuditRecord) -> tuple[str, ...]:
    """The columns whose groups a fix was for, where this is its audit; else none."""
    pair = _pair_for(audit, record)
    return () if pair is None else pair.by


def _pair_for(audit: Audit, record: AuditRecord) -> FixResult | None:
    """What is told of a fix, where this audit still asks what it was told for."""
    pair = pair_of(audit)
    return pair if pair is not None and pair.asked == record.plan.question_sha256 else None


def _pair(audit: Audit, record: AuditRecord) -> None:
    """What the fix was for, before beside after, and what got worse."""
    pair = _pair_for(audit, record)
    if pair is None:
        return
    st.header("What the fix was for", anchor=False)
    st.caption(plain.escape(f"{pair.title}. Asked: {pair.question}."))
    _line(mark_svg(VERDICTS[pair.kept], 18), KEPT_WORDS[pair.kept], pair.said)
    _turns(pair.lines[: MOST_GAPS + 1])
    rest = pair.lines[MOST_GAPS + 1 :]
    if rest:
        with st.expander(f"{len(rest)} more group{'s' if len(rest) > 1 else ''}"):
            _turns(rest)
    if pair.worse:
        st.subheader("What got worse", anchor=False)
    for sentence in pair.worse[:_MOST]:
        st.warning(plain.escape(sentence))
    if len(pair.worse) > _MOST:
        with st.expander(f"{len(pair.worse) - _MOST} more"):
            for sentence in pair.worse[_MOST:]:
                plain.text(sentence)


def _turns(lines: tuple[tuple[str, str], ...]) -> None:
    for turned, sentence in lines:
        word, said = st.columns([1, 6], gap="small")
        with word:
            verdict.turn(turned)
        with said:
            plain.text(sentence)


def _line(svg: str, words: str, sentence: str) -> None:
    word, said = st.columns([1, 6], gap="small")
    with word:
        verdict.drawn(svg, words)
    with said:
        plain.text(sentence)


def _is_asked_as(original_id: str, record: AuditRecord) -> bool:
    """Whether the people set aside are the same: who they are follows from table, outcome, groups and seed."""
    try:
        original = session.workspace().record(original_id)
    except PlumblineError:  # it was deleted
        return True
    if original is None or record.plan.data.held_out is None:
        return True
    mine, theirs = record.plan, original.plan
    data = replace(mine.data, held_out=None, confirmed=theirs.data.confirmed)
    groups = replace(mine.groups, reference=theirs.groups.reference)  # the same one, by name
    return (data, groups, mine.run) == (theirs.data, theirs.groups, theirs.run)


def back(audit: Audit) -> None:
    """The way to the audit that a fix was found for, where this is the audit of one."""
    if audit.original is None:
        return
    with st.container(horizontal=True):
        if st.button("To the original audit", key=session.action(audit.id, "original")):
            session.open_audit(audit.original, "audit")
        st.button(
            "Compare with the original",
            key=session.action(audit.id, "compare with the original"),
            on_click=picking.begin,
            args=(audit.original, audit.id),
            type="tertiary",
        )
