"""How far the tables of a drop have come, and those that could not be audited, by name and with the reason."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Sequence, Set

import streamlit as st

from core.metrics.reference import IN_PLAN
from core.record.series.asked_again import without_reference
from core.report.words.over_time import unfinished_sentences
from core.store.archive import Shelved
from core.store.audit import WAITING
from core.store.series.line import BatchProgress
from pages.components import duration, plain, session
from pages.components.over_time.months import is_cut

_POLL_SECONDS = 0.7
_AT_ONCE = 12


def at_work(members: Sequence[Shelved], before: Set[str]) -> str | None:
    """The drop of these audits that is being worked on, or was `before` they were listed: then the page starts over.

    What ended in between stands in no list yet, and would be told as never run. None where there is no such drop.
    """
    drops = dict.fromkeys(each.audit.batch for each in reversed(members) if each.audit.batch is not None)
    working = session.workspace().batches.unfinished_drops() | before
    return next((drop for drop in drops if drop in working), None)


def progress(drop: str, members: Sequence[Shelved], done: int) -> None:
    """In place of a title that would tell a finding of the `done` audits: that others are to come, and how many."""
    st.fragment(_watch(drop, members, done), run_every=_POLL_SECONDS)()
    st.button(
        "Cancel the rest",
        key=f"over-time/cancel/{drop}",
        help="Tables that have no result yet are removed. Audits that are done stay.",
        on_click=session.attempt,
        args=(session.workspace().batches.cancel, drop),
    )


def show(members: Sequence[Shelved], first: Shelved | None) -> None:
    """Show what went wrong with tables of drops, which were asked what `first` was."""
    held_up = [each.audit.problem for each in members if each.audit.stage == WAITING and each.audit.problem]
    if held_up:
        st.caption(plain.escape(f"The next table waits: {held_up[0]}"))
    by_reason: dict[str, list[Shelved]] = defaultdict(list)
    for each in members:
        if each.summary is None and not _is_at_work(each):
            by_reason[_why(each, first)].append(each)
    for why, failed in by_reason.items():
        _failed(why, failed)


def _watch(drop: str, members: Sequence[Shelved], audited: int) -> Callable[[], None]:
    """What shows how much is to come every so often; the page starts over when it ends, and at every fourth audit."""
    drawn = session.workspace().batches.progress(drop)
    done = 0 if drawn is None else drawn.done

    def watch() -> None:
        now = session.workspace().batches.progress(drop)
        if now is None or now.done - done >= 4:
            st.rerun()
        awaited = [each.audit for each in members if session.workspace().batches.is_unfinished(each.audit.id)]
        of_what = "month" if awaited and all(map(is_cut, awaited)) else "table"
        title, standing = unfinished_sentences(max(len(awaited), 1), audited, of_what)
        st.title(title, anchor=False)
        if audited:
            plain.text(standing)
        st.progress(now.done / now.total, text=_words(now))

    # A name of its own in each drawing, as `job_status` has it: else a question for the last one stops this one.
    watch.__qualname__ = f"watch {secrets.token_hex(8)}"
    return watch


def _words(now: BatchProgress) -> str:
    left = "" if now.seconds_left is None else f", about {duration.between(now.seconds_left)} left"
    return f"Auditing your tables: {now.done} of {now.total} done{left}."


def _is_at_work(entry: Shelved) -> bool:
    """Whether it waits for its turn, or a job works on it, also one that was started on another page."""
    space = session.workspace()
    status = space.status(entry.audit.id)
    return space.batches.is_unfinished(entry.audit.id) or (status is not None and not status.ended)


def _why(entry: Shelved, first: Shelved | None) -> str:
    space, audit = session.workspace(), entry.audit
    status = space.status(audit.id)
    if status is not None and status.message and status.in_plan == IN_PLAN and first is not None and audit.batch:
        otherwise = "put it in again, and remove this one"
        return without_reference(status.message, f"“{_table(first)}”", "the table", otherwise)
    why = (None if status is None else status.message) or space.get(audit.id).problem or entry.damaged
    return why or "It has not been run yet."


def _failed(why: str, failed: Sequence[Shelved]) -> None:
    """Which tables have no result for this reason, and what can be done."""
    names = tuple(map(_table, failed))
    has = "has" if len(failed) == 1 else "have"
    first = failed[0].audit.id
    with st.container(border=True):
        st.markdown(f"**{plain.listed(names, _AT_ONCE)} {has} no result.**")
        plain.text(why)
        with st.container(horizontal=True):
            if len(failed) == 1:
                key = session.action(first, "open from series")
                st.button("Open it", key=key, on_click=session.attempt, args=(_open, first))
            st.button(
                "Remove it" if len(failed) == 1 else f"Remove these {len(failed)}",
                key=session.action(first, "remove from series"),
                type="tertiary",
                help="They go for good, with their tables. Put in a corrected file then.",
                on_click=session.attempt,
                args=(_remove, [entry.audit.id for entry in failed]),
            )


def _table(entry: Shelved) -> str:
    return entry.name if entry.audit.table is None else entry.audit.table.name


def _open(audit_id: str) -> None:
    """Go to the questions of an audit; its table is looked at for them, where it was audited at once."""
    space = session.workspace()
    session.send(audit_id, "data")
    if space.profile(audit_id) is None:
        space.reread(audit_id)


def _remove(audit_ids: Sequence[str]) -> None:
    for audit_id in audit_ids:
        session.workspace().delete(audit_id)
