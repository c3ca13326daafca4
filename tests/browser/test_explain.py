"""The Explain page in real Chromium: from an audit to the proxy that it names, one person, and nothing lost."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App, press, press_unanswered

pytestmark = pytest.mark.browser

SAMPLE = "Try the sample: Loans: 2,000 invented people"


def test_from_an_audit_to_the_proxy_one_person_and_a_file_and_a_refresh_loses_nothing(
    page: Page, app: App, tmp_path: Path
) -> None:
    page.goto(f"{app.address}/audit")
    press(page, SAMPLE)
    press(page, "What does it look at?")
    press(page, "Show what it looks at")
    proxy = page.get_by_text(re.compile("What sets women .* apart from men most is “years_at_job”")).first
    # A quick machine is done before its progress was ever seen.
    expect(page.get_by_text("Seeing what moves the scores").or_(proxy).first).to_be_visible()
    page.reload()
    expect(proxy).to_be_visible()
    expect(page.get_by_text("goes along a little with gender").first).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first).to_be_visible()
    press(page, "Explain this person")
    expect(page.get_by_text("with a score of").first).to_be_visible()
    with page.expect_download() as download:
        press_unanswered(page, "attribution.json", exact=False)
    download.value.save_as(tmp_path / "attribution.json")
    assert "years_at_job" in json.loads((tmp_path / "attribution.json").read_text())["features"]
    page.reload()
    expect(proxy).to_be_visible()
    expect(page.get_by_text("with a score of").first).to_be_visible()
    page.set_viewport_size({"width": 400, "height": 900})
    expect(proxy).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
