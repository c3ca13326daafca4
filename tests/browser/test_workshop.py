"""Thirty people in a workshop press the button together: everybody sees a place in the queue, and gets an answer.

Some of them sit at a real Chromium. The others hold the same conversation with the app without one: thirty pages that
are drawn by two cores take most of the time, and say nothing of the app.
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from playwright.sync_api import Browser, Page

from core.jobs import machine
from tests.browser.conftest import App, settled
from tests.browser.fresh import SECONDS
from tests.browser.visitor import visiting

pytestmark = pytest.mark.browser

PEOPLE, AT_A_BROWSER = 30, 2
SAMPLE = "Try a sample: loans"
PLACE = re.compile(r"number (\d+) in the queue")
ANSWER = "How sure is this?"
SLOTS = 1 if machine.has_gpu() else max(1, machine.cores() // 2)  # so many run at once
DEADLINE_SECONDS = 900


@pytest.fixture
def windows(chromium: Browser, app: App) -> Iterator[list[Page]]:
    context = chromium.new_context(viewport={"width": 900, "height": 700})
    context.set_default_timeout(DEADLINE_SECONDS * SECONDS)
    pages = [context.new_page() for _ in range(AT_A_BROWSER)]
    for page in pages:
        page.goto(app.address)
        page.get_by_role("button", name=SAMPLE).wait_for()
        settled(page)
    yield pages
    context.close()


def visit(app: App, together: Barrier) -> list[int]:
    """Press the button with the others, and wait for the answer; every place in the queue that was said until then."""
    with visiting(app.address, DEADLINE_SECONDS) as visitor:
        visitor.wait_for(SAMPLE)
        together.wait(DEADLINE_SECONDS)
        visitor.press(SAMPLE)
        visitor.wait_for(f"{PLACE.pattern}|Running the audit")
        together.wait(DEADLINE_SECONDS)
        visitor.wait_for(re.escape(ANSWER))
        return [int(place) for said in visitor.said for place in PLACE.findall(said)]


def state_of(page: Page) -> str:
    """What the page says once it says anything of its audit: a place in the queue, its progress, or the answer."""
    said = page.get_by_text(PLACE).or_(page.get_by_text("Running the audit")).or_(page.get_by_text(ANSWER, exact=True))
    said.first.wait_for()
    return said.first.inner_text()


@pytest.mark.timeout(2 * DEADLINE_SECONDS)
def test_thirty_samples_at_once_all_end_in_an_answer(windows: list[Page], app: App) -> None:
    others = PEOPLE - len(windows)
    together = Barrier(others + 1)
    with app.holding() as let_go, ThreadPoolExecutor(others) as crowd:
        visits = [crowd.submit(visit, app, together) for _ in range(others)]
        for one in visits:
            one.add_done_callback(lambda ended: together.abort() if ended.exception() else None)
        together.wait(DEADLINE_SECONDS)
        for page in windows:
            page.get_by_role("button", name=SAMPLE).click(no_wait_after=True)
        seen = [{int(place) for place in PLACE.findall(state_of(page))} for page in windows]
        together.wait(DEADLINE_SECONDS)
        let_go()
        for page in windows:
            page.get_by_text(ANSWER, exact=True).wait_for()
        seen += [set(visit.result()) for visit in visits]
    queued = [places for places in seen if places]
    assert len(queued) >= PEOPLE - SLOTS, "all but the first had to wait, and their pages said so"
    assert max(map(max, queued)) == PEOPLE - SLOTS, "the last one had all the others before it"
