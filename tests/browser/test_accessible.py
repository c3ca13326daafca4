"""No page has what keeps a person from reading or reaching it: axe-core finds nothing serious, in either theme."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import App, browsing, press, settled

pytestmark = pytest.mark.browser

SAMPLE = "Try the sample: Loans: 2,000 invented people"
PAGES = ("", "audit", "fix", "explain", "history", "help")
SCHEMES = ("light", "dark")
GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def axe() -> Any:
    """axe-core, which comes with its package: nothing is fetched."""
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ModuleNotFoundError:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing('axe-playwright-python is not installed: pip install -e ".[test]"')
    return Axe()


@pytest.fixture(scope="module")
def worked(chromium: Browser, app: App) -> Iterator[tuple[BrowserContext, str]]:
    """A browser in which a sample was audited, explained and fixed, and the audit's id."""
    with browsing(chromium, app) as context:
        page = context.new_page()
        page.goto(f"{app.address}/audit")
        press(page, SAMPLE)
        page.wait_for_url("**audit=*")
        expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible()
        audit = page.url.partition("audit=")[2].partition("&")[0]
        page.goto(f"{app.address}/explain?audit={audit}")
        press(page, "Show what it looks at")
        expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible()
        page.goto(f"{app.address}/fix?audit={audit}")
        press(page, "Find fixes")
        expect(page.get_by_text("Found for").first).to_be_visible()
        page.close()
        yield context, audit


def grave(axe: Any, page: Page) -> list[str]:
    """What axe-core finds serious or critical on the page as it has come to rest."""
    settled(page)
    found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{page.url}: {one['id']}, {one['help']}: {[node['html'][:200] for node in one['nodes'][:5]]}"
        for one in found
        if one["impact"] in GRAVE
    ]


def visited(context: BrowserContext, scheme: Any, address: str) -> Page:
    page = context.new_page()
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    return page


@pytest.mark.parametrize("scheme", SCHEMES)
def test_before_a_run(axe: Any, chromium: Browser, app: App, scheme: str) -> None:
    with browsing(chromium, app) as context:
        for name in PAGES:
            assert grave(axe, visited(context, scheme, f"{app.address}/{name}")) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_after_a_run(axe: Any, worked: tuple[BrowserContext, str], app: App, scheme: str) -> None:
    context, audit = worked
    for name in PAGES:
        page = visited(context, scheme, f"{app.address}/{name}?audit={audit}")
        assert grave(axe, page) == []
        page.close()


def test_headings_go_down_one_level_at_a_time(worked: tuple[BrowserContext, str], app: App) -> None:
    context, audit = worked
    for name in PAGES:
        page = visited(context, "light", f"{app.address}/{name}?audit={audit}")
        settled(page)
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((one) => +one.tagName[1])")
        assert levels[0] == 1 and levels.count(1) == 1, (name, levels)
        assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False)), (name, levels)
        page.close()
