"""A model that reads texts, in real Chromium: the sample to its verdict, and files of one's own in one drop."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.samples import SAMPLES
from tests.browser.conftest import SECONDS, choose, press

pytestmark = pytest.mark.browser

CONFIRM = "Yes, that is right"
comments = SAMPLES["comments"]


def seen(page: Page, name: str) -> None:
    """A picture of the page for whoever wants to look, where PLUMBLINE_SCREENSHOTS names a folder."""
    folder = os.environ.get("PLUMBLINE_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_the_comments_sample_leads_to_its_verdict(page: Page) -> None:
    page.get_by_role("button", name="Try a sample: comments").click(timeout=60 * SECONDS)
    answer = page.get_by_text("community is Marshfolk are selected").first
    expect(answer).to_be_visible(timeout=120 * SECONDS)
    expect(answer).to_contain_text("less often")
    seen(page, "comments-audit")


def test_what_the_model_looks_at_begins_with_the_planted_word(page: Page) -> None:
    page.get_by_role("button", name="Try a sample: comments").click(timeout=60 * SECONDS)
    page.get_by_role("button", name="What does it look at?").click(timeout=120 * SECONDS)
    page.get_by_role("button", name="Show what it looks at").click(timeout=60 * SECONDS)
    expect(page.get_by_text("One text")).to_be_visible(timeout=180 * SECONDS)
    expect(page.get_by_text("marshfolk").first).to_be_visible(timeout=30 * SECONDS)
    seen(page, "comments-explain")


def test_a_table_of_comments_and_a_model_in_one_drop_lead_to_a_verdict(page: Page) -> None:
    """Nobody is asked which column the model reads: the one of sentences is tried, said, and may be changed."""
    page.locator("input[type=file]").first.set_input_files([str(comments.table), str(comments.model)])
    expect(page.get_by_text("1,600 rows").first).to_be_visible(timeout=90 * SECONDS)
    choose(page, "really happened", "verdict")
    press(page, CONFIRM)
    expect(page.get_by_text("reads one column: comment")).to_be_visible(timeout=90 * SECONDS)
    expect(page.get_by_text("its cells are texts of several words")).to_be_visible(timeout=30 * SECONDS)
    seen(page, "comments-decision")
    press(page, CONFIRM)
    choose(page, "who belongs to which group", "community")
    page.keyboard.press("Escape")
    press(page, "Run the audit")
    expect(page.get_by_text("community is").first).to_be_visible(timeout=120 * SECONDS)
