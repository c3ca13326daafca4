"""Which question is looked at over time: that of the open audit, or another one of this browser's."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import streamlit as st

from core.store.archive import Shelved
from core.store.series.members import in_series
from pages.components import in_full, session

_CHOSEN, _FOR = "over-time/which", "over-time/open"
_MOST = 50


@dataclass(frozen=True)
class AskedOverTime:
    """A question, by the digest that its audits share, and these as they were begun; `first` is what others follow."""

    series: str
    members: tuple[Shelved, ...]

    @property
    def first(self) -> Shelved | None:
        """The first audit with a result; None where none has one."""
        return next((each for each in self.members if each.summary is not None), None)


def ask() -> AskedOverTime | None:
    """Let the person choose among their questions; None where nothing was audited yet."""
    opened, found = session.current(), _found()
    if not found:
        return None
    own = next((series for series, members in found.items() if opened in [each.audit for each in members]), None)
    several = [series for series, members in found.items() if len(members) > 1]
    offered = list(dict.fromkeys([*([own] if own else []), *(several or list(found))]))[:_MOST]
    if st.session_state.get(_FOR) != (opened and opened.id) or st.session_state.get(_CHOSEN) not in offered:
        st.session_state[_FOR], st.session_state[_CHOSEN] = opened and opened.id, offered[0]
    chosen = offered[0]
    if len(offered) > 1:
        words = {series: _words(found[series]) for series in offered}
        chosen = str(st.selectbox("Question", offered, format_func=words.__getitem__, key=_CHOSEN))
        in_full.show("over-time-question", words[chosen])
    return AskedOverTime(chosen, tuple(found[chosen]))


def _found() -> dict[str, list[Shelved]]:
    """This browser's questions and the open audit's, whoever began that; the one asked last comes first."""
    space, opened = session.workspace(), session.current()
    listed = space.listed(session.owner())
    if opened is not None and opened.id not in {each.audit.id for each in listed}:
        listed = [space.entry(opened), *listed]
    by_series: dict[str, list[Shelved]] = defaultdict(list)
    for each in listed:
        if each.series:
            by_series[each.series].append(each)
    return {series: in_series(members, series) for series, members in by_series.items()}


def _words(members: list[Shelved]) -> str:
    n = len(members)
    return f"{members[0].name} · {n} audit{'s' if n > 1 else ''}"
