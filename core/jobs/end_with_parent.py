"""A process ends with its parent, or after its time: arranged before any upload is opened, and not to be undone."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import struct
import sys

from core.jobs import sandbox

GRACE_SECONDS, KILL_SECONDS = 30.0, 10.0
_MONOTONIC = 1


def die_with(parent: int) -> bool:
    """Have the system kill this process when `parent` ends, by whose process it was started; False: it has ended.

    Only Linux can do that; elsewhere the limits on time are what ends the process.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(sandbox.SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    return os.getppid() == parent  # it may have ended before the signal was asked for


def limit_time(seconds: float) -> None:
    """Let this process run so long from now on, the machine's sleep left out, and a little more for the supervisor.

    That ends it earlier, and in words: this is for the job whose supervisor has gone. SIGALRM ends it, and where it has
    blocked that SIGKILL, which nobody blocks; the clock of that one cannot be set again.
    """
    end = 1.05 * seconds + GRACE_SECONDS
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, end)
    if sys.platform == "linux":
        _kill_after(end + KILL_SECONDS)


def _kill_after(seconds: float) -> None:
    library, clock = ctypes.CDLL(None), ctypes.c_void_p()
    event = struct.pack("=Qii48x", 0, signal.SIGKILL, 0)
    first = struct.pack("=qqqq", 0, 0, int(seconds), int(seconds % 1 * 1e9))
    # An old C library keeps its clocks elsewhere, and a system may not change the filters of threads that run already.
    with contextlib.suppress(AttributeError, OSError):
        if library.timer_create(_MONOTONIC, event, ctypes.byref(clock)) == 0:
            library.timer_settime(clock, 0, first, None)
            sandbox.refuse_from_now_on("timer_settime", "timer_delete")
