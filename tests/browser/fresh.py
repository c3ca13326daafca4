"""Browsers of people who have never been at the app."""

import contextlib
from collections.abc import Iterator

from playwright.sync_api import Browser, BrowserContext, Request, ViewportSize

SECONDS = 1000
# No test is about speed: what is expected may take as long as a busy machine needs for it.
PATIENCE = 300 * SECONDS
USUAL: ViewportSize = {"width": 1280, "height": 900}


class Browsers:
    """Browsers of people who have never been here: one that was left is given to the next, with nothing kept.

    What it has already loaded of the app it need not load and compile again, which took longer than all else: a window
    without a page of the app stays open, and with it the process that has compiled it (`--process-per-site`).
    """

    def __init__(self, chromium: Browser, port: int) -> None:
        self._chromium = chromium
        self._here = (f"http://localhost:{port}", f"ws://localhost:{port}", "data:", "blob:", "about:")
        self._left: list[BrowserContext] = []
        self._outside: list[str] = []

    @contextlib.contextmanager
    def browsing(self) -> Iterator[BrowserContext]:
        """A person's browser, in which nothing may be asked of another host."""
        context = self._left.pop() if self._left else self._new()
        yield context
        for page in context.pages[1:]:
            page.close()
        context.set_storage_state({"cookies": [], "origins": []})
        assert context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}
        self._left.append(context)
        assert not self._outside

    def _new(self) -> BrowserContext:
        context = self._chromium.new_context(viewport=USUAL, accept_downloads=True)
        context.set_default_timeout(PATIENCE)
        context.on("request", self._note)
        context.new_page().goto(f"{self._here[0]}/_stcore/health")
        return context

    def _note(self, request: Request) -> None:
        if not request.url.startswith(self._here):
            self._outside.append(request.url)
