"""Where a job stands, as whoever waits for it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.errors import PlumblineError
from core.jobs.sharing.waiting_time import Ahead

State = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]


@dataclass(frozen=True)
class Status:
    """Where a job stands: its place in the queue counts from 1; `message` is for the person, `error` is its type.

    `in_plan` is what would answer a failed job's error in a plan file, nothing where nothing would. `snippet` names the
    lines of Python that would help, where a model was refused: the job says it, who may name none.
    `done`, `total`, `what` and `seconds_left` are of the present stage; `reached` is the share of the whole job that is
    behind it at most, and `whole_left` the seconds to its end, from and to: None while it does not know. `ahead` is
    what runs while it waits.
    """

    state: State
    place: int | None = None
    done: int = 0
    total: int = 0
    what: str = ""
    seconds_left: float | None = None
    message: str | None = None
    error: type[PlumblineError] | None = None
    in_plan: str = ""
    snippet: str = ""
    ahead: tuple[Ahead, ...] = ()
    reached: float | None = None
    whole_left: tuple[float, float] | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state not in ("queued", "running")
