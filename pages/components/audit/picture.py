"""One measure over one table of groups, as a picture and as a table; a threshold can be tried on it."""

from functools import partial

import streamlit as st

from core.metrics.findings.ordered import headlines
from core.metrics.gaps import GAPS, Measure
from core.metrics.reference import By
from core.metrics.verdicts import Judgement, plan_threshold
from core.metrics.words import sampling_note
from core.metrics.words.naming.terms import Terms
from core.plan.plan import Plan
from core.record import AuditRecord
from core.report.charts import ROW, standings_chart
from core.report.words.by_group import (
    Standings,
    bands_words,
    gap_range_words,
    gaps_words,
    measures,
    question,
    rate_range_words,
    rate_words,
    standings,
    technical_names,
)
from pages.components import plain, session, verdict
from pages.components.audit import judgement, take_away

MEASURE, BY = "measure", "by"
_MOST_IN_VIEW = 12
_HEIGHT = 640
_AXIS = 96


@st.fragment
def show(audit_id: str, record: AuditRecord, meant: By = ()) -> None:
    """Show the pickers, the picture with its table, and what can be taken away.

    It opens on the columns that are `meant`, else where the answer begins.
    """
    planned = judgement.at(record)
    what, whom, where = st.columns([3, 2, 3], vertical_alignment="bottom")
    with what:
        measure = _measure(audit_id, measures(planned, record.plan), Terms.of(record.plan))
    with whom:
        first = meant if meant in planned.references else _worst(planned, record.plan)
        by = _by(audit_id, list(planned.references), first)
    with where:
        tried = _threshold(audit_id, record)
    shown = standings(planned if tried is None else judgement.at(record, tried), record.plan, by, measure)
    if tried is not None:
        _exploring(audit_id, record, tried)
    if shown is None:
        st.info("There is only one group here, so nothing can be compared.")
    else:
        _shown(shown)
    take_away.show(audit_id, record, by, measure)


def look_at(audit_id: str, measure: Measure, by: int) -> None:
    """Turn the picture to a measure and to the `by`-th of the judgement's tables: from a callback."""
    session.put(session.field(audit_id, MEASURE), measure.name)
    session.put(session.field(audit_id, BY), by)


def _measure(audit_id: str, offered: list[Measure], terms: Terms) -> Measure:
    names = [measure.name for measure in offered]
    name = st.selectbox(
        "What is compared?",
        names,
        format_func={name: question(GAPS[name], terms) for name in names}.__getitem__,
        key=session.field(audit_id, MEASURE),
        help="  \n".join(f"{question(GAPS[name], terms)} *{technical_names(GAPS[name])}*" for name in names),
    )
    return GAPS[name]


def _by(audit_id: str, options: list[By], first: By) -> By:
    words = [" × ".join(by) for by in options]
    key = session.seed(session.field(audit_id, BY), options.index(first))
    place: int = st.selectbox("By", range(len(options)), format_func=words.__getitem__, key=key)
    return options[place]


def _worst(planned: Judgement, plan: Plan) -> By:
    """The columns of the first finding: the picture opens where the answer begins."""
    found = headlines(planned, plan)
    return planned.gaps[found[0].gap].by if found else next(iter(planned.references))


def _threshold(audit_id: str, record: AuditRecord) -> float | None:
    """The threshold that is tried; None at the plan's own, or where there is none to move."""
    options = record.thresholds
    if not options:
        return None
    own = plan_threshold(record.plan)
    chosen = st.select_slider(
        "Threshold",
        options,
        format_func=partial(_threshold_words, own=own),
        key=session.seed(session.field(audit_id, "threshold"), own),
        help="Try where the line between yes and no could lie. This changes the picture and the table, not the answer.",
    )
    return None if chosen == own else chosen


def _threshold_words(limit: float, own: float) -> str:
    return f"{limit:g} (the plan's)" if limit == own else f"{limit:g}"


def _exploring(audit_id: str, record: AuditRecord, tried: float) -> None:
    own = plan_threshold(record.plan)
    said, back = st.columns([5, 2], vertical_alignment="center")
    said.info(f"{tried:g} is a threshold you tried. The answer above stays at the plan's, {own:g}.")
    key = session.field(audit_id, "threshold")
    back.button("Back to the plan's threshold", on_click=session.put, args=(key, own))


def _shown(shown: Standings) -> None:
    picture, numbers = st.columns([2, 3], gap="medium")
    with picture, _framed(shown):
        st.altair_chart(standings_chart(shown), height=ROW * len(shown.rows) + _AXIS, alt=_alt(shown))
    with numbers:
        with _framed(shown):
            plain.table(_columns(shown))
        st.caption(f"Acceptable: {bands_words(shown.bands)}. {sampling_note(shown.people)}")


def _framed(shown: Standings) -> st.delta_generator.DeltaGenerator:
    return st.container(height=_HEIGHT if len(shown.rows) > _MOST_IN_VIEW else "content", border=False)


def _alt(shown: Standings) -> str:
    asked = question(shown.measure, shown.terms)
    return f"{asked} {len(shown.rows)} groups; the same numbers stand in the table beside it."


def _columns(shown: Standings) -> dict[str, list[str]]:
    """The columns of the table; a measure that averages two rates has none of its own to list."""
    rows = shown.rows
    columns = {
        "Group": [row.name for row in rows],
        "Verdict": [verdict.cell(row.mark, row.verdict_words) for row in rows],
    }
    if shown.shows_rates:
        columns["Rate"] = [rate_words(row) for row in rows]
        columns["Plausible rate"] = [rate_range_words(row) for row in rows]
    columns["Gap"] = [gaps_words(row) for row in rows]
    columns["Plausible gap"] = ["" if row.gap is None else gap_range_words(row.gap) for row in rows]
    return columns | {shown.people.capitalize(): [f"{row.people:,}" for row in rows]}
