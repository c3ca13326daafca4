"""The Fix page in real Chromium: from a finished audit to a fix and its download in four clicks, and nothing lost."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PROJECTOR, App, press, settled
from tests.browser.fresh import PATIENCE

pytestmark = pytest.mark.browser

_TICKED = """links => links
    .filter((link) => getComputedStyle(link.querySelector("p"), "::before").content.includes("✓"))
    .map((link) => link.innerText)"""
SAMPLE = "Try the sample: Loans: 2,000 invented people"


def for_a_projector(page: Page) -> None:
    """Nothing that was found and judged is cut on a projector, and the navigation shows how far one is."""
    assert page.locator("[data-testid=stTopNavLink]").evaluate_all(_TICKED) == ["Data", "Audit", "Fix"]
    wide = page.viewport_size
    page.set_viewport_size(PROJECTOR)  # type: ignore[arg-type]
    settled(page)
    for box in page.locator(".fix-card:visible, .plain-table:visible").all():
        sideways, width = box.evaluate("box => [box.scrollWidth - box.clientWidth, box.clientWidth]")
        assert sideways == 0 and width > 200
    assert wide is not None
    page.set_viewport_size(wide)


def test_four_clicks_from_an_audit_to_a_fix_taken_away_and_neither_a_refresh_nor_a_cancelled_search_loses_it(
    page: Page, app: App, tmp_path: Path
) -> None:
    page.goto(f"{app.address}/audit")
    press(page, SAMPLE)
    press(page, "What would fix this?")
    with app.holding():
        press(page, "Find fixes")
        expect(page.get_by_text("Looking for fixes").first).to_be_visible()
    first = page.get_by_role("button", name="Choose this").first
    first.wait_for(timeout=2 * PATIENCE)
    expect(page.get_by_role("heading", name="Recommended: ")).to_be_visible()
    settled(page)
    first.click()
    taken = page.get_by_role("button", name=re.compile(r"^The (thresholds|model|stand-in) \(")).first
    with page.expect_download() as download:
        settled(page)
        taken.click()
    download.value.save_as(tmp_path / "taken")
    assert (tmp_path / "taken").read_bytes()[:2] in (b'{"', b"{\n", b"PK")
    for_a_projector(page)
    page.reload()
    judged = page.get_by_text("people set aside for the final judgement").first
    expect(judged).to_be_visible()
    expect(
        page.get_by_text(re.compile("The goal, .* is (not )?met|Can't tell yet whether the goal")).first
    ).to_be_visible()
    with app.holding():
        page.get_by_text("What is to be made equal, and at what cost").click()
        press(page, "Find fixes")
        page.get_by_role("button", name="Cancel").first.click()
        expect(page.get_by_text("The last search brought nothing").first).to_be_visible()
    expect(judged).to_be_visible()
