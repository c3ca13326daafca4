"""The names that the app is served under: a page elsewhere whose name is made to point here reaches nothing.

A browser sends the name it believes it talks to as Host, and the page that asks as Origin; no page can set either. So
a name that its owner lets point to this machine (DNS rebinding) is known by its Host, and a page of another site by
its Origin.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

LOCAL = ("localhost", "127.0.0.1", "::1")
# A name, or an address of the sixth version in brackets, and a port; nothing else belongs there.
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Hosts:
    """The names and addresses served, in lower letters.

    `own` are those that whoever runs the app has added, as for a proxy: a page there may ask although the proxy
    calls this server by another name. `any_address` serves every bare address, which nobody can make point elsewhere.
    """

    names: frozenset[str]
    own: frozenset[str] = frozenset()
    any_address: bool = False

    @classmethod
    def of(cls, others: Iterable[str] = (), own: Iterable[str] = (), any_address: bool = False) -> Hosts:
        """The names of this machine, the addresses of `others`, and what was added by hand."""
        added = frozenset(map(_plain, own))
        return cls(frozenset(LOCAL) | frozenset(map(_plain, others)) | added, added, any_address)

    def serves(self, host: str | None) -> bool:
        """Whether a request with this Host is answered."""
        name = _name(host)
        return name is not None and (name in self.names or (self.any_address and _is_address(name)))

    def trusts(self, origin: str | None, host: str, scheme: str) -> bool:
        """Whether a page of `origin` (None where the browser named none) may ask `host`, reached by `scheme`."""
        if origin is None:
            return True
        asking, _, place = origin.lower().partition("://")
        if asking not in _PORTS or _name(place) is None:
            return False
        return _place(place, asking) == _place(host, scheme) or _name(place) in self.own


def _plain(name: str) -> str:
    return name.strip().lower().rstrip(".").removeprefix("[").removesuffix("]")


def _name(host: str | None) -> str | None:
    """The name in a Host, without its port; None where it is none."""
    found = _HOST.fullmatch((host or "").lower())
    return _plain(found[1]) if found and int(found[2] or 0) <= 65535 else None


def _place(host: str, scheme: str) -> tuple[str | None, int]:
    found = _HOST.fullmatch(host.lower())
    return _name(host), int(found[2] or _PORTS[scheme]) if found else 0


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
