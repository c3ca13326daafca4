"""A model that reads texts, in real Chromium: the sample to its verdict, and files of one's own in one drop."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.samples import SAMPLES
from tests.browser.conftest import choose, press, put

pytestmark = pytest.mark.browser

CONFIRM = "Yes, that is right"
comments = SAMPLES["comments"]


def seen(page: Page, name: str) -> None:
    """A picture of the page for whoever wants to look, where PLUMBLINE_SCREENSHOTS names a folder."""
    folder = os.environ.get("PLUMBLINE_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_the_comments_sample_leads_to_its_verdict(page: Page) -> None:
    press(page, "Try a sample: comments")
    answer = page.get_by_text("community is Marshfolk are selected").first
    expect(answer).to_be_visible()
    expect(answer).to_contain_text("less often")
    seen(page, "comments-audit")


def test_what_the_model_looks_at_begins_with_the_planted_word(page: Page) -> None:
    press(page, "Try a sample: comments")
    press(page, "What does it look at?")
    press(page, "Show what it looks at")
    expect(page.get_by_text("One text").first).to_be_visible()
    expect(page.get_by_text("marshfolk").first).to_be_visible()
    seen(page, "comments-explain")


def test_a_table_of_comments_and_a_model_in_one_drop_lead_to_a_verdict(page: Page) -> None:
    """Nobody is asked which column the model reads: the one of sentences is tried, said, and may be changed."""
    put(page, comments.table, comments.model)
    expect(page.get_by_text("1,600 rows").first).to_be_visible()
    choose(page, "really happened", "verdict")
    press(page, CONFIRM)
    expect(page.get_by_text("reads one column: comment").first).to_be_visible()
    expect(page.get_by_text("its cells are texts of several words").first).to_be_visible()
    seen(page, "comments-decision")
    press(page, CONFIRM)
    choose(page, "who belongs to which group", "community")
    press(page, "Run the audit")
    expect(page.get_by_text("community is").first).to_be_visible()
