"""A running app and a real Chromium. Without one, tests skip; in continuous integration (CI is set) they fail."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect, sync_playwright

from core.jobs.folder import Folder
from tests.browser.fresh import PATIENCE, SECONDS, Browsers
from tests.worlds.jobs.forked import shared_line

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",  # Chromium refuses to start as root with it
    "--disable-dev-shm-usage",  # a container's /dev/shm may be too small for a page
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--process-per-site",  # windows of one person share what was compiled
]

# What 1024 x 768 leaves a page at the browser's zoom of 150 %.
PROJECTOR = {"width": 683, "height": 512}
expect.set_options(timeout=PATIENCE)
_STILL = """
    document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "notRunning"
    && !document.getAnimations().some((one) => one.playState === "running")
"""
_WATCH = """() => {
    window.hasAnswered = false;
    const note = () => { window.hasAnswered = true; };
    const what = { attributes: true, attributeFilter: ["data-test-script-state"] };
    new MutationObserver(note).observe(document.querySelector("[data-testid=stApp]"), what);
}"""
_ATTEMPTS = 4
# The app as it is, but for jobs that need not import again what an earlier one has, nor find again what one of the run
# has found, do not train for long, and wait while this file is there.
HOLD, KEPT, LINE = "hold", "PLUMBLINE_TESTS_KEPT", "PLUMBLINE_TESTS_LINE"
_SERVE = f"""
import os, pathlib
from streamlit.web.cli import main
from tests.worlds.jobs.forked import fork_jobs, short_trainings
kept = os.environ.get("{KEPT}")
hold = pathlib.Path(os.environ["PLUMBLINE_HOME"]) / "{HOLD}"
fork_jobs(True, kept=pathlib.Path(kept) if kept else None, hold=hold, line=os.environ.get("{LINE}"))
with short_trainings(5):
    main()
"""


@dataclass
class App:
    """The app as a process of its own, with its own records; it can be stopped and started again."""

    home: Path
    port: int
    kept: Path | None = None
    as_it_is: bool = False  # its jobs start as a user's do, for what measures them
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    @contextlib.contextmanager
    def holding(self) -> Iterator[Callable[[], None]]:
        """Jobs that begin in the block do their work at its end, or once what it gives is called."""
        hold = self.home / HOLD
        hold.touch()
        try:
            yield hold.unlink
        finally:
            hold.unlink(missing_ok=True)

    def start(self) -> None:
        program = ["-m", "streamlit"] if self.as_it_is else ["-c", _SERVE]
        command = [sys.executable, *program, "run", "streamlit_app.py", "--server.headless=true"]
        line = shared_line()
        told = {"PLUMBLINE_HOME": str(self.home), KEPT: str(self.kept or ""), LINE: str(line or "")}
        with (self.home / "app.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, f"--server.port={self.port}"],
                cwd=ROOT,
                env=os.environ | told,
                pass_fds=[] if line is None else [line],
                stdout=log,
                stderr=log,
            )
        self.wait_until_healthy(deadline=time.monotonic() + 60)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            finally:
                self.process.kill()  # what forks its jobs ends with whoever can still ask for one

    def wait_until_healthy(self, deadline: float) -> None:
        while not self.healthy():
            assert self.process and self.process.poll() is None, (self.home / "app.log").read_text()
            assert time.monotonic() < deadline, "the app did not answer in time"
            time.sleep(0.05)

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=2) as answer:
                return answer.status == 200
        except OSError:  # refused, cut off or too slow
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
    playwright = sync_playwright().start()
    (driver,) = (child for child in psutil.Process().children() if "run-driver" in child.cmdline())
    browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
    yield browser
    browser.close()
    # Playwright waits without end for its driver to leave, and the driver was seen to stay (version 1.65, in a few of
    # some forty whole runs, with Chromium gone): a run in which every test has passed must not fail or wait for that.
    late = threading.Timer(5, driver.kill)
    late.start()
    playwright.stop()
    late.cancel()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory, kept: Path) -> Iterator[App]:
    """One app for all browser tests: they share it as people would."""
    app = App(home=tmp_path_factory.mktemp("plumbline"), port=free_port(), kept=kept)
    app.start()
    yield app
    app.stop()


@pytest.fixture(autouse=True)
def what_the_app_did(app: App) -> Iterator[None]:
    """Under a failed test stand the jobs as they were then, and the last that the app wrote."""
    yield
    for folder in app.home.glob("jobs/*"):
        record = Folder(folder).record()
        print(folder.name, record and (record.kind, record.state, record.queued, record.began, record.ended))
    print("\n".join((app.home / "app.log").read_text().splitlines()[-20:]))


@pytest.fixture(scope="session")
def browsers(chromium: Browser, app: App) -> Browsers:
    """The browsers of all who come to the app."""
    return Browsers(chromium, app.port)


@pytest.fixture
def page(browsers: Browsers, app: App) -> Iterator[Page]:
    """A fresh browser at the app's first page."""
    with browsers.browsing() as context:
        page = context.new_page()
        page.goto(app.address)
        yield page


def settled(page: Page) -> None:
    """Wait until the page has come to rest: a click on what still moves or is drawn anew goes nowhere."""
    page.wait_for_function(_STILL)


def press(page: Page, name: str, exact: bool = True) -> None:
    """Press a button once the page has come to rest, and wait until the app has begun to answer."""
    button = _ready(page, name, exact)
    page.evaluate(_WATCH)
    button.click()
    with contextlib.suppress(TimeoutError):  # an answer that changes nothing on the page is not seen
        page.wait_for_function("window.hasAnswered", timeout=20 * SECONDS)


def press_unanswered(page: Page, name: str, exact: bool = True) -> None:
    """Press a button that opens something in the browser or begins a download, once the page has come to rest."""
    _ready(page, name, exact).click()


def _ready(page: Page, name: str, exact: bool) -> Locator:
    """A button that stands once in a page at rest: while a page is drawn anew it may stand twice for a moment."""
    button = page.get_by_role("button", name=name, exact=exact)
    expect(button.first).to_be_enabled()
    settled(page)
    expect(button).to_have_count(1)
    return button.first


def put(page: Page, *files: Path) -> None:
    """Put files in the first box for them, in one drop, once the page has come to rest."""
    box = page.locator("input[type=file]").first
    box.wait_for(state="attached")
    settled(page)
    box.set_input_files(files)


def choose(page: Page, question: str, answer: str | re.Pattern[str]) -> None:
    """Choose in a box, unless it says so already, and wait until the app has taken it in.

    A box that is drawn anew while its list is open closes it: then it is opened again. Of a long list only a part is
    drawn: what is looked for is typed then.
    """
    box = page.get_by_role("combobox", name=question)
    offered = page.get_by_role("option", name=answer).first
    sought = re.compile(re.escape(answer)) if isinstance(answer, str) else answer
    expect(box).to_be_enabled()
    settled(page)
    for attempt in range(_ATTEMPTS):
        if sought.search(_said(box)):
            return
        page.evaluate(_WATCH)
        box.click()
        if attempt and isinstance(answer, str):
            box.fill(answer)
        with contextlib.suppress(TimeoutError):
            offered.click(timeout=20 * SECONDS)
            page.wait_for_function("window.hasAnswered", timeout=60 * SECONDS)
        if page.get_by_role("listbox").count():
            page.keyboard.press("Escape")  # with no list open the key would empty the box
        box.blur()
        settled(page)
    assert sought.search(_said(box)), f"“{answer}” could not be chosen for “{question}”"


def _said(box: Locator) -> str:
    """What was chosen in the box: of one choice its value, of several the words beside it."""
    several = box.locator("xpath=ancestor::*[@data-testid='stMultiSelect'][1]")
    return box.input_value() + "".join(several.get_by_role("group", name="Selected values").all_inner_texts())
