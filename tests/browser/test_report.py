"""The report's file in real Chromium: it opens without a network, and prints whole on either paper at any margin."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from core.plan.parts import READERS, ReportPlan
from core.record import AuditRecord
from core.report.documents.html import report_html
from core.report.sections import SECTIONS, printed
from core.report.sections.blocks import TableBlock
from core.report.sections.reported import ReportedAudit, SignOff
from tests.browser.conftest import App, press, settled
from tests.worlds.people import labelled, plan_of
from tests.worlds.records import HOSTILE, decided, record_of

pytestmark = pytest.mark.browser

CODE = "JBSW-Y3DP-EBLW-64TM"
PAPERS = ("A4", "Letter")
MARGINS = (0, 10, 20)  # in mm
# The names of rows that stand on more lines than they have words, but for words that no column could hold.
_BROKEN = """() => [...document.querySelectorAll("tbody th:not(.long)")].filter((one) => {
    const range = document.createRange();
    range.selectNodeContents(one);
    const lines = new Set([...range.getClientRects()].map((line) => Math.round(line.top)));
    return lines.size > one.textContent.trim().split(/[ -]/).length;
}).map((one) => one.textContent)"""
_POINTS = 72 / 25.4  # of a mm
_LONG = "Neighbourhoods-and-municipalities-of-the-northern-district"


def many() -> AuditRecord:
    """Sixty groups, some of long names, one of a hostile one."""
    names = [f"{_LONG} {i:02}" if i % 7 == 0 else f"group {i:02}" for i in range(59)] + [HOSTILE]
    return decided({name: (20 + i, 10, 40, 30) for i, name in enumerate(names)})


def file_of(record: AuditRecord, folder: Path, asked: ReportPlan) -> Path:
    path = folder / "report.html"
    path.write_text(report_html(ReportedAudit(record, asked)), encoding="utf-8")
    return path


@pytest.fixture
def offline(chromium: Browser) -> Iterator[Page]:
    """A page without a network, in which nothing is asked for and nothing complained of."""
    asked: list[str] = []
    context = chromium.new_context(offline=True)
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.on("console", lambda message: asked.append(message.text))
    page.on("pageerror", lambda error: asked.append(str(error)))
    yield page
    context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_it_opens_without_a_network_and_a_hostile_name_is_text(offline: Page, tmp_path: Path) -> None:
    record = many()
    record = replace(record, plan=replace(record.plan, name=HOSTILE))
    path = file_of(record, tmp_path, ReportPlan(readers=READERS, author=HOSTILE))
    assert path.stat().st_size < 2_000_000
    offline.goto(path.as_uri())
    assert offline.locator("script, link, iframe, a, object").count() == 0
    assert HOSTILE in offline.locator("body").inner_text()
    assert offline.locator("h1").count() == 1
    for table in offline.locator("table").all():
        assert table.locator("caption").count() == 1 and table.locator("th:not([scope])").count() == 0
    for picture in offline.get_by_role("img").all():
        assert picture.get_attribute("aria-label") and picture.locator("> title").count() == 1


def test_its_policy_lets_nothing_load_whatever_stands_in_a_cell(chromium: Browser, tmp_path: Path) -> None:
    path, asked = file_of(decided(), tmp_path, ReportPlan()), []
    beacon = (
        '<img src="http://127.0.0.1:9/x.png"><script>document.title = "ran"</script><link rel=stylesheet href=a.css>'
    )
    path.write_text(path.read_text(encoding="utf-8").replace("</body>", f"{beacon}</body>"), encoding="utf-8")
    page = chromium.new_page()
    page.on("requestfinished", lambda request: asked.append(request.url))
    page.goto(path.as_uri(), wait_until="load")
    assert asked == [path.as_uri()] and page.title() == "t.csv"
    page.close()


def pdf(page: Page, folder: Path, paper: str, margin: int) -> pypdfium2.PdfDocument:
    page.add_style_tag(content=f"@page {{ margin: {margin}mm }}")
    path = folder / f"{paper}-{margin}.pdf"
    page.pdf(path=path, format=paper)
    return pypdfium2.PdfDocument(path)


def assert_within(page: pypdfium2.PdfPage, shown: pypdfium2.PdfTextPage, margin: int) -> None:
    """No letter lies in the margins at the sides, or outside the paper."""
    (wide, high), side = page.get_size(), margin * _POINTS
    for place in range(shown.count_rects()):
        left, bottom, right, top = shown.get_rect(place)
        said = shown.get_text_bounded(left, bottom, right, top)
        assert left >= side - 1 and right <= wide - side + 1, said
        assert bottom >= -1 and top <= high + 1, said


def words(text: str) -> str:
    """A text without what a line break of the paper puts in or takes away."""
    return re.sub(r"[\s\x02\u00ad\ufffe-]+", "", text)


@pytest.mark.parametrize("paper", PAPERS)
def test_it_prints_whole_at_every_margin(offline: Page, tmp_path: Path, paper: str) -> None:
    """No cell is cut, no row lies on two pages, heads are repeated, and no page ends with a heading."""
    record = many()
    asked = ReportPlan(readers=READERS, sections=("finding", "grid", "four_fifths", "groups", "answer"))
    rows = [
        [words(cell.text) for cell in row]
        for section in printed(ReportedAudit(record, asked))
        for block in section.blocks
        if isinstance(block, TableBlock)
        for row in block.rows
    ]
    headings = (*(words(section.title) for section in SECTIONS.values()), "Verdict", "Crossedcolumns")
    path = file_of(record, tmp_path, asked)
    for margin in MARGINS:
        offline.goto(path.as_uri())
        document = pdf(offline, tmp_path, paper, margin)
        pages = [page.get_textpage() for page in document]
        texts = [words(page.get_text_bounded()) for page in pages]
        for row in rows:
            assert any(all(cell in text for cell in row) for text in texts), (margin, row)
        for page, shown, text in zip(document, pages, texts, strict=True):
            assert_within(page, shown, margin)
            assert not re.sub(r"\d+/\d+$", "", text).endswith(headings), margin
        assert sum("Group" in text and "Plausiblerange" in text for text in texts) >= 3, "heads are repeated"


def test_every_number_of_the_annex_fits_where_there_is_least_room(offline: Page, tmp_path: Path) -> None:
    """A column is never so narrow that a common word is broken; only one that no column could hold is."""
    people = {
        (area, age): (60, 20, 30, 40)
        for area in ("Northern Islands", f"{_LONG}".replace("-", ""))
        for age in ("under 40", "40 or over")
    }
    record = record_of(plan_of(("area", "age"), label=True), labelled(people, ("area", "age")))
    offline.goto(file_of(record, tmp_path, ReportPlan(readers=("annex",))).as_uri())
    document = pdf(offline, tmp_path, "A4", MARGINS[-1])
    for page in document:
        assert_within(page, page.get_textpage(), MARGINS[-1])
    offline.emulate_media(media="print")
    offline.set_viewport_size({"width": 642, "height": 971})  # A4 less 20 mm on each side
    assert offline.evaluate(_BROKEN) == []


@pytest.mark.parametrize("paper", PAPERS)
def test_a_decision_maker_has_one_page_with_its_number_where_there_is_room(
    offline: Page, tmp_path: Path, paper: str
) -> None:
    people = {(sex, age): (60, 20, 30, 40) for sex in ("women", "men") for age in ("under 40", "40 to 60", "over 60")}
    record = record_of(plan_of(("sex", "age"), label=True), labelled(people, ("sex", "age")))
    asked = ReportPlan("Loans, autumn 2026", "A. Smith", "Yearly review for the board", date(2027, 11, 30))
    signed = (SignOff("B. Jones", "Head of lending", "Read, and the limits agreed.", "29 November 2026"),)
    path = tmp_path / "report.html"
    path.write_text(report_html(ReportedAudit(record, asked, receipt=CODE, signed=signed)), encoding="utf-8")
    for margin in MARGINS:
        offline.goto(path.as_uri())
        document = pdf(offline, tmp_path, paper, margin)
        assert len(document) == 1, margin
        assert ("1 / 1" in document[0].get_textpage().get_text_bounded()) is (margin > 0)


def test_a_narrow_screen_loses_no_mark_and_no_number(offline: Page, tmp_path: Path) -> None:
    offline.set_viewport_size({"width": 300, "height": 700})
    offline.goto(file_of(decided(), tmp_path, ReportPlan()).as_uri())
    said = offline.locator("figure text:visible").filter(has_text="worse off")
    expect(said).to_have_count(1)
    edges = [text.bounding_box() for text in offline.locator("figure text:visible").all()]
    assert all(box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 300 for box in edges)


def test_from_a_finished_audit_to_a_file_are_two_clicks(page: Page, app: App) -> None:
    page.goto(f"{app.address}/audit")
    press(page, "Try the sample: Loans: 2,000 invented people")
    page.wait_for_url("**audit=*")
    press(page, "Make the report")
    save = page.get_by_role("button", name="Download: Web page (.html)")
    expect(save).to_be_visible()
    settled(page)
    with page.expect_download() as saved:
        save.click()
    assert re.fullmatch(r"Loans-2-000-invented-people-\d{4}-\d\d-\d\d\.html", saved.value.suggested_filename)
    said = Path(saved.value.path()).read_text(encoding="utf-8")
    assert "Women are approved less often than men" in said
    shown = page.frame_locator("iframe[src^='data:']")
    expect(shown.get_by_role("heading", level=1)).to_contain_text("Women are approved less often than men")
