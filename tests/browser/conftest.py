"""A running app and a real Chromium. Without one, tests skip; in continuous integration (CI is set) they fail."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",  # Chromium refuses to start as root with it
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

SECONDS = 1000
# No test is about speed: what is expected may take as long as a busy machine needs for it.
expect.set_options(timeout=60 * SECONDS)
_STILL = """
    document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "notRunning"
    && !document.getAnimations().some((one) => one.playState === "running")
"""


@dataclass
class App:
    """The app as a process of its own, with its own records; it can be stopped and started again."""

    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.headless=true"]
        with (self.home / "app.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, f"--server.port={self.port}"],
                cwd=ROOT,
                env=os.environ | {"PLUMBLINE_HOME": str(self.home)},
                stdout=log,
                stderr=log,
            )
        self.wait_until_healthy(deadline=time.monotonic() + 60)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=20)

    def wait_until_healthy(self, deadline: float) -> None:
        while not self.healthy():
            assert self.process and self.process.poll() is None, (self.home / "app.log").read_text()
            assert time.monotonic() < deadline, "the app did not answer in time"
            time.sleep(0.05)

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or whichever stands on the path."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for path in map(shutil.which, names) if path), None)
    if not found:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One app for all browser tests: they share it as people would."""
    app = App(home=tmp_path_factory.mktemp("plumbline"), port=free_port())
    app.start()
    yield app
    app.stop()


@pytest.fixture
def page(chromium: Browser, app: App) -> Iterator[Page]:
    """A fresh browser at the app's first page. The test fails if anything was asked of another host."""
    outside: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((app.address, f"ws://localhost:{app.port}", "data:", "blob:", "about:")):
            outside.append(request.url)

    context = chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(60 * SECONDS)
    context.on("request", note)
    page = context.new_page()
    page.goto(app.address)
    yield page
    context.close()
    assert not outside


def press(page: Page, name: str, seconds: float = 60) -> None:
    """Press a button once the page has come to rest: a click on what still moves or is replaced goes nowhere."""
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_be_enabled(timeout=seconds * SECONDS)
    page.wait_for_function(_STILL, timeout=seconds * SECONDS)
    button.click(timeout=seconds * SECONDS)


def choose(page: Page, question: str, answer: str, seconds: float = 60) -> None:
    """Open the list of this question once the page has come to rest, and choose the answer."""
    box = page.get_by_role("combobox", name=question)
    expect(box).to_be_enabled(timeout=seconds * SECONDS)
    page.wait_for_function(_STILL, timeout=seconds * SECONDS)
    box.click(timeout=seconds * SECONDS)
    page.get_by_role("option", name=answer).click(timeout=seconds * SECONDS)
