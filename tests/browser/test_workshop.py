"""Thirty people in a workshop press the button together: everybody sees a place in the queue, and gets an answer."""

import re
import time

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import App

pytestmark = pytest.mark.browser

PEOPLE = 30
PLACE = re.compile(r"number (\d+) in the queue")
ANSWER = "The answer"
DEADLINE_SECONDS = 300


def body(page: Page) -> str:
    return page.locator("body").inner_text()


def test_thirty_samples_at_once_all_end_in_an_answer(chromium: Browser, app: App) -> None:
    context = chromium.new_context(viewport={"width": 900, "height": 700})
    pages = [context.new_page() for _ in range(PEOPLE)]
    for page in pages:
        page.goto(app.address)
    buttons = [page.get_by_role("button", name="Loans") for page in pages]
    for button in buttons:
        button.wait_for(timeout=60_000)
    for button in buttons:
        button.click(no_wait_after=True)

    places: dict[int, set[int]] = {number: set() for number in range(PEOPLE)}
    waiting, deadline = set(range(PEOPLE)), time.monotonic() + DEADLINE_SECONDS
    while waiting:
        assert time.monotonic() < deadline, f"no answer for {sorted(waiting)}: {body(pages[min(waiting)])[:500]}"
        for number in sorted(waiting):
            text = body(pages[number])
            places[number] |= {int(place) for place in PLACE.findall(text)}
            if ANSWER in text:
                waiting.remove(number)
    queued = [number for number, seen in places.items() if seen]
    assert len(queued) > PEOPLE // 2, "most of them had to wait, so their pages must have said so"
    assert max(max(seen) for seen in places.values() if seen) > PEOPLE // 2, "the last ones were far back in the queue"
    context.close()
