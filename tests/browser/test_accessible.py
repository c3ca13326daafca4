"""No page has what keeps a person from reading or reaching it: axe-core finds nothing serious, and nothing is cut."""

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, TimeoutError, expect

from tests.browser.conftest import App, press, settled
from tests.browser.fresh import SECONDS, USUAL, Browsers

pytestmark = pytest.mark.browser

SAMPLE = "Try the sample: Loans: 2,000 invented people"
PAGES = ("", "audit", "fix", "explain", "report", "compare", "over_time", "history", "help")
AS_AUDIT = ("fix", "explain", "report")  # before a run
GRAVE = ("serious", "critical")
_MOST_TABS, _MOST_PRESSES = 60, 10
# A telephone, and a projector of 1024 by 768 at 150 %.
NARROW = ({"width": 400, "height": 800}, {"width": 683, "height": 512})
# Which texts lie partly outside what they stand in, or outside the window, and what can be scrolled sideways. Of a box
# that has no room for what was chosen, the page says it in full besides.
CUT = """() => {
    const main = document.querySelector("[data-testid=stMain]"), wide = document.documentElement.clientWidth;
    const seen = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const told = main.innerText.replaceAll("\\u2060", "").toLowerCase();  // what keeps text from being a link
    const said = (one) => one.textContent.trim().slice(0, 60);
    const cut = document.documentElement.scrollWidth > wide ? ["the window"] : [];
    for (const one of [main, ...main.querySelectorAll("*")].filter(seen)) {
        const style = getComputedStyle(one), isBox = one.tagName === "INPUT" && one.type === "text";
        const isLong = one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 2;
        if (isBox && isLong && !told.includes(one.value.toLowerCase())) cut.push(one.value);
        if (!isBox && isLong && /auto|scroll/.test(style.overflowX)) cut.push(`sideways: ${said(one)}`);
        const words = [...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
        for (const node of words) {
            const range = document.createRange();
            range.selectNodeContents(node);
            const text = range.getBoundingClientRect();
            if (text.right > wide + 1 || text.left < -1) cut.push(`outside: ${said(one)}`);
            for (let box = one; box !== main; box = box.parentElement) {
                const look = getComputedStyle(box), edge = box.getBoundingClientRect();
                if (edge.width <= 2) break;  // for whoever hears the page
                const hides = (way) => /hidden|clip/.test(way);
                const across = text.right > edge.right + 1 || text.left < edge.left - 1;
                const down = text.bottom > edge.bottom + 1 || text.top < edge.top - 1;
                if ((hides(look.overflowX) && across) || (hides(look.overflowY) && down)) cut.push(said(one));
            }
        }
    }
    return cut;
}"""

IS_DARK = """() => getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor
    .match(/[\\d.]+/g).slice(0, 3).reduce((sum, one) => sum + +one, 0) < 384"""


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
def worked(browsers: Browsers, app: App) -> Iterator[tuple[BrowserContext, str]]:
    """A browser in which a sample was audited twice, explained and fixed, and the second audit's id."""
    with browsers.browsing() as context:
        page = context.new_page()
        page.goto(f"{app.address}/audit")
        press(page, SAMPLE)
        page.wait_for_url("**audit=*")
        expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible()
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
        done = "The search for fixes is done. What was found is on this page."
        expect(page.locator("#announced")).to_have_text(done)
        page.close()
        yield context, audit


def grave(axe: Any, page: Page) -> list[str]:
    """What axe-core finds serious or critical on the page as it has come to rest, in light colours and in dark ones."""
    return [
        *_grave(axe, in_scheme(page, "light"), {}),
        *_grave(axe, in_scheme(page, "dark"), {"runOnly": ["color-contrast"]}),  # colours are all that differs
    ]


def _grave(axe: Any, page: Page, rules: dict[str, Any]) -> list[str]:
    settled(page)
    found = axe.run(page, options={"resultTypes": ["violations"], **rules}).response["violations"]
    return [
        f"{page.url}: {one['id']}, {one['help']}: {[node['html'][:200] for node in one['nodes'][:5]]}"
        for one in found
        if one["impact"] in GRAVE
    ]


def visited(page: Page, address: str) -> Page:
    """The page in a window of the usual size and light colours; an address that is entered begins anew with the app."""
    page.set_viewport_size(USUAL)
    page.emulate_media(color_scheme="light")
    page.goto(address)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    return page


def in_scheme(page: Page, scheme: Any) -> Page:
    """The page once it is drawn in the colours of this scheme."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(f"({IS_DARK})() === {str(scheme == 'dark').lower()}")
    return page


def cut(page: Page) -> list[str]:
    """What is cut, or lies outside the window, where there is little room, once the page has taken on its size."""
    found = []
    for size in NARROW:
        page.set_viewport_size(size)
        settled(page)
        with contextlib.suppress(TimeoutError):
            page.wait_for_function(f"({CUT})().length === 0", timeout=20 * SECONDS)
        found += [f"{page.url} {page.viewport_size}: {words}" for words in page.evaluate(CUT)]
    return found


def test_before_a_run(axe: Any, browsers: Browsers, app: App) -> None:
    with browsers.browsing() as context:
        window = context.new_page()
        for name in PAGES:
            page = visited(window, f"{app.address}/{name}")
            assert grave(axe, page) == []
            assert name in AS_AUDIT or cut(page) == []


def test_after_a_run_where_headings_go_down_one_level_at_a_time(
    axe: Any, worked: tuple[BrowserContext, str], app: App
) -> None:
    context, audit = worked
    window = context.new_page()
    for name in PAGES:
        page = visited(window, f"{app.address}/{name}?audit={audit}")
        assert grave(axe, page) == []
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((one) => +one.tagName[1])")
        assert levels[0] == 1 and levels.count(1) == 1, (name, levels)
        assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False)), (name, levels)
        assert cut(page) == []
    window.close()


def test_what_a_new_browser_is_given_to_keep_lies_over_no_button(
    browsers: Browsers, worked: tuple[BrowserContext, str], app: App
) -> None:
    _, audit = worked
    with browsers.browsing() as fresh:
        page = fresh.new_page()
        page.set_viewport_size(NARROW[0])
        page.goto(f"{app.address}/audit?audit={audit}")
        page.locator(".st-key-browser iframe").wait_for(state="attached")
        page.get_by_test_id("stPopover").first.get_by_role("button").click(trial=True)


def test_a_fix_and_who_changed_by_it_are_reached_by_the_keyboard(worked: tuple[BrowserContext, str], app: App) -> None:
    """The focus stays where it was while the page is drawn anew, and an answer that comes is announced."""
    context, audit = worked
    page = visited(context.new_page(), f"{app.address}/fix?audit={audit}")
    by_key(page, page.get_by_role("button", name="Choose this").first)
    expect(page.get_by_role("button", name="Chosen")).to_be_focused()
    by_key(page, page.get_by_role("button", name="See what moved"))
    expect(page.get_by_role("heading", name="Who changed")).to_be_visible()
    expect(page.locator("#announced")).to_have_text("It is done. What moves the scores is on this page.")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    settled(page)
    passed = []
    for _ in range(_MOST_TABS):
        page.keyboard.press("Tab")
        passed.append(page.evaluate("document.activeElement.ariaLabel"))
        if passed[-1] == "Look at one of them":
            break
    assert any(str(name).startswith("Table: Row, Who") for name in passed[:-1]), passed
    for _ in range(_MOST_PRESSES):
        page.keyboard.press("ArrowDown")
        with contextlib.suppress(AssertionError):  # a key that meets a box just drawn anew is lost
            expect(page.get_by_role("option").first).to_be_visible(timeout=3 * SECONDS)
            break
    page.keyboard.press("Enter")
    expect(page.locator("#announced")).to_have_text("It is done. What is said of this person is on this page.")
    expect(page.get_by_role("combobox", name="Look at one of them")).to_be_focused()
    expect(page.get_by_text("with a score of").first).to_be_visible()
    page.close()


def by_key(page: Page, button: Locator) -> None:
    """Press a button from the keyboard, once the page has come to rest."""
    settled(page)
    button.focus()
    page.keyboard.press("Enter")
