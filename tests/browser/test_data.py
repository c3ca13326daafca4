"""The Data page in real Chromium: files to a verdict, messages, cancel, refresh, a small screen, a door."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import App, free_port, press, put, settled

pytestmark = pytest.mark.browser

CONFIRM = "Yes, that is right"
PEOPLE = "sex,age,hired,approved\n" + "".join(
    f"{'mf'[i % 2]},{20 + i % 50},{'yes' if i % 3 else 'no'},{'yes' if i % 4 else 'no'}\n" for i in range(400)
)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE)
    return path


@pytest.fixture
def shared_app(tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    monkeypatch.setenv("PLUMBLINE_SHARED", "1")
    monkeypatch.setenv("PLUMBLINE_JOIN_CODE", "ABCDEFGH23")
    app = App(home=tmp_path, port=free_port(), kept=kept)
    app.start()
    yield app
    app.stop()


def step(page: Page, title: str) -> None:
    expect(page.get_by_text(title).first).to_be_visible()


def confirm(page: Page, then: str) -> None:
    """Confirm the open step, and wait until its line says what was settled."""
    press(page, CONFIRM)
    expect(page.get_by_text(then).first).to_be_visible()


def test_a_table_and_a_model_lead_to_a_verdict(page: Page, shared: Path) -> None:
    put(page, shared / "models" / "adult" / "adult_test.csv")
    step(page, "16,281 rows")
    confirm(page, 'Someone with ">50K" in "income" got the good outcome.')
    put(page, shared / "models" / "adult" / "adult_lr_rawcolumns.onnx")
    expect(page.get_by_text("13 inputs, all found in your table").first).to_be_visible()
    confirm(page, "adult_lr_rawcolumns.onnx · Someone is selected when")
    press(page, "Run the audit")
    title = page.get_by_role("heading", level=1)
    expect(title).to_contain_text("People aged under 40 are selected less often than people aged 40 or over")
    expect(title).to_contain_text("11 of 100 against 30.")
    page.locator(".st-key-cards button").filter(has_text="sex").first.click()
    expect(title).to_contain_text("Women are selected less often than men")
    expect(title).to_contain_text("7 of 100 against 25.")


def test_nothing_sticks_out_on_a_small_screen(page: Page, people: Path) -> None:
    page.set_viewport_size({"width": 400, "height": 900})
    expect(page.get_by_role("button", name="Try a sample: loans")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    put(page, people)
    step(page, "2 The outcome")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_the_menu_of_a_small_screen_goes_once_a_page_is_chosen(page: Page) -> None:
    page.set_viewport_size({"width": 400, "height": 900})
    page.get_by_test_id("stExpandSidebarButton").click()
    chosen = page.get_by_role("link", name="History")
    settled(page)
    expect(chosen).to_be_in_viewport()  # opened while the first page was on its way, it stays too
    chosen.click()
    expect(page.get_by_text("Nothing here yet")).to_be_visible()
    expect(chosen).not_to_be_in_viewport()
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_role("link", name="Help")).to_be_in_viewport()  # it can be opened again, and stays


def test_names_from_a_table_stay_text(page: Page, tmp_path: Path) -> None:
    hostile = tmp_path / "http:%2F%2Fevil.example.csv"
    names = ["www.evil.example", "![x](http://evil.example/p.png)", "me@evil.example", ":red[x] :smile:", "<b>age</b>"]
    rows = [",".join(f"[v{i % 2}](http://evil.example)" for _ in names) for i in range(60)]
    hostile.write_text("\n".join([",".join(names), *rows]))
    put(page, hostile)
    step(page, "60 rows")
    page.get_by_label("Columns that say who belongs").first.scroll_into_view_if_needed()
    assert page.locator("a[href*=evil], img[src*=evil], main b").count() == 0


def test_a_shared_app_opens_at_no_address_before_the_join_code(chromium: Browser, shared_app: App) -> None:
    page = chromium.new_page()
    page.goto(f"{shared_app.address}/history")
    code, join = page.get_by_label("Join code"), page.get_by_role("button", name="Join")
    code.fill("ABCDEFGH24")
    join.click()
    expect(page.get_by_role("alert")).to_contain_text("not the join code")
    assert page.get_by_text("Your audits").count() == 0
    code.fill("abcdefgh23")
    join.click()
    expect(page.get_by_text("Your audits").first).to_be_visible()
    page.close()
