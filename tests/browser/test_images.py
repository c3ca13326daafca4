"""A model that looks at images, in real Chromium: the sample to its verdict, and files of one's own in one drop."""

import pytest
from playwright.sync_api import Page, expect

from core.samples import SAMPLES
from tests.browser.conftest import choose, press, put

pytestmark = pytest.mark.browser

CONFIRM = "Yes, that is right"
faces = SAMPLES["faces"]


def test_a_table_a_zip_and_a_model_in_one_drop_lead_to_a_verdict(page: Page) -> None:
    put(page, faces.table, faces.images, faces.model)
    expect(page.get_by_text("600 rows").first).to_be_visible()
    choose(page, "really happened", "awake")
    press(page, CONFIRM)
    expect(page.get_by_text("The first images, as the model sees them").first).to_be_visible()
    shown = page.get_by_test_id("stImage").locator("img")
    expect(shown).to_have_count(8)
    expect(shown.first).to_have_js_property("naturalWidth", 32)
    press(page, CONFIRM)
    choose(page, "who belongs to which group", "depot")
    press(page, "Run the audit")
    expect(page.get_by_text("depot is South are selected").first).to_be_visible()
