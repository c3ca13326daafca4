"""First paint of the app and click-to-verdict of the sample, in real Chromium.

    python -m tests.benchmarks.browser

Run by hand from the project's root, in the project's environment, with Debian's chromium installed. Medians of seven
visits, each in a fresh browser context; the first, on a cold server, is printed apart. Aims: under 2 s each when warm.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import FLAGS, App, free_port

VISITS = 8
FINDING = "Women are approved less often than men"
# The next visit comes when the spare process has done its imports, as in an app that stands ready.
WARM_UP_SECONDS = 8.0


def visit(browser: Browser, address: str) -> tuple[float, float]:
    """Seconds from the address to the first heading, and from the click on the sample to the answer."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    start = time.perf_counter()
    page.goto(address)
    page.get_by_role("heading", name="Is your model treating people alike?").wait_for()
    painted = time.perf_counter() - start
    button = page.get_by_role("button", name="Loans")
    button.wait_for()
    start = time.perf_counter()
    button.click()
    page.get_by_role("heading", level=1, name=FINDING).wait_for()
    answered = time.perf_counter() - start
    context.close()
    return painted, answered


def main() -> None:
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        app = App(Path(home), free_port(), as_it_is=True)
        app.start()
        try:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            visits = []
            for _ in range(VISITS):
                visits.append(visit(browser, app.address))
                time.sleep(WARM_UP_SECONDS)
            browser.close()
        finally:
            app.stop()
    print(f"cold: first paint {visits[0][0]:.2f} s, click to answer {visits[0][1]:.2f} s")
    for name, seconds in zip(("first paint", "click to answer"), zip(*visits[1:], strict=True), strict=True):
        print(f"warm: {name} {statistics.median(seconds):.2f} s (from {min(seconds):.2f} to {max(seconds):.2f})")


if __name__ == "__main__":
    main()
