"""To whom alarms may be told: only to those whom the operator of this installation named, in its environment."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from core.errors import PlumblineError, quoted
from core.plan.parts import MonitorPlan

WEBHOOKS, PRIVATE = "PLUMBLINE_WEBHOOKS", "PLUMBLINE_WEBHOOKS_PRIVATE"
SMTP, SENDER, RECEIVERS = "PLUMBLINE_SMTP", "PLUMBLINE_MAIL_FROM", "PLUMBLINE_MAIL_TO"
_PORTS = {"http": 80, "https": 443, "smtp": 587, "smtps": 465}


class AlertError(PlumblineError):
    """An alarm may not be told there, or the settings that say where are wrong."""


@dataclass(frozen=True)
class Endpoint:
    """Where a connection goes. Its path, user and password may be secrets, so no message and no `repr` has them."""

    name: str
    scheme: str
    host: str
    port: int
    path: str = field(default="", repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine, by its name or number."""
        address = self.address
        return self.host == "localhost" if address is None else address.is_loopback

    @property
    def address(self) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
        """The host as a number; None where it is a name."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None


@dataclass(frozen=True)
class AlertSettings:
    """What the operator allows: webhooks by their names, a mail server, and whom it writes to.

    With `private` a webhook's name may lead into a private network. `receivers` are addresses, or "@" and a domain.
    """

    webhooks: Mapping[str, Endpoint] = field(default_factory=dict)
    private: bool = False
    mail: Endpoint | None = None
    sender: str = ""
    receivers: tuple[str, ...] = ()

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> AlertSettings:
        """What the environment says. Raises AlertError where a setting cannot be read; it never quotes one."""
        webhooks = {}
        for entry in environment.get(WEBHOOKS, "").split():
            name, sign, url = entry.partition("=")
            if not sign:
                raise AlertError(f"{WEBHOOKS} lists names with addresses, such as: ops=https://hooks.example.org/abc")
            webhooks[name.lower()] = _webhook(name.lower(), url)
        mail = environment.get(SMTP, "").strip()
        return cls(
            webhooks,
            environment.get(PRIVATE, "") == "1",
            _mail(mail) if mail else None,
            environment.get(SENDER, "").strip(),
            tuple(environment.get(RECEIVERS, "").replace(",", " ").lower().split()),
        )

    def check(self, monitor: MonitorPlan) -> None:
        """Raise AlertError, naming the setting, where the plan asks to tell somebody whom the operator did not name."""
        if monitor.webhook is not None:
            self.webhook(monitor.webhook)
        for address in monitor.email:
            self.receiver(address)

    def webhook(self, name: str) -> Endpoint:
        """The webhook of this name. Raises AlertError where the operator named none so."""
        found = self.webhooks.get(name.lower())
        if found is None:
            known = f"It knows {quoted(sorted(self.webhooks))}" if self.webhooks else "It is not set"
            raise AlertError(
                f'The plan\'s webhook "{name}" is not in the setting {WEBHOOKS}. {known}. Whoever runs this'
                f" installation can add it: {WEBHOOKS}={name}=https://..."
            )
        return found

    def receiver(self, address: str) -> tuple[Endpoint, str]:
        """The mail server, and the sender, for this address. Raises AlertError where the operator does not allow it."""
        if self.mail is None or not self.sender:
            raise AlertError(
                f"E-mail needs the settings {SMTP}, such as smtp://user:password@mail.example.org, and {SENDER}."
            )
        lowered = address.lower()
        if lowered not in self.receivers and f"@{lowered.rpartition('@')[2]}" not in self.receivers:
            raise AlertError(
                f'The plan\'s e-mail address "{address}" is not in the setting {RECEIVERS}. Whoever runs this'
                f" installation can add it, or its whole domain: {RECEIVERS}=@example.org"
            )
        return self.mail, self.sender


def _webhook(name: str, url: str) -> Endpoint:
    parts = _parts(WEBHOOKS, url, ("https", "http"))
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    webhook = _endpoint(name, parts, path)
    if parts.username or parts.password:
        raise AlertError(
            f'{WEBHOOKS}: the address of "{name}" has a user or password. Use one with a token in its path.'
        )
    if webhook.scheme == "http" and not webhook.is_loopback:
        raise AlertError(
            f'{WEBHOOKS}: "{name}" is plain http to another machine, where anybody on the way can read it. Use https.'
        )
    return webhook


def _mail(url: str) -> Endpoint:
    parts = _parts(SMTP, url, ("smtp", "smtps"))
    return _endpoint("mail", parts, "", unquote(parts.username or ""), unquote(parts.password or ""))


def _parts(setting: str, url: str, schemes: tuple[str, ...]) -> SplitResult:
    try:
        parts = urlsplit(url)
        known = parts.scheme in schemes and parts.hostname and parts.hostname.isascii()
        if known and url.isascii() and url.isprintable() and parts.port != 0:
            str(parts.hostname).encode("idna")  # as a look-up does, which would end in a ValueError there
            return parts
    except ValueError:
        pass
    begins = " or ".join(f"{scheme}://" for scheme in schemes)
    raise AlertError(f"{setting} has an address that cannot be read. It begins with {begins}, then a host.")


def _endpoint(name: str, parts: SplitResult, path: str, user: str = "", password: str = "") -> Endpoint:
    host, port = str(parts.hostname), parts.port or _PORTS[parts.scheme]
    return Endpoint(name, parts.scheme, host, port, path, user, password)
