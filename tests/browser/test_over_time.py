"""The Over time page in real Chromium: a year of files in one drop."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import press, put, settled

pytestmark = pytest.mark.browser

PLAN = """plumbline = 1
name = "Hiring"
[data]
file = "people.csv"
[decision]
prediction = "approved"
favourable = ["yes"]
[groups]
sensitive = ["sex"]
"""


def people(month: int) -> str:
    """Of 400 women 100 are approved less often from September on; of 400 men 200 always are."""
    women = 200 if month < 9 else 100
    rows = [
        f"{sex},{'yes' if i < yes + month else 'no'}" for sex, yes in (("f", women), ("m", 200)) for i in range(400)
    ]
    return "\n".join(["sex,approved", *rows])


def test_twelve_months_are_dropped_at_once_one_of_them_broken(page: Page, tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(PLAN)
    (tmp_path / "2025-12.csv").write_text(people(0))
    put(page, tmp_path / "plan.toml", tmp_path / "2025-12.csv")
    press(page, "Run the audit")
    expect(page.get_by_role("button", name="Make the report")).to_be_visible()
    settled(page)
    page.get_by_role("link", name="Over time").click()
    title = page.get_by_role("heading", level=1)
    expect(title).to_contain_text("1 of the first 3 audits is there")
    files = [tmp_path / f"2026-{month:02}.csv" for month in range(1, 13)]
    for month, file in enumerate(files, start=1):
        file.write_text("" if month == 7 else people(month))
    put(page, *files)
    broken = page.get_by_text("“2026-07.csv” has no result.")
    # A quick machine is done before its progress was ever seen.
    expect(page.get_by_text("Auditing your tables").or_(broken).first).to_be_visible()
    page.reload()
    expect(broken).to_be_visible()
    expect(title).to_contain_text("Since September 2026 the gap between women and men has grown")
    expect(page.get_by_text("All 12 audits")).to_be_visible()
    settled(page)
    page.get_by_text("The same numbers as a table").first.click()
    page.get_by_role("link", name="2026-09").first.click()
    expect(page).to_have_url(re.compile(r"/audit\?audit=[0-9a-f]{32}"))
    expect(title).to_contain_text("selected less often than")
