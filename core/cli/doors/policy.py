"""Who may reach the app, read from the environment: the same for the command that starts it and for the server."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.cli.doors import join_code
from core.cli.doors.host_names import LOCAL, Hosts
from core.errors import PlumblineError

SHARED, CODE, CONTAINER, DOOR, HOSTS = (
    "PLUMBLINE_SHARED",
    "PLUMBLINE_JOIN_CODE",
    "PLUMBLINE_CONTAINER",
    "PLUMBLINE_DOOR",
    "PLUMBLINE_HOSTS",
)


@dataclass(frozen=True)
class DoorPolicy:
    """Whether other computers may open the app, with which code, and under which further names.

    In a container it cannot be seen from inside who reaches the port: there it is shared unless PLUMBLINE_DOOR=open
    says that somebody else keeps the door.
    """

    shared: bool
    contained: bool
    code: str | None
    own: tuple[str, ...] = ()

    @classmethod
    def of(cls, environment: Mapping[str, str], share: bool = False) -> DoorPolicy:
        """What the environment says, and `share`. Raises PlumblineError for a door or a join code that is none."""
        door = environment.get(DOOR, "")
        if door not in ("", "open"):
            raise PlumblineError(
                f'{DOOR} is "{door}". Set it to open, for a container that asks nobody, or leave it out.'
            )
        contained = environment.get(CONTAINER) == "1"
        shared = share or environment.get(SHARED) == "1" or (contained and door != "open")
        given = environment.get(CODE, "").strip()
        code = join_code.checked(given) if shared and given else None
        own = tuple(name for name in environment.get(HOSTS, "").replace(",", " ").split() if name)
        return cls(shared, contained, code, own)

    def refuse_open(self, address: str) -> None:
        """Raise PlumblineError where others could reach the address and nobody said that they may."""
        if not (self.shared or self.contained or is_own(address)):
            raise PlumblineError(
                f"The app would listen on {address}, where other computers reach it without a code. Start it with "
                "plumbline app --share, or leave STREAMLIT_SERVER_ADDRESS and server.address out."
            )

    def hosts(self, addresses: Iterable[str]) -> Hosts:
        """The names served; `addresses` are this machine's, for a shared app.

        A container does not know the addresses that lead to it. With a code it serves every bare one.
        """
        return Hosts.of(addresses if self.shared else (), self.own, any_address=self.shared and self.contained)

    def host_names(self, addresses: Iterable[str]) -> list[str]:
        """The same as Streamlit's server.allowedHosts takes it; where every bare address is served, our layer asks."""
        if self.shared and self.contained:
            return ["*"]
        others = [*addresses] if self.shared else []
        return list(dict.fromkeys([*LOCAL, *others, *self.own]))


def is_own(address: str) -> bool:
    """Whether only this machine reaches what listens there."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address.lower() == "localhost"
