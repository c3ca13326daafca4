"""Which audits are compared: two, and up to three more beside them, of those that this browser began."""

from dataclasses import dataclass

import streamlit as st

from core.errors import PlumblineError
from core.record import AuditRecord
from core.report.pair.ranking import MOST
from core.store.archive import Shelved
from core.store.workspace import Audit
from pages.components import comparison_group, in_full, plain, session
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
    listed = session.workspace().listed(session.owner())
    for entry in listed:
        if entry.damaged:
            st.error(f"{plain.quoted(entry.name)}: {plain.escape(entry.damaged)}")
    there = _there(listed)
    if len(there) < 2:
        st.write("It takes two audits that have come to a result. Run another one, or bring in a record.")
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
    return _read([there[audit_id] for audit_id in (first, second, *more)])


def _read(chosen: list[Shelved]) -> Picked | None:
    """The records of the chosen audits; None, with words, where one of the first two cannot be read."""
    audits: list[Shelved] = []
    records: list[AuditRecord] = []
    for entry in chosen:
        try:
            record = comparison_group.record(entry.audit)
        except PlumblineError as error:
            st.error(f"{plain.quoted(entry.name)}: {plain.escape(error.message)}")
            record = None
        if record is None and len(audits) < 2:
            return None
        if record is not None:
            audits.append(entry)
            records.append(record)
    return Picked(tuple(entry.audit for entry in audits), tuple(entry.name for entry in audits), tuple(records))


def _there(listed: list[Shelved]) -> dict[str, Shelved]:
    """Those with a result, the newest first; the open one among them, whosever it is."""
    space, opened = session.workspace(), session.current()
    found = {entry.audit.id: entry for entry in listed if entry.summary is not None}
    if opened is not None and opened.id not in found:
        entry = space.entry(opened)
        found = {opened.id: entry} | found if entry.summary is not None else found
    return found


def _default(there: dict[str, Shelved]) -> None:
    """Unless a person has picked: the open audit second, and first what it is the fix of, or the next older one."""
    opened, ids = session.current(), list(there)
    if st.session_state.get(_SECOND) not in there:
        st.session_state[_SECOND] = opened.id if opened is not None and opened.id in there else ids[0]
    second = st.session_state[_SECOND]
    if st.session_state.get(_FIRST) not in there:
        audit = there[second].audit
        others = [each for each in ids if each != second]
        older = [each for each in others if there[each].audit.created < audit.created]
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


def _words(there: dict[str, Shelved]) -> dict[str, str]:
    """What each is called in a box; those that would be called alike are numbered, the oldest first."""
    words: dict[str, str] = {}
    for audit_id, entry in reversed(there.items()):
        people = "" if entry.summary is None else f" · {entry.summary.people:,} {entry.summary.rows}"
        said = f"{entry.name}{people} · {age.words(entry.audit.created)}"
        number = 1 + sum(other == said or other.startswith(f"{said} · no. ") for other in words.values())
        words[audit_id] = said if number == 1 else f"{said} · no. {number}"
    return {audit_id: words[audit_id] for audit_id in there}
