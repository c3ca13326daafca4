"""How much time has passed, whatever the calendar says: through sleep, a set clock and a restart."""

import time
from dataclasses import dataclass
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
# Linux counts on while the machine sleeps only here; elsewhere the monotonic clock does.
_TICKING = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


@dataclass(frozen=True)
class Moment:
    """One moment: seconds since the machine started, which start that was, and seconds since 1970 by the calendar."""

    ticks: float
    boot: str
    calendar: float

    def since(self, before: "Moment") -> float:
        """Seconds from `before` to this moment, never negative.

        Within one start of the machine the calendar does not matter. Across a restart nothing but the calendar tells
        how long the machine was off; it ran for `ticks` at least.
        """
        if self.boot == before.boot and self.ticks >= before.ticks:
            return self.ticks - before.ticks
        return max(self.ticks, self.calendar - before.calendar, 0.0)


def now() -> Moment:
    """The present moment."""
    try:
        boot = _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        boot = ""
    ticks = time.monotonic() if _TICKING is None else time.clock_gettime(_TICKING)
    return Moment(ticks, boot, time.time())
