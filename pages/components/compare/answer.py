"""What two audits come to side by side: in what they differ, then each question with a picture, table and sentences."""

from dataclasses import dataclass

import streamlit as st

from core.metrics.comparison import GapChange
from core.metrics.gaps import GAPS
from core.metrics.joint import JointCounts
from core.metrics.reference import By
from core.record import AuditRecord
from core.report.charts.changes import AXIS, changes_chart, height
from core.report.pair.change_rows import change_table
from core.report.pair.side_by_side import TURNS, SideBySide
from core.report.words.questions import question_in_unit
from pages.components import in_full, plain, session, verdict
from pages.components.compare.picking import Picked
from pages.components.help.tip import tip
from pages.components.unchecked import unchecked

_MOST_IN_VIEW, _HEIGHT = 8, 620
_AT_ONCE = 40
_KEPT = 8
_QUESTION, _BY = "compare/question", "compare/by"


@dataclass(frozen=True)
class LookedAt:
    """What is looked at: a measure, between the groups of these columns."""

    measure: str
    by: By


def of(picked: Picked) -> SideBySide:
    """The first two of what was picked, compared. Raises PlanError where they have no column in common."""
    first, second = picked.records[:2]
    pair = session.workspace().paired(picked.audits[1].id, picked.audits[0].id)
    if pair is None:
        return _compared(first.digest, second.digest, "", first, second, None)
    return _compared(pair.before.digest, second.digest, "asked again", pair.before, second, pair.paired.joint)


@st.cache_resource(max_entries=_KEPT, scope="session", show_spinner="Comparing the two")
def _compared(
    first_digest: str,
    second_digest: str,
    how: str,
    _first: AuditRecord,
    _second: AuditRecord,
    _joint: JointCounts | None,
) -> SideBySide:
    return SideBySide.of(_first, _second, _joint)


def differences(compared: SideBySide, picked: Picked) -> None:
    """Say in what the two differ, before anything that follows from it."""
    first = picked.records[0].decided_sha256
    if first not in (compared.before.decided_sha256, compared.after.decided_sha256):
        st.info("What decides in the first audit was asked again about the people of the second.")
    if compared.differences:
        st.header("What differs between them", anchor=False)
        plain.bullets([difference.text for difference in compared.differences])
    elif compared.before.decided_sha256 != compared.after.decided_sha256:
        st.write("Both ask the same of the same people.")
    else:
        st.write("Both ask the same of the same people, and the same decides.")
    st.caption(compared.range_words, help=tip("same_people"))


def show(compared: SideBySide) -> LookedAt | None:
    """Show the answer, question by question; None where nothing is in both audits."""
    st.header("What changed", anchor=False)
    plain.text(compared.tally_words)
    if not compared.measures:
        return None
    question = _ask(compared)
    gaps = compared.gaps(question.measure, question.by)
    if gaps:
        _picture(compared, gaps)
        for gap in gaps[:_MOST_IN_VIEW]:
            _line(gap, compared)
        with st.expander("The same numbers as a table"):
            plain.table(change_table(gaps, compared.terms))
    else:
        st.info("This question is not in both audits for these columns. Choose another.")
    _everything(compared)
    return question


def _ask(compared: SideBySide) -> LookedAt:
    asked, whom = st.columns([3, 2])
    words = {name: question_in_unit(GAPS[name], compared.terms) for name in compared.measures}
    tables = {" × ".join(by): by for by in compared.tables}
    for key, there in ((_QUESTION, words), (_BY, tables)):
        if st.session_state.get(key) not in there:  # what was chosen for other audits
            st.session_state.pop(key, None)
    with asked:
        measure = st.selectbox("Question", list(words), format_func=words.__getitem__, key=_QUESTION)
        in_full.show("compare-question", words[str(measure)])
    by = whom.selectbox("By", list(tables), key=_BY)
    return LookedAt(str(measure), tables[str(by)])


def _picture(compared: SideBySide, gaps: list[GapChange]) -> None:
    """A ring and a dot for each group; the same numbers stand in the table below."""
    drawn = [gap for gap in gaps if gap.before is not None or gap.after is not None]
    if not drawn:
        return
    ranges = {
        (gap.measure, gap.by, tuple(gap.group.values())): (gap.low, gap.high) for gap in compared.judged_before.gaps
    }
    first = [ranges.get((gap.measure, gap.by, tuple(gap.group.values())), (None, None)) for gap in drawn]
    words = [TURNS[gap.verdict] for gap in drawn]
    told = "; ".join(f"{compared.terms.name(gap.group)}: {TURNS[gap.verdict]}" for gap in drawn)
    with st.container(height=_HEIGHT if len(drawn) > _MOST_IN_VIEW else "content", border=False):
        st.altair_chart(
            unchecked(changes_chart(drawn, first, compared.terms, words)),
            height=height(len(drawn)) + AXIS,
            alt=f"Each group in the first and in the second audit. {told}.",
        )
    st.caption(
        "The ring is the first audit, the dot the second, lines are plausible ranges. Dashed: no difference.",
        help=tip("plausible_range"),
    )


def _line(gap: GapChange, compared: SideBySide) -> None:
    word, said = st.columns([1, 6], gap="small")
    with word:
        verdict.turn(gap.verdict)
    with said:
        plain.text(compared.sentence(gap))


def _everything(compared: SideBySide) -> None:
    """All gaps by what became of them, a click away."""
    st.subheader("Every question and every group", anchor=False)
    tested = [gap for gap in compared.comparison.gaps if GAPS[gap.measure].is_tested]
    for turn, word in TURNS.items():
        here = [gap for gap in tested if gap.verdict == turn]
        if here:
            with st.expander(f"{word}: {len(here)}"):
                plain.bullets([compared.sentence(gap) for gap in here[:_AT_ONCE]])
                if len(here) > _AT_ONCE:
                    st.caption(f"And {len(here) - _AT_ONCE} more, in the files to download.")
