"""How far a job has come, in a file that the supervisor reads while the job runs."""

import time
from pathlib import Path

from core.jobs.replaced_json import replace_json


class ProgressFile:
    """Writes `{"done", "total", "what", "reached"}` to `path`, whole each time, at most once per `interval` seconds.

    A new `what` and the last step are written at once, so that no stage is skipped on the page. `reached` is the share
    of the whole job that is behind us at most, 0 to 1; None until the job knows.
    """

    reached: float | None = None

    def __init__(self, path: Path, interval: float = 0.1) -> None:
        """Start with nothing written; `interval` is in seconds."""
        self._path = path
        self._interval = interval
        self._next = 0.0
        self._what: str | None = None

    def __call__(self, done: int, total: int, what: str) -> None:
        """Say that `done` of `total` steps of the stage `what` are behind us."""
        now = time.monotonic()
        if now < self._next and what == self._what and done < total:
            return
        self._next, self._what = now + self._interval, what
        said = {"done": int(done), "total": int(total), "what": what, "reached": self.reached}
        replace_json(self._path, said, synced=False)
