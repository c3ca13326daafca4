"""First paint of the app and click-to-verdict of the sample, in real Chromium.

    python tests/benchmarks/browser.py

Run by hand from the project's root, in the project's environment, with Debian's chromium installed. Medians of seven
visits, each in a fresh browser context; the first, on a cold server, is printed apart. Aims: under 2 s each when warm.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PORT = 8655
ADDRESS = f"http://localhost:{PORT}"
VISITS = 8
WARM_UP_SECONDS = (
    8.0  # the next visit comes when the spare process has done its imports, as in an app that stands ready
)


def visit(browser: Browser) -> tuple[float, float]:
    """Seconds from the address to the first heading, and from the click on the sample to the answer."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    start = time.perf_counter()
    page.goto(ADDRESS)
    page.get_by_role("heading", name="Is your model treating people alike?").wait_for()
    painted = time.perf_counter() - start
    button = page.get_by_role("button", name="Loans")
    button.wait_for()
    start = time.perf_counter()
    button.click()
    page.get_by_role("heading", name="The answer").wait_for()
    answered = time.perf_counter() - start
    context.close()
    return painted, answered


def main() -> None:
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.headless=true"]
        app = subprocess.Popen(
            [*command, f"--server.port={PORT}"],
            env={"PATH": "/usr/bin:/bin", "PLUMBLINE_HOME": home, "HOME": home},
            stdout=subprocess.DEVNULL,
            cwd=Path(__file__).resolve().parents[2],
        )
        try:
            while True:
                try:
                    urllib.request.urlopen(f"{ADDRESS}/_stcore/health", timeout=2)
                    break
                except OSError:
                    time.sleep(0.1)
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            visits = []
            for _ in range(VISITS):
                visits.append(visit(browser))
                time.sleep(WARM_UP_SECONDS)
            browser.close()
        finally:
            app.terminate()
            app.wait()
    print(f"cold: first paint {visits[0][0]:.2f} s, click to answer {visits[0][1]:.2f} s")
    for name, seconds in zip(("first paint", "click to answer"), zip(*visits[1:], strict=True), strict=True):
        print(f"warm: {name} {statistics.median(seconds):.2f} s (from {min(seconds):.2f} to {max(seconds):.2f})")


if __name__ == "__main__":
    main()
