"""The details behind the answer, one expander each: closed until somebody asks."""

import streamlit as st

from core.data.profile import Profile
from core.data.roles.personal import masked, personal_columns
from core.metrics.gaps import GAPS
from core.metrics.group_metrics import METRICS, SCORE_METRICS, Estimate
from core.metrics.small_cells.hidden import number_words
from core.metrics.verdicts import Gap, GroupResult, Judgement
from core.metrics.words import group_words
from core.metrics.words.naming.terms import Terms
from core.metrics.words.notes import text
from core.record import AuditRecord
from core.report.words.audit import data_facts, left_out_table, near_note, run_facts, second_opinion_note
from core.report.words.by_group import gap_range_words, gap_words
from core.report.words.questions import question_in_unit, technical_name
from pages.components import plain, session, verdict
from pages.components.help.tip import MACHINE, PART, tip


def show(audit_id: str, record: AuditRecord, judgement: Judgement, profile: Profile | None) -> None:
    """Show the expanders."""
    with st.expander("All measures of a group"):
        _measures(audit_id, judgement, Terms.of(record.plan))
    with st.expander("A second opinion: AIF360"):
        st.markdown(second_opinion_note(record.second_opinion), help=tip("second_opinion"))
    with st.expander("The data behind it"):
        plain.facts(data_facts(record))
        left_out = left_out_table(record)
        if left_out:
            plain.table(left_out)
        if profile is not None:
            plain.text(profile.words)
        if not session.workspace().has_rows(audit_id):
            st.write("The uploaded rows were deleted after a day, as announced. These counts stay.")
        if record.notes:
            plain.bullets([text(note, Terms.of(record.plan)) for note in record.notes])
    if record.fed:
        with st.expander("What the model was fed"):
            plain.table(_fed_rows(record, profile))
    with st.expander("How this was computed"):
        st.write(near_note(record))
        plain.facts(run_facts(record))
        st.write(session.workspace().protection.sentence())
        st.page_link("pages/help.py", label="What this machine can do", query_params={PART: MACHINE})
    with st.expander("The plan"):
        st.code(record.plan.to_toml(), language="toml")


def _fed_rows(record: AuditRecord, profile: Profile | None) -> dict[str, list[str]]:
    """Each input's place, column and first cell, for as long as the table's first rows are kept."""
    head = profile.head[0] if profile is not None and profile.head else ()
    first = dict(zip(profile.names, head, strict=False)) if profile is not None else {}
    hidden = {} if profile is None else personal_columns(profile)
    shown = [(each.column, first.get(each.column, each.first or "")) for each in record.fed]
    return {
        "Place": [str(each.position) for each in record.fed],
        "Column": [each.column for each in record.fed],
        "In the first row": [masked(cell) if name in hidden else cell for name, cell in shown],
    }


def _measures(audit_id: str, judgement: Judgement, terms: Terms) -> None:
    groups = judgement.groups
    words = [f"{group_words(group.group, terms)} ({number_words(group.n)})" for group in groups]
    place = st.selectbox(
        "Group", range(len(groups)), format_func=words.__getitem__, key=session.field(audit_id, "group")
    )
    st.caption("Each number has its plausible range.", help=tip("plausible_range"))
    plain.table(_metric_rows(groups[place], terms))
    gaps = [gap for gap in judgement.gaps if gap.group == groups[place].group]
    if gaps:
        plain.text(f"Compared with {group_words(gaps[0].reference, terms)}")
        plain.table(_gap_rows(gaps, terms))
    else:
        st.caption("This is the group that the others are compared with.")


def _note(estimate: Estimate) -> str:
    if estimate.binning_error:
        return f"computed on score steps: at most {estimate.binning_error:.4f} from the exact score's"
    if estimate.effective_n is not None:
        return f"as sure as {estimate.effective_n:,.0f} people who count alike, one row each"
    return estimate.reason or ""


def _metric_rows(group: GroupResult, terms: Terms) -> dict[str, list[str]]:
    metrics = group.metrics
    return {
        "Question": [terms.said((METRICS[name] if name in METRICS else SCORE_METRICS[name]).asks) for name in metrics],
        "Value": [_value(name, estimate) for name, estimate in metrics.items()],
        "Plausible range": [_range(name, estimate) for name, estimate in metrics.items()],
        terms.people.capitalize(): [
            "" if e.denominator is None else f"{int(e.denominator):,}" for e in metrics.values()
        ],
        "Note": [_note(estimate) for estimate in metrics.values()],
        "Name in the field": [name.replace("_", " ") for name in metrics],
    }


def _gap_rows(gaps: list[Gap], terms: Terms) -> dict[str, list[str]]:
    return {
        "Question": [question_in_unit(GAPS[gap.measure], terms) for gap in gaps],
        "Gap": [gap_words(gap) for gap in gaps],
        "Plausible range": [gap_range_words(gap) for gap in gaps],
        "Verdict": ["no verdict" if gap.verdict is None else verdict.cell(gap.verdict) for gap in gaps],
        "Why": [gap.reason for gap in gaps],
        "Name in the field": [technical_name(GAPS[gap.measure]) for gap in gaps],
    }


def _value(name: str, estimate: Estimate) -> str:
    return "–" if estimate.value is None else f"{_number(name, estimate.value)}{_unit(name)}"


def _range(name: str, estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return "–"
    return f"{_number(name, estimate.low)} to {_number(name, estimate.high)}{_unit(name)}"


def _number(name: str, value: float) -> str:
    return f"{100 * value:.1f}" if name in METRICS else f"{value:.3f}"


def _unit(name: str) -> str:
    """Shares of people are percentages, as in the answer; measures of scores are plain numbers."""
    return "\u00a0%" if name in METRICS else ""
