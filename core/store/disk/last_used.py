"""When files were last used, by a clock that does not jump, kept on disk beside them.

A file's own date is the calendar's, which somebody may set. So a ledger counts the seconds that have passed since it
was begun, and notes for each file at which second it was last used and which date it had then.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.jobs.replaced_json import replace_json
from core.store.disk import clock

Clock = Callable[[], clock.Moment]


class Ages:
    """The ledger in `file` of files under the folder that holds it. Any thread may call it."""

    def __init__(self, file: Path, now: Clock = clock.now) -> None:
        """Go on with what stands in `file`; `now` tells the moment."""
        self._file, self._now, self._lock = file, now, threading.RLock()
        self._last = now()
        known = _read(file)
        # Without a ledger, files are from before there was one, and only their dates tell their age.
        self._is_new = known is None
        self._passed: float = 0.0 if known is None else known["passed"]
        self._used: dict[str, tuple[float, float]] = {} if known is None else known["used"]
        if known is not None:
            self._passed += self._last.since(known["last"])

    def use(self, path: Path) -> None:
        """Note that the file is used now. Raises FileNotFoundError where there is none."""
        with self._lock:
            os.utime(path)
            self._advance()
            self._used[self._key(path)] = (self._passed, path.stat().st_mtime)
            self._write()

    def age(self, path: Path) -> float:
        """Seconds since a file was last used, written, or first seen. Raises FileNotFoundError where there is none."""
        with self._lock:
            self._advance()
            date = path.stat().st_mtime
            by_calendar = max(0.0, self._last.calendar - date)
            if self._key(path) not in self._used:
                age = by_calendar if self._is_new else 0.0
                self._used[self._key(path)] = (self._passed - age, date)
                return age
            noted, dated = self._used[self._key(path)]
            passed = self._passed - noted
            if date > dated:  # it was written again, no longer ago than it was noted
                return min(by_calendar, passed)
            return passed + (dated - date)  # who sets a file's date back says that it is older

    def old(self, paths: Iterable[Path], seconds: float) -> list[Path]:
        """Those that nobody used for so long. Others may go, or get another name, while this looks."""
        found = []
        for path in paths:
            with suppress(FileNotFoundError):
                if self.age(path) > seconds:
                    found.append(path)
        return found

    def keep(self) -> None:
        """Write down how much time has passed; what is known of files that are gone goes."""
        with self._lock:
            self._advance()
            self._used = {key: used for key, used in self._used.items() if (self._file.parent / key).exists()}
            self._write()
            self._is_new = False

    def _advance(self) -> None:
        moment = self._now()
        self._passed += moment.since(self._last)
        self._last = moment

    def _key(self, path: Path) -> str:
        return str(path.relative_to(self._file.parent))

    def _write(self) -> None:
        last = [self._last.ticks, self._last.boot, self._last.calendar]
        replace_json(self._file, {"passed": self._passed, "last": last, "used": self._used})


def _read(file: Path) -> dict[str, Any] | None:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        ticks, boot, calendar = document["last"]
        return {
            "passed": float(document["passed"]),
            "last": clock.Moment(float(ticks), str(boot), float(calendar)),
            "used": {str(key): (float(at), float(date)) for key, (at, date) in document["used"].items()},
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
