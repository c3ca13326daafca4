"""The Fix page in real Chromium: from a finished audit to a fix and its download in four clicks, and nothing lost."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App

pytestmark = pytest.mark.browser

SECONDS = 1000
SAMPLE = "Try the sample: Loans: 2,000 invented people"


def test_four_clicks_from_an_audit_to_a_fix_taken_away_and_a_refresh_loses_nothing(
    page: Page, app: App, tmp_path: Path
) -> None:
    page.goto(f"{app.address}/audit")
    page.get_by_role("button", name=SAMPLE).click(timeout=60 * SECONDS)
    page.get_by_role("button", name="What would fix this?").click(timeout=60 * SECONDS)
    page.get_by_role("button", name="Find fixes").click(timeout=30 * SECONDS)
    expect(page.get_by_text("Looking for fixes")).to_be_visible(timeout=30 * SECONDS)
    fix = page.get_by_test_id("stRadio").last.get_by_text("A threshold for each group").first
    fix.click(timeout=240 * SECONDS)
    expect(page.get_by_text("It needs to know")).to_be_visible(timeout=30 * SECONDS)
    with page.expect_download(timeout=30 * SECONDS) as download:
        page.get_by_role("button", name="The thresholds (rule.json)").click(timeout=30 * SECONDS)
    download.value.save_as(tmp_path / "rule.json")
    assert json.loads((tmp_path / "rule.json").read_text())["by"] == ["gender"]
    page.reload()
    expect(page.get_by_text("Judged on")).to_be_visible(timeout=30 * SECONDS)
    expect(page.get_by_text("Decisions are right")).to_be_visible()


def test_a_search_can_be_cancelled(page: Page, app: App) -> None:
    page.goto(f"{app.address}/audit")
    page.get_by_role("button", name=SAMPLE).click(timeout=60 * SECONDS)
    page.get_by_role("button", name="What would fix this?").click(timeout=60 * SECONDS)
    page.get_by_role("button", name="Find fixes").click(timeout=30 * SECONDS)
    page.get_by_role("button", name="Cancel").click(timeout=30 * SECONDS)
    expect(page.get_by_text("Cancelled")).to_be_visible(timeout=30 * SECONDS)
    expect(page.get_by_role("button", name="Look at thresholds only, which needs no training")).to_be_visible()
