"""Before and after in real Chromium, on a network of images: it is audited by hand, its plan is dropped again with
another version, and the two are compared. Other kinds of models: tests/pages/explain/test_versions.py.

Where PLUMBLINE_SCREENSHOTS names a folder, the page is pictured there: wide in both themes, and narrow.
"""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App, choose, press, put, settled
from tests.browser.fresh import SECONDS
from tests.worlds.versions import World, badges

pytestmark = pytest.mark.browser

CONFIRM, LAST = "Yes, that is right", "attribution.json"
WIDE, NARROW, HIGH = 1280, 400, 900


def audited_by_hand(page: Page, world: World) -> str:
    """The files in one drop, then the questions one by one; returns the audit's address."""
    put(page, *world.files(world.model))
    expect(page.get_by_text(world.rows).first).to_be_visible()
    choose(page, "What really happened", world.label)
    choose(page, "The good outcome", world.good)
    press(page, CONFIRM)
    expect(page.get_by_text("✓ gives").first).to_be_visible()
    if world.good_class is not None:
        choose(page, "Good for the person is", world.good_class)
    press(page, CONFIRM)
    choose(page, "who belongs to which group", world.group)
    press(page, "Run the audit")
    expect(page.get_by_text("How sure is this?", exact=True)).to_be_visible()
    return page.url


def audited_by_plan(page: Page, app: App, world: World, plan: Path) -> None:
    """The second version, in one drop with the plan that was downloaded."""
    page.goto(app.address)
    put(page, *world.files(plan, world.beside))
    expect(page.get_by_text("✓ 4 The groups").first).to_be_visible()
    press(page, "Run the audit")
    expect(page.get_by_text("How sure is this?", exact=True)).to_be_visible()


def downloaded_plan(page: Page, to: Path) -> Path:
    settled(page)
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="The plan (.toml)").click()
    download.value.save_as(to)
    return to


def compared(page: Page, world: World) -> None:
    press(page, "What does it look at?")
    choose(page, "Compare it with", re.compile("^An audit: "))
    if world.way is not None:
        page.get_by_text("Other ways").click()
        page.get_by_test_id("stRadio").get_by_text(world.way).click()
        settled(page)
    press(page, "Show what moved")
    expect(page.get_by_role("button", name=LAST)).to_be_visible()


def seen(page: Page, name: str) -> None:
    """Pictures of the whole page for whoever wants to look, where PLUMBLINE_SCREENSHOTS names a folder."""
    folder = os.environ.get("PLUMBLINE_SCREENSHOTS")
    if not folder:
        return
    for theme, width in (("light", WIDE), ("dark", WIDE), ("light", NARROW)):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": HIGH})
        page.reload()
        expect(page.get_by_role("button", name=LAST)).to_be_visible()
        settled(page)
        height = page.get_by_test_id("stMain").evaluate("main => main.scrollHeight")
        page.set_viewport_size({"width": width, "height": height + 20})
        settled(page)
        page.wait_for_timeout(2 * SECONDS)  # for the pictures, which nobody can wait for otherwise
        page.screenshot(path=Path(folder) / f"{name}-{theme}-{width}.png")
    page.set_viewport_size({"width": WIDE, "height": HIGH})


def test_two_versions_of_a_model_are_audited_and_the_page_shows_what_moved(
    page: Page, app: App, tmp_path: Path
) -> None:
    (tmp_path / "beside").mkdir()
    world = badges(tmp_path)
    address = audited_by_hand(page, world)
    plan = downloaded_plan(page, tmp_path / "plan.toml")
    audited_by_plan(page, app, world, plan)
    page.goto(address)
    compared(page, world)
    seen(page, world.name)
    # In bold, or in plain letters and said to be in doubt where a check failed.
    said = re.compile(f"{re.escape(world.cause)}.* before")
    expect(page.get_by_test_id("stMain").get_by_text(said).first).to_be_visible()
    expect(page.get_by_text("This describes the model, not the cause").first).to_be_visible()
    for title in ("Before", "After", "Difference"):
        expect(page.get_by_text(title, exact=True).first).to_be_visible()
    pictures = page.get_by_test_id("stVegaLiteChart")
    expect(pictures.nth(2).locator("canvas, svg").first).to_be_visible()
    page.set_viewport_size({"width": NARROW, "height": HIGH})
    expect(page.get_by_text("This describes the model, not the cause").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
