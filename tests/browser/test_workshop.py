"""Thirty people in a workshop press the button together: everybody sees a place in the queue, and gets an answer."""

import re

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import App

pytestmark = pytest.mark.browser

PEOPLE = 30
PLACE = re.compile(r"number (\d+) in the queue")
ANSWER = "The answer"
DEADLINE_SECONDS = 600


def state_of(page: Page) -> str:
    """What the page says once it says anything of its audit: a place in the queue, its progress, or the answer."""
    said = (
        page.get_by_text(PLACE).or_(page.get_by_text("Running the audit")).or_(page.get_by_role("heading", name=ANSWER))
    )
    said.first.wait_for(timeout=60_000)
    return said.first.inner_text()


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

    places = [{int(place) for place in PLACE.findall(state_of(page))} for page in pages]
    for page in pages:
        page.get_by_role("heading", name=ANSWER).wait_for(timeout=DEADLINE_SECONDS * 1000)
    queued = [seen for seen in places if seen]
    assert len(queued) > PEOPLE // 2, "most of them had to wait, so their pages must have said so"
    assert max(map(max, queued)) > PEOPLE // 2, "the last ones were far back in the queue"
    context.close()
