"""The Explain page in real Chromium: from an audit to the proxy that it names, one person, and nothing lost."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App

pytestmark = pytest.mark.browser

SECONDS = 1000
SAMPLE = "Try the sample: Loans: 2,000 invented people"


def test_from_an_audit_to_the_proxy_one_person_and_a_file_and_a_refresh_loses_nothing(
    page: Page, app: App, tmp_path: Path
) -> None:
    page.goto(f"{app.address}/audit")
    page.get_by_role("button", name=SAMPLE).click(timeout=60 * SECONDS)
    page.get_by_role("button", name="What does it look at?").click(timeout=180 * SECONDS)
    page.get_by_role("button", name="Show what it looks at").click(timeout=30 * SECONDS)
    expect(page.get_by_text("Seeing what moves the scores")).to_be_visible(timeout=30 * SECONDS)
    page.reload()
    proxy = page.get_by_text(re.compile("What sets women .* apart from men most is “years_at_job”"))
    expect(proxy).to_be_visible(timeout=180 * SECONDS)
    expect(page.get_by_text("goes along a little with gender").first).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first).to_be_visible(timeout=30 * SECONDS)
    page.get_by_role("button", name="Explain this person").click(timeout=30 * SECONDS)
    expect(page.get_by_text("with a score of").first).to_be_visible(timeout=120 * SECONDS)
    # A page that is still being drawn replaces its buttons, and a click on the old one goes nowhere.
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=30 * SECONDS)
    with page.expect_download(timeout=30 * SECONDS) as download:
        page.get_by_role("button", name="attribution.json").click(timeout=30 * SECONDS)
    download.value.save_as(tmp_path / "attribution.json")
    assert "years_at_job" in json.loads((tmp_path / "attribution.json").read_text())["features"]
    page.reload()
    expect(proxy).to_be_visible(timeout=60 * SECONDS)
    expect(page.get_by_text("with a score of").first).to_be_visible(timeout=30 * SECONDS)
    page.set_viewport_size({"width": 400, "height": 900})
    expect(proxy).to_be_visible(timeout=30 * SECONDS)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
