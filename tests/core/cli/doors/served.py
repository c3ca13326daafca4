"""A real app as a process of its own, spoken to by HTTP and websocket on loopback as browsers and others do."""

from __future__ import annotations

import contextlib
import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from core.cli import app as app_server
from tests.worlds.jobs.supervised import SOON, ending

CODE = "ABCDEFGH23"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class App:
    """The app at its port; `ask` sends one request as whoever sets the headers."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SOON)
        with contextlib.closing(connection):
            connection.request(method, path, body, {"Host": self.host} | sent)
            answer = connection.getresponse()
            cookies = tuple(answer.headers.get_all("Set-Cookie") or ())
            return Answer(answer.status, dict(answer.headers), cookies, answer.read().decode("utf-8", "replace"))

    def join(self, code: str, path: str = "/", **headers: str) -> Answer:
        sent = {"Content_Type": FORM["Content-Type"], "Origin": f"http://{self.host}"} | headers
        return self.ask(path, "POST", urlencode({"code": code}).encode(), **sent)

    @contextlib.contextmanager
    def window(self, **headers: str) -> Iterator[ClientConnection]:
        """An open websocket, as a window has one; only to loopback, whatever the headers say."""
        wanted = {"Origin": f"http://{self.host}", "Host": self.host} | headers
        given = {name: value for name, value in wanted.items() if name not in ("Host", "Origin")}
        name = wanted["Host"]
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=SOON) as plain,
            connect(
                f"ws://{name}/_stcore/stream",
                sock=plain,
                origin=wanted["Origin"],  # type: ignore[arg-type]
                subprotocols=["streamlit"],  # type: ignore[list-item]
                additional_headers=given,
                max_size=None,
            ) as window,
        ):
            yield window

    def refuses_window(self, **headers: str) -> bool:
        try:
            with self.window(**headers):
                return False
        except InvalidStatus as refused:
            return refused.response.status_code == 403

    def put(self, session: str, content: bytes, **headers: str) -> Answer:
        """Upload a file into a box of a window, as the page's script does."""
        token = next((c for c in self.ask("/_stcore/health", **headers).cookies if "xsrf" in c), "=").split(";")[0]
        body = (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="people.csv"\r\n'
            b"Content-Type: text/csv\r\n\r\n" + content + b"\r\n--x--\r\n"
        )
        cookies = "; ".join(part for part in (token, headers.pop("Cookie", "")) if part)
        return self.ask(
            f"/_stcore/upload_file/{session}/{secrets.token_hex(8)}",
            "PUT",
            body,
            Content_Type="multipart/form-data; boundary=x",
            X_Xsrftoken=token.partition("=")[2],
            Cookie=cookies,
            **headers,
        )

    def resident_bytes(self) -> int:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


def drawn(window: ClientConnection) -> str:
    """Ask for the page and wait until it is drawn; the id of the window's session."""
    ask = BackMsg()
    ask.rerun_script.query_string = ""
    window.send(ask.SerializeToString())
    session = ""
    while True:
        told = ForwardMsg()
        told.ParseFromString(window.recv(SOON))  # type: ignore[arg-type]
        if told.WhichOneof("type") == "new_session":
            session = told.new_session.initialize.session_id
        if told.WhichOneof("type") == "script_finished":
            return session


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(home: Path, *arguments: str, before: Sequence[str] = (), **environment: str) -> Iterator[App]:
    """`plumbline app` with these arguments, until the end of the block; `before` is a command that runs it."""
    port = free_port()
    command = [
        *before,
        sys.executable,
        "-c",
        "import sys; from core.cli import main; sys.exit(main(sys.argv[1:]))",
        "app",
    ]
    settings = {
        **os.environ,
        "PLUMBLINE_HOME": str(home / "home"),
        "STREAMLIT_SERVER_HEADLESS": "true",
        "PYTHONPATH": str(app_server.APP.parent),
        **environment,
    }
    with (home / "log").open("wb") as log:
        started = subprocess.Popen([*command, "--port", str(port), *arguments], env=settings, stdout=log, stderr=log)
    with ending(started) as process:
        app = App(port, process)
        _until_healthy(app, home / "log")
        yield app


def _until_healthy(app: App, log: Path) -> None:
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline and app.process.poll() is None:
        with contextlib.suppress(OSError):
            if app.ask("/_stcore/health").status == 200:
                return
        time.sleep(0.05)
    raise AssertionError(log.read_text())
