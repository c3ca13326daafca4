"""How far a long command is: one line on a terminal, written over itself, and nothing where no person looks on."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.cli.terminal import shown

# How often the line is written at most, and how soon and how short a time left is not worth a word, in seconds.
_EVERY, _SOON = 0.2, 3.0
_CLEARED = "\r\x1b[2K"


@contextmanager
def progress_line() -> Iterator[Callable[[int, int, str], object] | None]:
    """What hears how far the work is while the block lasts, and the line goes with it; None where nobody looks on."""
    if not sys.stderr.isatty():
        yield None
        return
    line = _Line()
    try:
        yield line.tell
    finally:
        sys.stderr.write(_CLEARED)
        sys.stderr.flush()


class _Line:
    """The stage that is heard of now: since when, and from which step on."""

    def __init__(self) -> None:
        self._what, self._begun, self._from, self._next = "", 0.0, 0, 0.0

    def tell(self, done: int, total: int, what: str) -> None:
        """Write how far a stage is, `total` 0 where nobody knows; a new stage and a last step are never left out."""
        now = time.monotonic()
        if what != self._what:
            self._what, self._begun, self._from = what, now, done
        elif now < self._next and done != total:
            return
        self._next = now + _EVERY
        steps = f"{done:,} of {total:,} " if total else f"{done:,} " if done else ""
        sys.stderr.write(_CLEARED + shown(f"{steps}{what}{self._left(done, total, now)}").replace("\n", " "))
        sys.stderr.flush()

    def _left(self, done: int, total: int, now: float) -> str:
        """How long the stage still takes at its speed so far; what an earlier run had done was no work of this one."""
        spent, worked = now - self._begun, done - self._from
        if spent < _SOON or worked <= 0 or done >= total:
            return ""
        seconds = spent * (total - done) / worked
        if seconds < _SOON:
            return ""
        return f", about {seconds / 60:,.0f} minutes left" if seconds >= 90 else f", about {seconds:.0f} seconds left"
