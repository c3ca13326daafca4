"""The addresses of this machine on its networks, asked of the system alone: no name is looked up, nothing is sent."""

from __future__ import annotations

import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path

_GET_ADDRESS = 0x8915  # SIOCGIFADDR of Linux
_ROUTES = Path("/proc/net/route")


def of_this_machine() -> list[str]:
    """Those of the fourth version, the one towards the outside first; the machine's name where there is none."""
    found = _of_interfaces() if sys.platform == "linux" else _towards_outside()
    return list(dict.fromkeys(a for a in found if not a.startswith("127."))) or [socket.gethostname()]


def _of_interfaces() -> list[str]:
    import fcntl

    names = [name for _, name in socket.if_nameindex()]
    names.sort(key=lambda name: name != _outward())
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for name in names:
            with suppress(OSError):  # an interface without such an address
                told = fcntl.ioctl(asked.fileno(), _GET_ADDRESS, struct.pack("256s", name.encode()[:15]))
                found.append(socket.inet_ntoa(told[20:24]))
    return found


def _outward() -> str | None:
    """The interface that the way to everywhere else leads through."""
    with suppress(OSError, IndexError):
        rows = [line.split() for line in _ROUTES.read_text().splitlines()[1:]]
        return next((row[0] for row in rows if row[1] == "00000000"), None)
    return None


def _towards_outside() -> list[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # nothing is sent: this only asks which way it would go
        return [str(probe.getsockname()[0])]
    return []
