"""Those who are told of alarms: a web server with a certificate of its own, and a mail server, both on this machine."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME = "hooks.example.org"
TOKEN = "/services/T0/s3cret?key=t0ken"


@dataclass
class Receiver:
    """A web server: it answers the statuses in turn, then 200, and keeps what it was sent."""

    port: int = 0
    statuses: list[int] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate, with its key, for `NAME`, localhost and 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "plumbline test")])
    began = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    hosts = [x509.DNSName(NAME), x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    own, secret = folder / "own.pem", folder / "own.key"
    own.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return own, secret


def server_context(folder: Path) -> ssl.SSLContext:
    """What a server shows that has this folder's certificate, which is made where it lacks."""
    own, secret = folder / "own.pem", folder / "own.key"
    if not own.exists():
        certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own, secret)
    return context


@contextmanager
def dripping_server(context: ssl.SSLContext | None, answer: bytes) -> Iterator[int]:
    """The port of a server on 127.0.0.1 whose answer goes on a byte at a time, and never to the end."""
    closed = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        with (
            contextlib.suppress(OSError),
            listening,
            listening.accept()[0] as plain,
            plain if context is None else context.wrap_socket(plain, server_side=True) as answering,
        ):
            answering.sendall(answer)
            while not closed.wait(0.02):
                answering.sendall(b"0")

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        closed.set()
        thread.join()


@contextmanager
def web_server(context: ssl.SSLContext | None, location: str = "") -> Iterator[Receiver]:
    """A web server on 127.0.0.1, over TLS where `context` is given; a redirect leads to `location`."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.paths.append(f"{self.headers['Host']}{self.path}")
            receiver.keys.append(self.headers["Idempotency-Key"])
            receiver.bodies.append(json.loads(body))
            status = receiver.statuses.pop(0) if receiver.statuses else 200
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that trusts nobody hangs up; that is no news."""

        def get_request(self) -> tuple[Any, Any]:
            opened, address = super().get_request()
            if context is None:
                return opened, address
            try:
                return context.wrap_socket(opened, server_side=True), address
            except OSError:
                opened.close()
                raise

    server = Server(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Mailbox:
    """A mail server's port, what was sent by it, and how it answers: the replies in turn, then 250."""

    port: int = 0
    replies: list[str] = field(default_factory=list)
    letters: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    users: list[str] = field(default_factory=list)


@contextmanager
def mail_server(context: ssl.SSLContext | None, *, from_the_start: bool = False) -> Iterator[Mailbox]:
    """A mail server on 127.0.0.1: with STARTTLS, which it asks for, with TLS `from_the_start`, or without a context."""
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

    mailbox = Mailbox()

    class Handler:
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
            if mailbox.replies:
                return mailbox.replies.pop(0)
            mailbox.letters.append((str(envelope.mail_from), list(envelope.rcpt_tos), bytes(envelope.content or b"")))
            return "250 OK"

    def allow(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        mailbox.users.append(given.login.decode())
        return AuthResult(success=given.password == b"p@ss", handled=False)

    options: dict[str, Any] = {"authenticator": allow, "auth_require_tls": context is not None}
    if from_the_start:
        options |= {"ssl_context": context, "auth_require_tls": False}
    elif context is not None:
        options |= {"tls_context": context, "require_starttls": True}
    controller = Controller(Handler(), hostname="127.0.0.1", port=_free_port(), ready_timeout=30, **options)
    controller.start()
    mailbox.port = controller.port
    try:
        yield mailbox
    finally:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])
