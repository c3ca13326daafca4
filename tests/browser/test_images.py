"""A model that looks at images, in real Chromium: the sample to its verdict, and files of one's own in one drop."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.samples import SAMPLES
from tests.browser.conftest import SECONDS, choose, press

pytestmark = pytest.mark.browser

CONFIRM = "Yes, that is right"
faces = SAMPLES["faces"]


def test_the_faces_sample_leads_to_its_verdict(page: Page) -> None:
    page.get_by_role("button", name="Try a sample: faces").click(timeout=60 * SECONDS)
    answer = page.get_by_text("depot is South are selected").first
    expect(answer).to_be_visible(timeout=120 * SECONDS)
    expect(answer).to_contain_text("less often than images whose depot is North")


def test_a_table_a_zip_and_a_model_in_one_drop_lead_to_a_verdict(page: Page) -> None:
    files = [str(path) for path in (faces.table, faces.images, faces.model)]
    page.locator("input[type=file]").first.set_input_files(files)
    expect(page.get_by_text("600 rows").first).to_be_visible(timeout=90 * SECONDS)
    choose(page, "really happened", "awake")
    press(page, CONFIRM)
    expect(page.get_by_text("The first images, as the model sees them")).to_be_visible(timeout=90 * SECONDS)
    shown = page.get_by_test_id("stImage").locator("img")
    expect(shown).to_have_count(8, timeout=30 * SECONDS)
    expect(shown.first).to_have_js_property("naturalWidth", 32, timeout=30 * SECONDS)
    press(page, CONFIRM)
    choose(page, "who belongs to which group", "depot")
    page.keyboard.press("Escape")
    press(page, "Run the audit")
    expect(page.get_by_text("depot is South are selected").first).to_be_visible(timeout=120 * SECONDS)


def test_a_zip_that_is_no_zip_is_said_in_words(page: Page, tmp_path: Path) -> None:
    wrong = tmp_path / "faces.zip"
    wrong.write_bytes(b"PK\x03\x04 and nothing more")
    page.locator("input[type=file]").first.set_input_files([str(faces.table), str(wrong), str(faces.model)])
    expect(page.get_by_text("600 rows").first).to_be_visible(timeout=90 * SECONDS)
    page.get_by_text("3 The decision").click()
    expect(page.get_by_text("is no zip archive").first).to_be_visible(timeout=60 * SECONDS)
