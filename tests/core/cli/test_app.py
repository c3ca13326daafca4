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

from core import cli
from core.cli import app
from core.cli.doors.addresses import of_this_machine
from core.errors import PlumblineError
from tests.worlds.jobs.supervised import SOON, ending

PORT = app.DEFAULT_PORT


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
    alone = app.settings(False, PORT, {})
    assert alone["STREAMLIT_SERVER_ADDRESS"] == "127.0.0.1"
    assert "PLUMBLINE_SHARED" not in alone and "PLUMBLINE_JOIN_CODE" not in alone
    assert alone["STREAMLIT_BROWSER_GATHER_USAGE_STATS"] == "false"


def test_sharing_listens_everywhere_with_a_join_code_that_is_never_the_same() -> None:
    first, second = (app.settings(True, PORT, {}) for _ in range(2))
    assert first["STREAMLIT_SERVER_ADDRESS"] == "0.0.0.0"
    assert first["PLUMBLINE_SHARED"] == "1"
    assert len(first["PLUMBLINE_JOIN_CODE"]) >= 10
    assert first["PLUMBLINE_JOIN_CODE"] != second["PLUMBLINE_JOIN_CODE"]


def test_what_a_container_sets_holds_unless_it_is_asked_otherwise() -> None:
    container = {
        "PLUMBLINE_CONTAINER": "1",
        "STREAMLIT_SERVER_ADDRESS": "0.0.0.0",
        "STREAMLIT_SERVER_PORT": "9000",
        "OTHER": "kept",
    }
    kept = app.settings(False, PORT, container)
    assert (kept["STREAMLIT_SERVER_PORT"], kept["OTHER"]) == ("9000", "kept")
    assert kept["STREAMLIT_SERVER_ADDRESS"] == "0.0.0.0"
    assert app.settings(False, 8700, container)["STREAMLIT_SERVER_PORT"] == "8700"


def test_a_container_asks_for_a_code_unless_it_is_told_that_somebody_else_keeps_the_door() -> None:
    container = {"PLUMBLINE_CONTAINER": "1", "STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}
    closed = app.settings(False, PORT, container)
    assert closed["PLUMBLINE_SHARED"] == "1" and len(closed["PLUMBLINE_JOIN_CODE"]) >= 10
    said = app.greeting(closed)
    assert closed["PLUMBLINE_JOIN_CODE"] in said[-1] and "localhost" not in "".join(said)
    opened = app.settings(False, PORT, container | {"PLUMBLINE_DOOR": "open"})
    assert "PLUMBLINE_SHARED" not in opened and opened["STREAMLIT_SERVER_ADDRESS"] == "0.0.0.0"


def test_the_image_says_that_it_is_one_and_starts_the_app_by_its_own_command() -> None:
    image = (app.APP.parent / "Dockerfile").read_text(encoding="utf-8")
    assert "PLUMBLINE_CONTAINER=1" in image and 'CMD ["plumbline", "app"]' in image


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.9"])
def test_a_foreign_address_outside_a_container_is_refused_unless_it_is_shared(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", address)
    assert cli.main(["app", "--port", "8700"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and address in said and "--share" in said
    shared = app.settings(True, PORT, {"STREAMLIT_SERVER_ADDRESS": address})
    assert shared["STREAMLIT_SERVER_ADDRESS"] == "0.0.0.0"


def test_an_unsuitable_join_code_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLUMBLINE_JOIN_CODE", "secret")
    assert cli.main(["app", "--share", "--port", "8700"]) == 2
    assert "too short" in capsys.readouterr().err


def test_streamlit_is_told_the_names_that_are_served() -> None:
    alone = app.settings(False, PORT, {"PLUMBLINE_HOSTS": "audit.example.org, b.example"})
    assert alone["STREAMLIT_SERVER_ALLOWED_HOSTS"] == "localhost 127.0.0.1 ::1 audit.example.org b.example"
    shared = app.settings(True, PORT, {})["STREAMLIT_SERVER_ALLOWED_HOSTS"].split()
    assert set(of_this_machine()) < set(shared) and "*" not in shared
    assert alone["STREAMLIT_BROWSER_SERVER_ADDRESS"] == "localhost", "nobody outside is asked what it is called there"


@pytest.mark.jobs
@pytest.mark.parametrize("shared", ["", "1"])
def test_streamlits_own_command_opens_no_door_either(shared: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "streamlit", "run", str(app.APP), "--server.headless=true"]
    address = [] if shared else ["--server.address=0.0.0.0"]
    environment = {**os.environ, "PLUMBLINE_HOME": str(tmp_path / "home"), "PLUMBLINE_SHARED": shared}
    environment.pop("PLUMBLINE_JOIN_CODE", None)
    ended = subprocess.run(
        [*command, f"--server.port={free_port()}", *address],
        cwd=app.APP.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SOON,
    )
    assert ended.returncode != 0 and "plumbline app --share" in ended.stderr


def test_the_greeting_says_where_it_is_and_shows_the_code_only_when_shared() -> None:
    shared = app.settings(True, 8700, {})
    lines = "\n".join(app.greeting(shared))
    assert "http://localhost:8700" in lines and shared["PLUMBLINE_JOIN_CODE"] in lines
    assert len(app.greeting(app.settings(False, 8700, {}))) == 1


def test_a_port_in_use_is_one_line_and_exit_2(used_port: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["app", "--port", str(used_port)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1 and f"Port {used_port} is in use" in said.err and "--port" in said.err


@pytest.mark.parametrize("port", [0, -1, 70_000])
def test_what_is_no_port_is_refused(port: int) -> None:
    with pytest.raises(PlumblineError, match="is no port"):
        app.serve(share=False, port=port)


def test_an_installation_without_the_app_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(app, "APP", tmp_path / "streamlit_app.py")
    with pytest.raises(PlumblineError, match="is missing"):
        app.serve(share=False, port=PORT)


def test_the_command_starts_a_server_from_any_folder(tmp_path: Path) -> None:
    port = free_port()
    environment = {**os.environ, "PLUMBLINE_HOME": str(tmp_path / "home"), "STREAMLIT_SERVER_HEADLESS": "true"}
    command = [sys.executable, "-c", f"from core.cli import main; main(['app', '--port', '{port}'])"]
    environment["PYTHONPATH"] = str(app.APP.parent)
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
