"""A model that looks at images, in real Chromium: the sample to its verdict, and files of one's own in one drop."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.samples import SAMPLES

pytestmark = pytest.mark.browser

SECONDS = 1000
CONFIRM = "Yes, that is right"
faces = SAMPLES["faces"]


def test_the_faces_sample_leads_to_its_verdict(page: Page) -> None:
    page.get_by_role("button", name="Try a sample: faces").click(timeout=60 * SECONDS)
    answer = page.get_by_text("depot is South are selected").first
    expect(answer).to_be_visible(timeout=120 * SECONDS)
    expect(answer).to_contain_text("less often than people whose depot is North")


def test_a_table_a_zip_and_a_model_in_one_drop_lead_to_a_verdict(page: Page) -> None:
    files = [str(path) for path in (faces.table, faces.images, faces.model)]
    page.locator("input[type=file]").first.set_input_files(files)
    expect(page.get_by_text("600 rows").first).to_be_visible(timeout=90 * SECONDS)
    page.get_by_role("combobox", name="really happened").click()
    page.get_by_role("option", name="awake").click()
    page.get_by_role("button", name=CONFIRM).click()
    expect(page.get_by_text("The first images, as the model sees them")).to_be_visible(timeout=90 * SECONDS)
    shown = page.get_by_test_id("stImage").locator("img")
    expect(shown).to_have_count(8)
    assert shown.first.evaluate("image => image.complete && image.naturalWidth") == 32
    page.get_by_role("button", name=CONFIRM).click()
    page.get_by_role("combobox", name="who belongs to which group").click(timeout=30 * SECONDS)
    page.get_by_role("option", name="depot").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Run the audit").click(timeout=30 * SECONDS)
    expect(page.get_by_text("depot is South are selected").first).to_be_visible(timeout=120 * SECONDS)


def test_a_zip_that_is_no_zip_is_said_in_words(page: Page, tmp_path: Path) -> None:
    wrong = tmp_path / "faces.zip"
    wrong.write_bytes(b"PK\x03\x04 and nothing more")
    page.locator("input[type=file]").first.set_input_files([str(faces.table), str(wrong), str(faces.model)])
    expect(page.get_by_text("600 rows").first).to_be_visible(timeout=90 * SECONDS)
    page.get_by_text("3 The decision").click()
    expect(page.get_by_text("is no zip archive").first).to_be_visible(timeout=60 * SECONDS)
