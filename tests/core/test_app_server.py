"""How the app's server is started: where it listens, who gets in, and what is said when it cannot be."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import app_server, cli
from core.errors import PlumblineError
from tests.core.supervised import SOON, ending

PORT = app_server.DEFAULT_PORT


@pytest.fixture
def used_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_only_this_machine_reaches_it_unless_it_is_shared() -> None:
    alone = app_server.settings(False, PORT, {})
    assert alone["STREAMLIT_SERVER_ADDRESS"] == "127.0.0.1"
    assert "PLUMBLINE_SHARED" not in alone and "PLUMBLINE_JOIN_CODE" not in alone
    assert alone["STREAMLIT_BROWSER_GATHER_USAGE_STATS"] == "false"


def test_sharing_listens_everywhere_with_a_join_code_that_is_never_the_same() -> None:
    first, second = (app_server.settings(True, PORT, {}) for _ in range(2))
    assert first["STREAMLIT_SERVER_ADDRESS"] == "0.0.0.0"
    assert first["PLUMBLINE_SHARED"] == "1"
    assert len(first["PLUMBLINE_JOIN_CODE"]) >= 10
    assert first["PLUMBLINE_JOIN_CODE"] != second["PLUMBLINE_JOIN_CODE"]


def test_what_a_container_sets_holds_unless_it_is_asked_otherwise() -> None:
    container = {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0", "STREAMLIT_SERVER_PORT": "9000", "OTHER": "kept"}
    kept = app_server.settings(False, PORT, container)
    assert (kept["STREAMLIT_SERVER_ADDRESS"], kept["STREAMLIT_SERVER_PORT"], kept["OTHER"]) == (
        "0.0.0.0",
        "9000",
        "kept",
    )
    assert app_server.settings(False, 8700, container)["STREAMLIT_SERVER_PORT"] == "8700"


def test_the_greeting_says_where_it_is_and_shows_the_code_only_when_shared() -> None:
    shared = app_server.settings(True, 8700, {})
    lines = "\n".join(app_server.greeting(shared))
    assert "http://localhost:8700" in lines and shared["PLUMBLINE_JOIN_CODE"] in lines
    assert len(app_server.greeting(app_server.settings(False, 8700, {}))) == 1


def test_a_port_in_use_is_one_line_and_exit_2(used_port: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["app", "--port", str(used_port)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1 and f"Port {used_port} is in use" in said.err and "--port" in said.err


@pytest.mark.parametrize("port", [0, -1, 70_000])
def test_what_is_no_port_is_refused(port: int) -> None:
    with pytest.raises(PlumblineError, match="is no port"):
        app_server.serve(share=False, port=port)


def test_an_installation_without_the_app_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(app_server, "APP", tmp_path / "streamlit_app.py")
    with pytest.raises(PlumblineError, match="is missing"):
        app_server.serve(share=False, port=PORT)


def test_the_command_starts_a_server_from_any_folder(tmp_path: Path) -> None:
    port = free_port()
    environment = {**os.environ, "PLUMBLINE_HOME": str(tmp_path / "home"), "STREAMLIT_SERVER_HEADLESS": "true"}
    command = [sys.executable, "-c", f"from core.cli import main; main(['app', '--port', '{port}'])"]
    environment["PYTHONPATH"] = str(app_server.APP.parent)
    log = (tmp_path / "log").open("w+b")
    with log, ending(subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)) as server:
        try:
            assert healthy(port, server, time.monotonic() + SOON), (tmp_path / "log").read_text()
            assert f"http://localhost:{port}" in (tmp_path / "log").read_text()
        finally:
            server.terminate()
            server.wait(SOON)


def healthy(port: int, server: "subprocess.Popen[bytes]", deadline: float) -> bool:
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.05)
    return False
