"""A command that is interrupted (Ctrl+C), asked to end (TERM) or left by its terminal (HUP) cleans up and says so."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

_HOW: dict[int, str] = {
    signal.SIGINT: "stopped by Ctrl+C",
    signal.SIGTERM: "asked to stop",
    signal.SIGHUP: "the terminal was closed",
}


class Stopped(BaseException):
    """A signal asks the command to end. Not an Exception, so that nothing on the way takes it for a mistake."""

    def __init__(self, number: int) -> None:
        """Keep the signal's number."""
        super().__init__(number)
        self.code = 128 + number
        self.words = f"{_HOW[number]}. What ran has ended with it; run the command again to start over."


@contextmanager
def stopping() -> Iterator[None]:
    """Raise Stopped in the main thread on the first such signal; those that follow wait until all is cleaned up.

    A signal that the caller has set to be ignored (`nohup`) stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[int, Any] = {}
    for number in _HOW:
        if signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _: FrameType | None) -> NoReturn:
    for other in _HOW:
        signal.signal(other, signal.SIG_IGN)
    raise Stopped(number)
