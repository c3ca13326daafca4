"""One question over one table of groups, as dots with their ranges or as people; a threshold can be tried on it."""

from functools import partial

import streamlit as st

from core.metrics.findings.title import FindingSide, Title
from core.metrics.reference import By
from core.metrics.small_cells.hidden import number_words
from core.metrics.verdicts import plan_threshold
from core.metrics.words import group_words, sampling_note
from core.metrics.words.naming.terms import Terms
from core.record import AuditRecord
from core.report.charts import drawn_height, standings_chart
from core.report.charts.icon_array import can_be_drawn, people_chart
from core.report.words.by_group import (
    Standings,
    bands_words,
    gap_range_words,
    gaps_words,
    rate_range_words,
    rate_words,
    standings,
)
from core.report.words.overview import Overview
from core.report.words.questions import question
from pages.components import plain, session, verdict
from pages.components.audit import judgement
from pages.components.audit.glance.selection import Chosen, choose
from pages.components.help.tip import tip
from pages.components.unchecked import unchecked

_VIEWS = ("Rates", "As people")
_MOST_IN_VIEW = 7
_HEIGHT = 420
_AXIS = 84


def show(audit_id: str, record: AuditRecord, overview: Overview, chosen: Chosen) -> None:
    """Show the picture with what turns it."""
    with st.container(key="picture"):
        view = _controls(audit_id, record, overview, chosen)
        tried = tried_threshold(audit_id, record)
        if tried is not None:
            _exploring(audit_id, record, tried)
        shown = at_threshold(audit_id, record, chosen)
        title = overview.title(chosen.measure, chosen.by)
        if shown is None or title is None:
            st.info("There is only one group here, so nothing can be compared.")
        elif view == _VIEWS[0] or tried is not None:
            _dots(shown)
        else:
            _people(title, chosen, overview.terms)


def at_threshold(audit_id: str, record: AuditRecord, chosen: Chosen) -> Standings | None:
    """Where the groups stand, at the threshold that is tried."""
    return standings(judgement.at(record, tried_threshold(audit_id, record)), record.plan, chosen.by, chosen.measure)


def numbers(shown: Standings) -> None:
    """Show every number of the picture as a table."""
    plain.table(_columns(shown))
    st.caption(f"Acceptable: {bands_words(shown.bands)}.", help=tip("limit"))
    st.caption(sampling_note(shown.people), help=tip("plausible_range"))


def _controls(audit_id: str, record: AuditRecord, overview: Overview, chosen: Chosen) -> str:
    """What the picture is about, how it is drawn, and the threshold; gives the view."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.header(
            plain.escape(f"{question(chosen.measure, overview.terms)} By {' × '.join(chosen.by)}"),
            anchor=False,
            width="stretch",
        )
        key = session.seed(session.field(audit_id, "view"), _VIEWS[0])
        view = st.segmented_control("Drawn", _VIEWS, key=key, required=True, label_visibility="collapsed")
        _crossing(audit_id, overview, chosen)
        if record.thresholds:
            with st.popover("Threshold"):
                _threshold(audit_id, record)
    return str(view)


def _crossing(audit_id: str, overview: Overview, chosen: Chosen) -> None:
    """Which of several crossed tables is shown, where one is."""
    tables = overview.columns[chosen.card].tables
    if len(tables) > 1:
        words = [" × ".join(by) for by in tables]
        key = session.field(audit_id, "crossing")
        st.session_state[key] = tables.index(chosen.by)
        st.selectbox(
            "Crossed columns",
            range(len(tables)),
            format_func=words.__getitem__,
            key=key,
            label_visibility="collapsed",
            width=220,
            on_change=_cross,
            args=(audit_id, overview, tables, key),
        )


def _cross(audit_id: str, overview: Overview, tables: tuple[By, ...], key: str) -> None:
    choose(audit_id, overview, tables[st.session_state[key]])


def tried_threshold(audit_id: str, record: AuditRecord) -> float | None:
    """The threshold that is tried; None at the plan's own, or where there is none to move."""
    own = plan_threshold(record.plan)
    chosen: float = st.session_state.get(session.field(audit_id, "threshold"), own)
    return chosen if record.thresholds and chosen != own else None


def _threshold(audit_id: str, record: AuditRecord) -> None:
    own = plan_threshold(record.plan)
    st.select_slider(
        "Threshold",
        record.thresholds,
        format_func=partial(_threshold_words, own=own),
        key=session.seed(session.field(audit_id, "threshold"), own),
        help=tip(
            "threshold",
            "Try where the line between yes and no could lie. This changes the picture and the table, not the answer.",
        ),
    )


def _threshold_words(limit: float, own: float) -> str:
    return f"{limit:g} (the plan's)" if limit == own else f"{limit:g}"


def _exploring(audit_id: str, record: AuditRecord, tried: float) -> None:
    own = plan_threshold(record.plan)
    said, back = st.columns([5, 2], vertical_alignment="center")
    said.info(f"{tried:g} is a threshold you tried. The finding stays at the plan's, {own:g}.")
    key = session.field(audit_id, "threshold")
    back.button("Back to the plan's threshold", on_click=session.put, args=(key, own))


def _dots(shown: Standings) -> None:
    rows = len(shown.rows)
    with st.container(height=_HEIGHT if rows > _MOST_IN_VIEW else "content", border=False):
        st.altair_chart(unchecked(standings_chart(shown)), height=drawn_height(rows) + _AXIS, alt=_alt(shown))


def _people(title: Title, chosen: Chosen, terms: Terms) -> None:
    """The two groups of the title as figures."""
    if len(chosen.measure.metrics) > 1 or not can_be_drawn(title):
        st.info("This cannot be drawn as people. See the rates.")
        return
    mine, theirs = (_said(side, chosen, terms) for side in title.sides)
    chart, height = people_chart(title, (mine, theirs))
    st.altair_chart(unchecked(chart), height=height + 10, alt=f"{mine}; {theirs}.")


def _said(side: FindingSide, chosen: Chosen, terms: Terms) -> str:
    """What stands above a group's figures: "Women: 57 of 100 are selected"."""
    words, of = group_words(side.group, terms), terms.said(chosen.measure.of)
    rate = "" if side.rate is None else side.rate.words
    return f"{words[0].upper()}{words[1:]}: {rate}{f' {of}' if of else ''} {chosen.measure.verb_words(terms)}"


def _alt(shown: Standings) -> str:
    return (
        f"{question(shown.measure, shown.terms)} {len(shown.rows)} groups; the numbers stand under “How sure is this?”."
    )


def _columns(shown: Standings) -> dict[str, list[str]]:
    """The columns of the table; a measure that averages two rates has none of its own to list."""
    rows = shown.rows
    columns = {
        "Group": [row.name for row in rows],
        "Verdict": [verdict.cell(row.mark, row.all_words) for row in rows],
    }
    if shown.shows_rates:
        columns["Rate"] = [rate_words(row) for row in rows]
        columns["Plausible rate"] = [rate_range_words(row) for row in rows]
    columns["Gap"] = [gaps_words(row) for row in rows]
    columns["Plausible gap"] = ["" if row.gap is None else gap_range_words(row.gap) for row in rows]
    return columns | {shown.people.capitalize(): [number_words(row.people) for row in rows]}
