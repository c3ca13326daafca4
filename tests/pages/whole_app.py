"""The whole app in AppTest, opened at one of its pages, and what it says there."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]
WAIT_SECONDS = 60.0
RUN_SECONDS = 30.0


@pytest.fixture(autouse=True)
def inside_the_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages run inside the app's frame, as in a server that has served one page; AppTest forgets that on every run."""
    begin = PagesManager.__init__

    def begin_with_navigation(self: PagesManager, *arguments: Any, **options: Any) -> None:
        begin(self, *arguments, **options)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", begin_with_navigation)


def opened(page: str, audit_id: str | None = None) -> AppTest:
    """The app at this page, with an audit in the address where one is given."""
    at = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=RUN_SECONDS)
    at.session_state["owner"] = "0" * 32  # as a browser that was here before
    if audit_id is not None:
        at.query_params["audit"] = audit_id
    at.run().switch_page(f"pages/{page}.py").run()
    assert not at.exception
    return at


def alone(page: str) -> AppTest:
    """The page by itself."""
    at = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=RUN_SECONDS).run()
    assert not at.exception
    return at


def press(at: AppTest, label: str) -> AppTest:
    """Click the first button with this label."""
    next(button for button in at.button if button.label == label).click().run()
    assert not at.exception
    return at


def labels(at: AppTest) -> list[str]:
    """What the buttons are called."""
    return [button.label for button in at.button]


def tables(at: AppTest) -> list[dict[str, list[str]]]:
    """The page's own tables, each as its columns' cells by their names."""
    found = []
    for shown in at.get("html"):
        body = shown.proto.body
        if "plain-table" in body and "<table>" in body:
            drawn = ElementTree.fromstring(body)
            names = [name.text or "" for name in drawn.iter("th")]
            rows = [[cell.text or "" for cell in row.iter("td")] for row in drawn.iter("tr")]
            found.append({name: [row[i] for row in rows if row] for i, name in enumerate(names)})
    return found


def said(at: AppTest) -> str:
    """All that the page says outside its widgets and tables, without what keeps markdown from reading it."""
    texts = [*at.header, *at.error, *at.warning, *at.info, *at.caption, *at.markdown, *at.text, *at.code]
    return "\n".join(str(text.value) for text in texts).replace("\\", "").replace("\u2060", "").replace("\u00a0", " ")
