"""Which gaps are watched, at most three so that a quiet year seldom raises an alarm, and who is told of alarms."""

from __future__ import annotations

import json
from dataclasses import replace

import streamlit as st

from core.metrics.gaps import GAPS
from core.metrics.words import group_words
from core.metrics.words.naming.terms import Terms
from core.plan.parts import Watch
from core.plan.tables.monitor import MOST_WATCHED
from core.report.documents.alarms import alarms
from core.report.words.questions import question_in_unit
from core.store.alerts.outbox import Delivery
from core.store.alerts.settings import AlertError
from core.store.archive import Shelved
from pages.components import plain, session
from pages.components.data.draft import Draft
from pages.components.over_time.followed import Followed, record_of
from pages.components.over_time.which import AskedOverTime


def offer(asked: AskedOverTime, found: Followed) -> None:
    """A choice among all gaps of the first audit; what is chosen is kept in the plan of the first."""
    first = asked.first
    if first is None or not found.series.gaps:
        return
    now = [Watch(gap.measure, gap.by, tuple(gap.group.values())) for gap in found.series.gaps]
    watches = {_key(watch): watch for watch in (*now, *_offered(found))}
    words = {key: _words(watch, found) for key, watch in watches.items()}
    with st.popover("Watch other gaps", type="tertiary"):
        st.write(f"At most {MOST_WATCHED}. Each more is one more chance of a false alarm.")
        keys = st.multiselect(
            "Watched gaps",
            list(watches),
            default=[_key(watch) for watch in now],
            format_func=words.__getitem__,
            max_selections=MOST_WATCHED,
            key=session.action(first.audit.id, f"watched gaps/{'/'.join(map(_key, now))}"),
        )
        chosen = [watches[key] for key in keys]
        session.act(
            st.container(), "Watch these", session.action(first.audit.id, "watch"), _keep, first, chosen,
            type="primary", disabled=chosen == now or not chosen,
        )  # fmt: skip
        if found.series.monitor.watch or found.problem:
            session.act(
                st.container(), "As at first", session.action(first.audit.id, "watch as at first"), _keep, first, [],
                type="tertiary",
            )  # fmt: skip


def tell(found: Followed) -> None:
    """Have the last audit's alarms told to whom the plan names, each once, and say so; nothing where it names nobody.

    The app tells them in a thread of its own: this page waits for no server.
    """
    monitor = found.series.monitor
    named = [*filter(None, [monitor.webhook]), *monitor.email]
    if not named:
        return
    try:
        deliveries = session.workspace().alerts.tell(alarms(found.series), monitor)
    except AlertError as error:
        st.warning(plain.escape(error.message))
        return
    if not deliveries:
        st.caption(f"An alarm would be told to {plain.listed(named)}.")
    for to in named:
        _say_told(to, [each for each in deliveries if each.to == to])


def _say_told(to: str, deliveries: list[Delivery]) -> None:
    waiting = [each for each in deliveries if not each.is_told]
    problem = next((each.problem for each in waiting if each.problem), "")
    if problem:
        st.warning(f"{plain.escape(problem)} It is tried again.")
    elif deliveries:
        st.caption(f"{plain.quoted(to)} {'is being' if waiting else 'was'} told of this alarm.")


def _key(watch: Watch) -> str:
    return json.dumps([watch.measure, watch.by, watch.group])


def _offered(found: Followed) -> list[Watch]:
    """Every gap of the first audit that has a verdict to watch."""
    gaps = found.series.judgements[0].gaps
    watched = (Watch(gap.measure, gap.by, tuple(gap.group.values())) for gap in gaps if GAPS[gap.measure].is_tested)
    return list(dict.fromkeys(watched))


def _words(watch: Watch, found: Followed) -> str:
    """Which gap: both groups are named, since which of them is worse off follows from the audits."""
    terms = Terms.of(found.series.plan)
    groups = [zip(watch.by, values, strict=True) for values in (watch.group, found.series.references[watch.by])]
    group, reference = (group_words(dict(each), terms) for each in groups)
    return f"{question_in_unit(GAPS[watch.measure], terms)} {group[:1].upper()}{group[1:]} and {reference}"


def _keep(first: Shelved, chosen: list[Watch]) -> None:
    """Keep what is watched, in the plan as it stands on the pages; the evidence stays as it is."""
    audit, record = session.workspace().get(first.audit.id), record_of(first)
    if record is None:
        return
    kept = Draft.from_plan(record.plan) if audit.plan is None else Draft.from_toml(audit.plan)
    monitor = replace(kept.monitor, watch=tuple(chosen))
    session.workspace().save_plan(audit.id, replace(kept, monitor=monitor))
