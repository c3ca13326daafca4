"""How far the passes over the rows of a table have come: who is told, by whatever computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

# A function that is told: steps done, steps in all (0 where nobody knows), and what is being done, such as "rows read".
Tell: TypeAlias = Callable[[int, int, str], object]


class Progress(Protocol):
    """Whoever is told how far the work is; a job's writes it into a file.

    `reached` is the share of the whole work that is behind us at most, 0 to 1; None until the work knows.
    """

    reached: float | None

    def __call__(self, done: int, total: int, what: str) -> None:
        """Hear that `done` of `total` steps of the stage `what` are behind us; `total` is 0 where nobody knows."""


class ProgressReporter:
    """Progress told to a function, from the thread that works; None where nobody asks."""

    reached: float | None = None

    def __init__(self, tell: Tell | None) -> None:
        """Keep the function."""
        self._tell = tell

    def __call__(self, done: int, total: int, what: str) -> None:
        """Pass it on."""
        if self._tell is not None:
            self._tell(int(done), int(total), what)
