"""What a run in the queue waits for, and for how long still; another visitor's run without its name."""

from collections.abc import Mapping

from core.jobs.supervisor import Status
from core.store.workspace import Audit
from pages.components import audit_name, duration, plain, session

_RUNS = {
    "profile": "A look at a table",
    "inspect": "A look at a model",
    "audit": "An audit",
    "mitigate": "A search for fixes",
    "explain": "A look at what moves the scores",
    "explain_person": "A look at one person",
}


def own_by_job(owner: str) -> dict[str, Audit]:
    """This browser's own audits by the job that works on each."""
    return {audit.job: audit for audit in session.workspace().owned_by(owner) if audit.job is not None}


def before(status: Status, own: Mapping[str, Audit]) -> list[str]:
    """Sentences, escaped: what runs before a waiting run, and how many wait before it."""
    said = [_running(ahead.kind, own.get(ahead.job), ahead.least, ahead.most) for ahead in status.ahead]
    waiting = (status.place or 1) - 1
    if status.ahead and waiting:
        said.append(f"Then {waiting} more run{'s' if waiting > 1 else ''} before this one.")
    if any(ahead.job in own for ahead in status.ahead):
        said.append("Open that audit and cancel its run if this one cannot wait.")
    return said


def _running(kind: str, audit: Audit | None, least: float, most: float) -> str:
    another = "another visitor" if session.is_shared() else "another browser"
    whose = another if audit is None else f"“{audit_name.of(audit)}”"
    return plain.escape(f"{_RUNS.get(kind, 'A run')} of {whose} is running, {duration.left(least, most)}.")
