"""What a job in the queue waits for: the jobs that run, and for how long still."""

from __future__ import annotations

from dataclasses import dataclass

# Where a job's own reckoning takes each of its trainings at full length: most end sooner, few before this share of it.
_SOONEST = 0.25


@dataclass(frozen=True)
class Ahead:
    """A job that runs while another waits for its place; `least` and `most` are seconds that it may still take."""

    job: str
    kind: str
    least: float
    most: float


@dataclass(frozen=True)
class JobPace:
    """How a job has come along: the share of the whole when it first said so and since, and the seconds between."""

    first: float
    reached: float
    seconds: float

    def left(self, limit: float) -> tuple[float, float]:
        """The seconds to the end, from and to, of which it has `limit` at most."""
        if self.reached <= self.first:
            return 0.0, limit
        most = min(limit, self.seconds * (1 - self.reached) / (self.reached - self.first))
        return _SOONEST * most, most
