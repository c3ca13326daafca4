"""Whose turn it is: visitors of a shared app take turns, one run each at a time, and nobody fills the queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from core.errors import JobError

MOST_WAITING = 2
_Job = TypeVar("_Job")


def in_turn(
    waiting: Sequence[_Job],
    running: Sequence[_Job],
    owner: Callable[[_Job], str | None],
    last_turn: Mapping[str | None, float],
) -> tuple[list[_Job], int]:
    """The jobs that wait in the order in which they will run, and how many of the first may start at once.

    First the first of everybody who has nothing running, then the second of each, and so on; among them whoever had no
    turn for longest (`last_turn`: when the last one of each owner began), then whoever came first. Jobs of nobody
    (owner None) are first come, first served.
    """
    ahead = Counter(owner(job) for job in running)
    ranks = []
    for job in waiting:
        whose = owner(job)
        ranks.append(0 if whose is None else ahead[whose])
        ahead[whose] += 1
    order = sorted(range(len(waiting)), key=lambda at: (ranks[at], last_turn.get(owner(waiting[at]), 0.0), at))
    return [waiting[at] for at in order], ranks.count(0)


def refuse_crowd(waiting: Sequence[str | None], owner: str | None) -> None:
    """Raise JobError where this visitor has enough runs in the queue; `waiting` holds the owner of each that waits."""
    if owner is not None and waiting.count(owner) >= MOST_WAITING:
        raise JobError(
            f"You have {MOST_WAITING} runs waiting already, and others want their turn too. Wait until one has begun,"
            " or cancel one."
        )
