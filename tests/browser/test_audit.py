"""The Audit and History pages in real Chromium: from the sample to an answer that can be looked into and taken away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, TimeoutError, expect

from tests.browser.conftest import PROJECTOR, App, press, press_unanswered, settled
from tests.browser.fresh import SECONDS, Browsers

pytestmark = pytest.mark.browser

SAMPLE = "Try the sample: Loans: 2,000 invented people"


@pytest.fixture(scope="module")
def audited(browsers: Browsers, app: App) -> Iterator[tuple[BrowserContext, str]]:
    """A browser in which the sample's audit was begun on the Audit page and ran to its end, and its address."""
    with browsers.browsing() as context:
        page = context.new_page()
        page.goto(f"{app.address}/audit")
        press(page, SAMPLE)
        expect(page.get_by_text("How sure is this?", exact=True).first).to_be_visible()
        page.wait_for_url("**audit=*")
        address = page.url
        page.close()
        yield context, address


@pytest.fixture(scope="module")
def answered(audited: tuple[BrowserContext, str]) -> Page:
    """Another window of that browser, with the audit's answer; each test leaves it as it was, but for the last one."""
    context, address = audited
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_text("How sure is this?", exact=True).first).to_be_visible()
    expect(chart(page)).to_be_visible()
    return page


def chart(page: Page) -> Locator:
    return page.get_by_test_id("stVegaLiteChart")


def pointed_at(page: Page) -> Locator:
    """What the chart says of the dot in its middle; a chart that has just been drawn anew has not seen the mouse."""
    said = page.locator("#vg-tooltip-element")
    for _ in range(5):
        settled(page)
        page.mouse.move(0, 0)
        chart(page).hover()
        try:
            said.wait_for(timeout=20 * SECONDS)
            break
        except TimeoutError:
            continue
    return said


def test_a_dot_says_its_sentence_and_the_slider_moves_the_picture_but_not_the_answer(answered: Page) -> None:
    expect(pointed_at(answered)).to_contain_text("plausible range")
    sentence = answered.get_by_role("heading", level=1).inner_text()
    answered.get_by_role("button", name="Threshold").click()
    answered.get_by_role("slider").focus()
    answered.keyboard.press("ArrowRight")
    expect(answered.get_by_text("is a threshold you tried").first).to_be_visible()
    assert answered.get_by_role("heading", level=1).inner_text() == sentence
    answered.keyboard.press("Escape")
    press(answered, "Back to the plan's threshold")
    expect(answered.get_by_text("is a threshold you tried")).to_have_count(0)


def test_the_table_fits_a_projector_and_a_telephone(answered: Page) -> None:
    answered.get_by_text("How sure is this?", exact=True).click()
    for width in (400, PROJECTOR["width"], 1280):
        answered.set_viewport_size({"width": width, "height": PROJECTOR["height"]})
        table = answered.locator(".plain-table").first
        expect(table.get_by_text("comparison group")).to_be_visible()
        for box in (table, answered.locator(".st-key-grid"), answered.locator(".st-key-cards")):
            sideways = box.evaluate("box => box.scrollWidth - box.clientWidth")
            assert sideways <= 1, f"{width} px: {box} is {sideways} px too wide"
    answered.get_by_text("How sure is this?", exact=True).click()


def test_all_of_the_answer_is_on_the_first_screen(answered: Page) -> None:
    answered.set_viewport_size({"width": 1440, "height": 900})
    answered.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
    settled(answered)
    expect(answered.get_by_role("heading", level=1)).to_be_in_viewport()
    expect(chart(answered)).to_be_in_viewport(ratio=1)
    cells = answered.locator(".st-key-grid [class*=-cell-] button:visible")
    assert cells.count() == 8 * 4
    expect(cells.last).to_be_in_viewport(ratio=1)


def test_a_cell_opens_in_the_picture_which_scrolls_into_view(answered: Page) -> None:
    answered.set_viewport_size({"width": 400, "height": 900})
    title = answered.get_by_role("heading", level=1)
    for place, words in ((4 + 1, "wrongly"), (0, "Women are approved less often")):
        cell = answered.locator(".st-key-grid [class*=-cell-] button:visible").nth(place)
        cell.scroll_into_view_if_needed()
        cell.focus()
        answered.keyboard.press("Enter")
        expect(title).to_contain_text(words)
        expect(answered.locator(".st-key-picture h2")).to_be_in_viewport()
    assert answered.evaluate("document.documentElement.scrollWidth") <= 400
    answered.set_viewport_size({"width": 1280, "height": 900})


def test_no_toolbar_offers_a_download_that_defuses_nothing(answered: Page) -> None:
    expect(pointed_at(answered)).to_be_visible()
    for toolbar in answered.get_by_test_id("stElementToolbar").all():
        expect(toolbar).to_be_hidden()


def test_the_answer_taken_away_opens_offline(answered: Page, chromium: Browser, tmp_path: Path) -> None:
    with answered.expect_download() as download:
        answered.get_by_role("button", name="Download").click()
        press_unanswered(answered, "Answer, picture and table (web page, .html)")
    taken = tmp_path / "answer.html"
    download.value.save_as(taken)
    assert taken.stat().st_size < 300_000
    context = chromium.new_context(offline=True, color_scheme="dark", java_script_enabled=False)
    page = context.new_page()
    page.goto(taken.as_uri())
    expect(page.get_by_text("Women are approved").first).to_be_visible()
    expect(page.locator("figure svg")).to_be_visible()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark == "rgb(18, 22, 27)"
    context.close()


def test_a_refresh_loses_nothing_and_the_history_keeps_the_audit_until_told(answered: Page) -> None:
    answered.reload()
    expect(answered.get_by_text("Women are approved").first).to_be_visible()
    # A browser that is known is asked nothing: its answer would be a rerun of this page, and undo the next click.
    expect(answered.locator("iframe")).to_have_count(0)
    answered.get_by_role("link", name="History").click()
    expect(answered.get_by_text("sample · 2,000 people").first).to_be_visible()
    answered.context.clear_cookies()
    answered.reload()
    expect(answered.get_by_text("sample · 2,000 people").first).to_be_visible()
    press(answered, "Open")
    expect(answered.get_by_text("How sure is this?", exact=True).first).to_be_visible()
    answered.get_by_role("link", name="History").click()
    press_unanswered(answered, "Delete")
    red = answered.get_by_role("button", name="Delete for good")
    expect(red).to_have_css("background-color", "rgb(197, 54, 43)")
    press(answered, "Delete for good")
    expect(answered.get_by_text("Is your model treating people alike?").first).to_be_visible()
