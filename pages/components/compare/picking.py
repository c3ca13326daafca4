"""Which audits are compared: two, and up to three more beside them, of those that this browser began."""

from dataclasses import dataclass

import streamlit as st

from core.errors import PlumblineError
from core.record import AuditRecord
from core.report.pair.ranking import MOST
from core.store.retention.summary import Summary
from core.store.workspace import Audit
from pages.components import audit_name, comparison_group, in_full, session
from pages.components.history import age

_FIRST, _SECOND, _MORE = "compare/first", "compare/second", "compare/more"
_WITH = "with"


@dataclass(frozen=True)
class Picked:
    """The audits that a person picked, with their names and records: the first, the second, then the others."""

    audits: tuple[Audit, ...]
    names: tuple[str, ...]
    records: tuple[AuditRecord, ...]


def begin(first: str, second: str, more: tuple[str, ...] = ()) -> None:
    """Go and compare these audits; for a callback."""
    session.put(_FIRST, first)
    session.put(_SECOND, second)
    session.put(_MORE, list(more[: MOST - 2]))
    session.send(second, "compare")


def ask() -> Picked | None:
    """Let the person pick; None, with words, while there are not two different ones."""
    there = _there()
    if len(there) < 2:
        st.write("It takes two audits that have come to a result. Run another one first.")
        with st.container(horizontal=True):
            if st.button("Go to Data", type="primary"):
                st.switch_page("pages/data.py")
            if st.button("Go to History"):
                st.switch_page("pages/history.py")
        return None
    words = _words(there)
    _default(there)
    left, right = st.columns(2)
    with left:
        first = _choose("First", _FIRST, words)
    with right:
        second = _choose("Second", _SECOND, words)
    st.button("Swap the two", key="compare/swap", on_click=_swap, type="tertiary")
    if first == second:
        st.info("Choose two different audits.")
        return None
    st.query_params[_WITH] = first
    rest = [audit_id for audit_id in there if audit_id not in (first, second)]
    more: list[str] = []
    if rest:
        st.session_state[_MORE] = [one for one in st.session_state.get(_MORE, []) if one in rest][: MOST - 2]
        more = st.multiselect(
            "More in one table", rest, format_func=words.__getitem__, key=_MORE, max_selections=MOST - 2,
            placeholder="Up to three more",
        )  # fmt: skip
    chosen = [there[audit_id] for audit_id in (first, second, *more)]
    records = [comparison_group.record(audit) for audit, _ in chosen]
    names = tuple(_name(*each) for each in chosen)
    return Picked(tuple(audit for audit, _ in chosen), names, tuple(each for each in records if each is not None))


def _there() -> dict[str, tuple[Audit, Summary]]:
    """The audits with a result, the newest first; the open one among them, whosever it is."""
    space, opened = session.workspace(), session.current()
    audits = {audit.id: audit for audit in space.owned_by(session.owner())}
    if opened is not None:
        audits.setdefault(opened.id, opened)
    found = {}
    for audit in sorted(audits.values(), key=lambda audit: audit.created, reverse=True):
        summary = _summary(audit.id)
        if summary is not None:
            found[audit.id] = (audit, summary)
    return found


def _summary(audit_id: str) -> Summary | None:
    try:
        return session.workspace().summary(audit_id)
    except PlumblineError:  # what is kept of it is damaged: the History page says so
        return None


def _default(there: dict[str, tuple[Audit, Summary]]) -> None:
    """Unless a person has picked: the open audit second, and first what it is the fix of, or the next older one."""
    opened, ids = session.current(), list(there)
    if st.session_state.get(_SECOND) not in there:
        st.session_state[_SECOND] = opened.id if opened is not None and opened.id in there else ids[0]
    second = st.session_state[_SECOND]
    if st.session_state.get(_FIRST) not in there:
        audit, _ = there[second]
        others = [each for each in ids if each != second]
        older = [each for each in others if there[each][0].created < audit.created]
        wanted = (st.query_params.get(_WITH), audit.original, *older, *others)
        st.session_state[_FIRST] = next(each for each in wanted if each in there and each != second)


def _choose(label: str, key: str, words: dict[str, str]) -> str:
    chosen = str(st.selectbox(label, list(words), format_func=words.__getitem__, key=key))
    in_full.show(f"compare-{label.lower()}", words[chosen])
    return chosen


def _swap() -> None:
    first, second = st.session_state[_FIRST], st.session_state[_SECOND]
    session.put(_FIRST, second)
    session.put(_SECOND, first)


def _name(audit: Audit, summary: Summary) -> str:
    return audit.called or summary.name or audit_name.of(audit)


def _words(there: dict[str, tuple[Audit, Summary]]) -> dict[str, str]:
    return {
        audit_id: f"{_name(audit, summary)} · {summary.people:,} {summary.rows} · {age.words(audit.created)}"
        for audit_id, (audit, summary) in there.items()
    }
