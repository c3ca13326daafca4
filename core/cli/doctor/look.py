"""A look at this machine from inside the app: the command in a process of its own, which keeps torch out of the app."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.cli.doctor.findings import MachineReport

LOG = logging.getLogger(__name__)
# Two trials of a minute each at the most, and what is around them.
LIMIT_SECONDS = 180.0
_COMMAND = """
import sys
from core.jobs.end_with_parent import die_with
from core.cli import main
sys.exit(main(["doctor", "--json"]) if die_with(int(sys.argv[1])) else 2)
"""


@dataclass(frozen=True)
class MachineAnswer:
    """What a look found and when it ended, in seconds since 1970; without a report the look itself broke off."""

    report: MachineReport | None
    at: float


class MachineLook:
    """One look at a time, whoever asks, and the answer of the newest. Any thread may call it."""

    def __init__(
        self,
        command: Sequence[str] = (sys.executable, "-c", _COMMAND, str(os.getpid())),
        limit: float = LIMIT_SECONDS,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Look by this command, which prints the report as JSON, for at most `limit` seconds."""
        self._command, self._limit, self._now = list(command), limit, now
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._began = 0.0
        self._answer: MachineAnswer | None = None

    @property
    def answer(self) -> MachineAnswer | None:
        """What the last look found; None before the first has ended."""
        return self._answer

    @property
    def seconds(self) -> float | None:
        """For how long a look has been under way; None while there is none."""
        with self._lock:
            return None if self._thread is None else time.monotonic() - self._began

    def begin(self) -> None:
        """Look, unless somebody's look is under way already."""
        with self._lock:
            if self._thread is None:
                self._began = time.monotonic()
                # The process ends with the thread that started it, and so with the app.
                self._thread = threading.Thread(target=self._look, name="plumbline-doctor", daemon=True)
                self._thread.start()

    def wait(self, seconds: float) -> MachineAnswer | None:
        """The answer once the look that is under way has ended, or after so many seconds."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return self._answer

    def _look(self) -> None:
        try:
            report = self._report()
        except (OSError, subprocess.SubprocessError, ValueError, TypeError, KeyError):
            LOG.exception("the look at this machine broke off")
            report = None
        with self._lock:
            self._answer, self._thread = MachineAnswer(report, self._now()), None

    def _report(self) -> MachineReport:
        done = subprocess.run(
            self._command, stdin=subprocess.DEVNULL, capture_output=True, timeout=self._limit, check=False
        )
        try:
            return MachineReport.from_json(json.loads(done.stdout))
        except ValueError:
            LOG.error("the checks ended with %d and said: %s", done.returncode, done.stderr.decode(errors="replace"))
            raise
