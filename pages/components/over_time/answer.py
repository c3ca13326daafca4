"""Whether it got worse, in one sentence, and what that sentence rests on."""

from __future__ import annotations

import json
from functools import partial

import streamlit as st

from core.metrics.words.naming.terms import Terms
from core.record.series import GapOverTime, Series
from core.report.charts.over_time import CLICKED, HEIGHT, ID, curve_chart
from core.report.over_time.curves import curve_of, curve_table, gap_title
from core.report.words import over_time as words
from pages.components import plain, session
from pages.components.help.tip import tip
from pages.components.over_time.followed import Followed
from pages.components.unchecked import unchecked

_AXIS = 70
_MOST_HIGH = 560


def title(followed: Followed | None) -> None:
    """The first sentence, and under it how far the gap moved, and the year's."""
    if followed is None:
        st.title("Is it getting worse?", anchor=False)
        return
    series = followed.series
    st.title(plain.escape(words.first_sentence(series)), anchor=False)
    for gap in words.in_order(series)[:1]:
        plain.text(" ".join(_below(series, gap)))
    if followed.problem:
        st.warning(plain.escape(followed.problem))


def _below(series: Series, gap: GapOverTime) -> tuple[str, ...]:
    return (*words.moved_sentences(series, gap), *words.year_sentences(series, gap))


def as_example(followed: Followed) -> None:
    """What the page will say: the sentence and the curve of the gap that it is about."""
    st.subheader(plain.escape(words.first_sentence(followed.series)), anchor=False)
    for gap in words.in_order(followed.series)[:1]:
        plain.text(" ".join(_below(followed.series, gap)))
        _picture(gap, followed)
    _legend(followed.series)


def show(followed: Followed, is_final: bool) -> None:
    """A curve for each watched gap, with what became of it, and the numbers as a table; then what alarms assume.

    Where it is not final, since audits are still to come, that stands with each gap. Of a single audit there is
    none: its own page says it all.
    """
    if len(followed.series.records) < 2 or not followed.series.gaps:
        return
    for gap in words.in_order(followed.series):
        _gap(gap, followed, is_final)
    _legend(followed.series)
    st.caption("Click a mark to open its audit.")
    for sentence in words.assumption_sentences(followed.series):
        st.caption(plain.escape(sentence))


def _legend(series: Series) -> None:
    """What the signs of the curves mean, each with the way to its word in Help."""
    with st.container(gap=None):
        for sentence, term in words.legend(series):
            st.caption(sentence, help=tip(term) if term else None)


def _gap(gap: GapOverTime, followed: Followed, is_final: bool) -> None:
    terms = Terms.of(followed.series.plan)
    st.header(plain.escape(gap_title(gap, terms)), anchor=False)
    plain.text(" ".join(_said(gap, followed) if is_final else (words.NOT_FINAL, *_said_alone(followed, gap))))
    _picture(gap, followed)
    with st.expander("The same numbers as a table"):
        addresses = [_address(followed.ids.get(point.digest)) for point in gap.points]
        plain.table(curve_table(gap), most_high=_MOST_HIGH, leads_to=addresses)


def _picture(gap: GapOverTime, followed: Followed) -> None:
    curve = curve_of(gap, Terms.of(followed.series.plan), followed.ids)
    # As JSON: joined by a sign, the groups a-b of c and a of b-c would have one key.
    key = f"over-time/curve/{json.dumps([gap.by, gap.measure, list(gap.group.values())])}"
    st.altair_chart(
        unchecked(curve_chart(curve)),
        height=HEIGHT + _AXIS,
        key=key,
        on_select=partial(_clicked, key),
        selection_mode=CLICKED,
        alt=f"{len(curve.points)} audits in order of time; the same numbers stand in the table below.",
    )


def _said(gap: GapOverTime, followed: Followed) -> list[str]:
    """What one gap says, without what stands under the page's title, and whose gap it is, which its heading says."""
    first = words.first_sentence(followed.series)
    below = _below(followed.series, gap) if gap == words.in_order(followed.series)[0] else ()
    return [each for each in _said_alone(followed, gap) if each not in (first, *below)]


def _said_alone(followed: Followed, gap: GapOverTime) -> list[str]:
    """All that one gap says but whose it is."""
    return [each for each in words.gap_sentences(followed.series, gap) if not each.endswith(":")]


def _address(audit_id: str | None) -> str:
    return "#" if audit_id is None else f"audit?audit={audit_id}"


def _clicked(key: str) -> None:
    """Open the audit whose mark was clicked."""
    points = st.session_state[key]["selection"].get(CLICKED, [])
    audit_id = points[0].get(ID) if points else None
    if audit_id:
        session.send(audit_id, "audit")
