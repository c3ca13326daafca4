"""One JSON POST: to the address that was checked, over verified TLS, without redirects."""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from core.record.series.alert import Alert
from core.store.alerts.settings import PRIVATE, AlertError, Endpoint

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 15.0
_TRY_AGAIN = {408, 425, 429}


class NotDelivered(AlertError):
    """Nobody was told. `soon` says whether it may go well in a moment."""

    def __init__(self, message: str, *, soon: bool) -> None:
        """Keep both."""
        super().__init__(message)
        self.soon = soon


def post(webhook: Endpoint, alert: Alert, key: str, private: bool = False) -> None:
    """Tell one webhook. Raises NotDelivered, in words without the address's path, which may be a secret.

    `key` is the same however often this is tried, so that a receiver can tell a repetition; with `private` a name may
    lead into a private network.
    """
    from http.client import HTTPException

    from urllib3.exceptions import HTTPError

    body = json.dumps(alert.message(), allow_nan=False).encode("ascii")
    try:
        status = _status(webhook, body, key, _addresses(webhook, private))
    except ssl.SSLCertVerificationError:
        raise _refused(webhook, "its certificate does not hold") from None
    except (OSError, HTTPError):
        raise NotDelivered(f"{_called(webhook)} could not be reached.", soon=True) from None
    except HTTPException:
        raise _refused(webhook, "what answers there is no web server; correct its address") from None
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise _refused(webhook, f"it answers {status}, a redirect, which is not followed; name the last address itself")
    raise NotDelivered(f"{_called(webhook)} answers {status}.", soon=status >= 500 or status in _TRY_AGAIN)


def _status(webhook: Endpoint, body: bytes, key: str, addresses: list[str]) -> int:
    """The status of the answer of the first address that can be connected to."""
    from urllib3.connection import HTTPConnection, HTTPSConnection

    headers = {
        "Host": webhook.host if ":" not in webhook.host else f"[{webhook.host}]",
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        "User-Agent": "plumbline",
        "Connection": "close",
    }
    if webhook.port not in (80, 443):
        headers["Host"] += f":{webhook.port}"
    for place, address in enumerate(addresses):
        connection: HTTPConnection
        if webhook.scheme == "https":
            context = ssl.create_default_context()
            connection = HTTPSConnection(
                address, webhook.port, timeout=CONNECT_SECONDS, ssl_context=context, server_hostname=webhook.host
            )
        else:
            connection = HTTPConnection(address, webhook.port, timeout=CONNECT_SECONDS)
        try:
            try:
                connection.connect()
            except OSError:
                if place + 1 < len(addresses):
                    continue
                raise
            connection.timeout = ANSWER_SECONDS
            with _in_time(connection.sock):
                connection.request("POST", webhook.path, body=body, headers=headers, preload_content=False)
                return int(connection.getresponse().status)
        finally:
            connection.close()
    raise OSError("no address")


@contextmanager
def _in_time(connected: socket.socket) -> Iterator[None]:
    """End what is read or written once it has taken `ANSWER_SECONDS` in all, by TimeoutError.

    A socket's own limit begins again with each byte, and a server that drips them would be waited for without end.
    """
    late = threading.Event()

    def cut() -> None:
        late.set()
        with suppress(OSError):
            socket.socket.shutdown(
                connected, socket.SHUT_RDWR
            )  # of the plain one below TLS, which another thread reads

    timer = threading.Timer(ANSWER_SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if late.is_set():
            raise TimeoutError  # whatever half an answer was taken for


def _addresses(webhook: Endpoint, private: bool) -> list[str]:
    """The addresses of a host, each of them one that may be connected to. Raises NotDelivered where one may not."""
    found: list[Any] = socket.getaddrinfo(webhook.host, webhook.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        number = ipaddress.ip_address(address.partition("%")[0])
        number = getattr(number, "ipv4_mapped", None) or number
        if number.is_loopback and webhook.is_loopback:
            continue
        if webhook.scheme == "http":
            raise _refused(webhook, "plain http leads to another machine; use https")
        if number.is_loopback or number.is_link_local or number.is_multicast or number.is_unspecified:
            raise _refused(webhook, f"its name leads to {address}, which is no other machine's public address")
        if not number.is_global and webhook.address is None and not private:
            raise _refused(
                webhook, f"its name leads to {address}, in a private network; if that is meant, set {PRIVATE}=1"
            )
    return addresses


def _called(webhook: Endpoint) -> str:
    return f'The webhook "{webhook.name}" ({webhook.host})'


def _refused(webhook: Endpoint, why: str) -> NotDelivered:
    return NotDelivered(f"{_called(webhook)} was not told: {why}.", soon=False)
