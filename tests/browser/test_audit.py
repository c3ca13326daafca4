"""The Audit and History pages in real Chromium: from the sample to an answer that can be looked into and taken away."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import SECONDS, App, press

pytestmark = pytest.mark.browser

SAMPLE = "Try the sample: Loans: 2,000 invented people"


@pytest.fixture
def answered(page: Page, app: App) -> Page:
    """The sample's audit, begun on the Audit page and run to its end."""
    page.goto(f"{app.address}/audit")
    page.get_by_role("button", name=SAMPLE).click(timeout=60 * SECONDS)
    expect(page.get_by_text("The answer", exact=True)).to_be_visible(timeout=60 * SECONDS)
    expect(chart(page)).to_be_visible(timeout=30 * SECONDS)
    return page


def chart(page: Page) -> Locator:
    return page.get_by_test_id("stVegaLiteChart")


def test_a_dot_says_its_sentence_and_the_slider_moves_the_picture_but_not_the_answer(answered: Page) -> None:
    chart(answered).hover()
    expect(answered.locator("#vg-tooltip-element")).to_contain_text("plausible range", timeout=10 * SECONDS)
    sentence = answered.get_by_text("Women are selected").first.inner_text()
    answered.get_by_role("slider").focus()
    answered.keyboard.press("ArrowRight")
    expect(answered.get_by_text("is a threshold you tried")).to_be_visible(timeout=10 * SECONDS)
    assert answered.get_by_text("Women are selected").first.inner_text() == sentence
    press(answered, "Back to the plan's threshold")
    expect(answered.get_by_text("is a threshold you tried")).to_have_count(0, timeout=10 * SECONDS)


def test_the_table_fits_a_projector_and_a_telephone(answered: Page) -> None:
    for width in (1280, 400):
        answered.set_viewport_size({"width": width, "height": 900})
        table = answered.locator(".plain-table").first
        expect(table.get_by_text("comparison group")).to_be_visible()
        sideways = table.evaluate("box => box.scrollWidth - box.clientWidth")
        assert sideways == 0, f"{width} px: the table is {sideways} px too wide"


def test_no_toolbar_offers_a_download_that_defuses_nothing(answered: Page) -> None:
    chart(answered).hover()
    expect(answered.locator("#vg-tooltip-element")).to_be_visible(timeout=10 * SECONDS)
    for toolbar in answered.get_by_test_id("stElementToolbar").all():
        expect(toolbar).to_be_hidden()


def test_the_answer_taken_away_opens_offline(answered: Page, chromium: Browser, tmp_path: Path) -> None:
    with answered.expect_download(timeout=60 * SECONDS) as download:
        press(answered, "Answer, picture and table (web page, .html)")
    taken = tmp_path / "answer.html"
    download.value.save_as(taken)
    assert taken.stat().st_size < 300_000
    context = chromium.new_context(offline=True, color_scheme="dark", java_script_enabled=False)
    page = context.new_page()
    page.goto(taken.as_uri())
    expect(page.get_by_text("Women are selected").first).to_be_visible()
    expect(page.locator("figure svg")).to_be_visible()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark == "rgb(18, 22, 27)"
    context.close()


def test_a_refresh_loses_nothing_and_the_history_keeps_the_audit_until_told(answered: Page) -> None:
    answered.reload()
    expect(answered.get_by_text("Women are selected").first).to_be_visible(timeout=30 * SECONDS)
    # A browser that is known is asked nothing: its answer would be a rerun of this page, and undo the next click.
    expect(answered.locator("iframe")).to_have_count(0)
    answered.get_by_role("link", name="History").click()
    expect(answered.get_by_text("sample · 2,000 people")).to_be_visible(timeout=20 * SECONDS)
    answered.context.clear_cookies()
    answered.reload()
    expect(answered.get_by_text("sample · 2,000 people")).to_be_visible(timeout=20 * SECONDS)
    press(answered, "Open")
    expect(answered.get_by_text("The answer", exact=True)).to_be_visible(timeout=20 * SECONDS)
    answered.get_by_role("link", name="History").click()
    press(answered, "Delete")
    press(answered, "Delete for good")
    expect(answered.get_by_text("Is your model treating people alike?")).to_be_visible(timeout=20 * SECONDS)
