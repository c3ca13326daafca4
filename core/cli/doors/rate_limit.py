"""Wrong join codes slow the next one down: whoever typed it, and all together once there are many."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

FREE = 3
LONGEST = 60.0
FORGOTTEN = 3600.0
# All together: after so many wrong ones in ten minutes, one is looked at every two seconds. Few enough that 2^40 codes
# outlast everybody, and often enough that whoever has the right code comes in.
MANY, TOGETHER, PAUSE = 30, 600.0, 2.0
_MOST_ADDRESSES = 10_000


@dataclass
class _Wrong:
    count: int
    last: float


class Tries:
    """Wrong codes by address and in all; nothing is kept of right ones."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Count by `clock`, in seconds that never run backwards."""
        self._clock = clock
        self._by_address: OrderedDict[str, _Wrong] = OrderedDict()
        self._all: deque[float] = deque(maxlen=MANY + 1)

    def wait(self, address: str) -> float:
        """Seconds until a code from this address is looked at; 0 where it is at once."""
        now = self._clock()
        own = self._by_address.get(_place(address))
        until = 0.0
        if own is not None and own.count >= FREE and now - own.last < FORGOTTEN:
            until = own.last + min(LONGEST, 2.0 ** (own.count - FREE))
        if len(self._all) > MANY and now - self._all[0] < TOGETHER:
            until = max(until, self._all[-1] + PAUSE)
        return max(0.0, until - now)

    def wrong(self, address: str) -> None:
        """Note a wrong code from this address."""
        now, place = self._clock(), _place(address)
        before = self._by_address.pop(place, None)
        count = before.count if before is not None and now - before.last < FORGOTTEN else 0
        self._by_address[place] = _Wrong(count + 1, now)
        if len(self._by_address) > _MOST_ADDRESSES:
            self._by_address.popitem(last=False)
        self._all.append(now)

    def right(self, address: str) -> None:
        """Forget the wrong ones from this address."""
        self._by_address.pop(_place(address), None)


def _place(address: str) -> str:
    """What one person has: an address of the fourth version, or the network of one of the sixth."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
