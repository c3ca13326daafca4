"""How the open audit's job stands: its place, its progress and a way to stop it, or why it ended without a result."""

import secrets
from collections.abc import Callable

import streamlit as st

from core.errors import JobError, PlumblineError
from core.jobs.supervisor import Status
from core.mitigate.search import progress_words
from core.plan.plan import Plan
from core.store.workspace import Audit, SoFar
from pages.components import announcements, duration, plain, queue_words, session

# How often a page asks, by its place in the queue: thirty pages that all asked at once would slow the jobs themselves.
_POLL_SECONDS = ((1, 0.4), (5, 1.0))
_SELDOM_SECONDS = 2.0
_DOING = {
    "profile": "Reading your table",
    "second": "Reading the second table",
    "inspect": "Looking at the model",
    "audit": "Running the audit",
    "mitigate": "Looking for fixes",
    "pair": "Asking both models",
    "explain": "Seeing what moves the scores",
    "explain_person": "Looking at this person",
}
_SOON = 1.0
_NEARLY_ALL = 0.99


def show(audit: Audit) -> bool:
    """Show how the audit's job stands; True while it is under way. The page reruns by itself when it ends.

    Where it ended since this drawing of the page began, the page starts over: what stands above may have looked for
    the job's result a moment before it was there.
    """
    status = session.workspace().status(audit.id)
    if (status is None or status.ended) and announcements.is_untold(audit):
        st.rerun()
    problem = session.workspace().get(audit.id).problem
    if status is None:
        if problem is not None:
            _ended(audit, problem, JobError)
        return False
    if status.ended:
        _ended(audit, status.message or "The run ended without a result.", status.error or JobError)
        return False
    every = _poll_seconds(status)
    st.fragment(_watch(audit.id, every), run_every=every)()
    # Not in the fragment: a click there names the fragment, and is dropped when the page has just been drawn anew.
    cancel, key = session.workspace().cancel, session.action(audit.id, "cancel")
    st.button("Cancel", key=key, on_click=session.attempt, args=(cancel, audit.id))
    return True


def _poll_seconds(status: Status) -> float:
    place = status.place or 0
    return next((seconds for last, seconds in _POLL_SECONDS if place <= last), _SELDOM_SECONDS)


def _watch(audit_id: str, every: float) -> Callable[[], None]:
    """What shows the job's state every so many seconds; the page starts over when the job ends or comes nearer.

    Streamlit knows a fragment by the name of its function. Where it had the same name in every drawing of the page, a
    question that the browser still asks for the last drawing would start its run in the present one, and what the
    server had not yet sent of this one would be thrown away: a page that then asks no more, whatever the job does.
    """
    asked: set[str] = set()  # of which runs it was looked up whether they are this browser's own
    own: dict[str, Audit] = {}
    drawn = session.workspace().so_far(audit_id)

    def watch() -> None:
        status = session.workspace().status(audit_id)
        if status is None or status.ended or _poll_seconds(status) != every:
            st.rerun()
        if _has_more(session.workspace().so_far(audit_id), drawn):
            st.rerun()
        stage = session.workspace().get(audit_id).stage or "audit"
        behind = _behind(stage, status)
        if behind is None:
            st.status(_words(audit_id, stage, status), state="running")
        else:
            st.progress(behind, text=_words(audit_id, stage, status))
        if status.ahead and {ahead.job for ahead in status.ahead} != asked:
            asked.clear()
            asked.update(ahead.job for ahead in status.ahead)
            own.clear()
            own.update(queue_words.own_by_job(session.owner()))
        for sentence in queue_words.before(status, own):
            st.caption(sentence)

    watch.__qualname__ = f"watch {secrets.token_hex(8)}"
    return watch


def _behind(stage: str, status: Status) -> float | None:
    """The share that a bar shows as done, never all of it before the end; None where no bar would be true.

    It is of the whole job, or of its present stage where the job does not know. A search has a long way to go when its
    first stage is over, and a bar that stood full then and nearly empty after it would mislead.
    """
    if status.reached is not None:
        return min(status.reached, _NEARLY_ALL)
    if status.total > 0 and stage != "mitigate":
        return min(status.done / status.total, _NEARLY_ALL)
    return None


def _has_more(now: SoFar | None, drawn: SoFar | None) -> bool:
    """Whether a search has published more than what the page shows."""
    return now is not None and (drawn is None or (now.search.id, now.file) != (drawn.search.id, drawn.file))


def _words(audit_id: str, stage: str, status: Status) -> str:
    doing = _DOING[stage]
    if status.place is not None and status.state == "queued":
        return f"{doing}: waiting, number {status.place} in the queue."
    if not status.what:
        return f"{doing}: starting."
    which, what = "", status.what
    if stage == "mitigate":
        search = session.workspace().search(audit_id)
        which, what = progress_words(what, () if search is None else search.names)
    steps = f"{status.done:,} of {status.total:,} " if status.total else f"{status.done:,} " if status.done else ""
    return plain.escape(f"{doing}: {which}{steps}{what}{_time_left(status)}.")


def _time_left(status: Status) -> str:
    """How long the whole still takes, where the job knows, else how long this step does."""
    if status.whole_left is not None:
        return f", {duration.left(*status.whole_left)}"
    left = status.seconds_left
    return f", {duration.between(left)} left of this step" if left is not None and left > _SOON else ""


def _ended(audit: Audit, message: str, error: type[PlumblineError]) -> None:
    """Why there is no result, and what to do next; a table that was itself the reason is not read again."""
    st.error(plain.escape(message))
    if audit.stage == "profile" and audit.table is not None and error is JobError:
        again = session.workspace().reread
        key = session.action(audit.id, "read again")
        st.button("Read it again", key=key, type="primary", on_click=session.attempt, args=(again, audit.id))
    if audit.stage == "audit" and audit.asked is not None:
        st.button("Run again", key=session.action(audit.id, "again"), on_click=_run_again, args=(audit.id, audit.asked))


def _run_again(audit_id: str, plan: str) -> None:
    session.attempt(session.workspace().run, audit_id, Plan.from_toml(plan))
