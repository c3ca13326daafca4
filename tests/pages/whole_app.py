"""The whole app in AppTest, opened at one of its pages, what it says there, and audits for it to show."""

import io
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from core.jobs.replaced_json import replace_json
from core.plan.plan import Plan
from core.record import AuditRecord
from core.store.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
# The most that a wait for a job and a run of a page may take, on a busy machine.
WAIT_SECONDS, RUN_SECONDS = 180.0, 180.0
ME = "0" * 32  # the browser that has the app open


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
    at.session_state["owner"] = ME  # as a browser that was here before
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


def widget(at: AppTest, kind: str, name: str) -> Any:
    """The first widget of this kind with this name in its key."""
    return next(found for found in at.get(kind) if f"/{name}/" in f"{found.key}/")


def cell(at: AppTest, about: str) -> Any:
    """The cell of the Audit page's grid that is about this question and column."""
    return next(button for button in at.button if plain_words(button.label).startswith(f"**{about}:**"))


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
            rows = [["".join(cell.itertext()) for cell in row.iter("td")] for row in drawn.iter("tr")]
            found.append({name: [row[i] for row in rows if row] for i, name in enumerate(names)})
    return found


def said(at: AppTest) -> str:
    """All that the page says outside its widgets and tables, without what keeps markdown from reading it."""
    texts = [
        *at.title,
        *at.header,
        *at.subheader,
        *at.error,
        *at.warning,
        *at.info,
        *at.caption,
        *at.markdown,
        *at.text,
        *at.code,
    ]
    return plain_words("\n".join([*(str(text.value) for text in texts), *_listed(at)]))


def plain_words(text: str) -> str:
    """A text without what keeps markdown from reading it."""
    return text.replace("\\", "").replace("\u2060", "").replace("\u00a0", " ")


def _listed(at: AppTest) -> list[str]:
    """The page's own lists, each as one text: lines, and facts as "name: value"."""
    found = []
    for shown in at.get("html"):
        if shown.proto.body.startswith(("<ul", "<dl")):
            drawn = ElementTree.fromstring(shown.proto.body)
            names = [name.text or "" for name in drawn.iter("dt")]
            values = [value.text or "" for value in drawn.iter("dd")]
            lines = [f"{name}: {value}" for name, value in zip(names, values, strict=True)]
            found.append("\n".join([*(line.text or "" for line in drawn.iter("li")), *lines]))
    return found


def finished(space: Workspace, audit_id: str) -> str:
    """The audit, whose job ended well."""
    assert space.wait(audit_id, WAIT_SECONDS) is None and space.get(audit_id).problem is None
    return audit_id


def audited(space: Workspace, plan: Plan, table: str, model: bytes = b"", images: bytes = b"") -> str:
    """An audit of this browser's that ran to its end."""
    audit = space.put_table(space.new(ME).id, io.BytesIO(table.encode()), "people.csv")
    space.wait(audit.id, WAIT_SECONDS)
    if images:
        space.put_images(audit.id, io.BytesIO(images), str(plan.decision.images))
    if model:
        space.put_model(audit.id, io.BytesIO(model), str(plan.decision.model))
    space.run(audit.id, plan)
    return finished(space, audit.id)


def kept(space: Workspace, home: Path, record: AuditRecord) -> str:
    """An audit whose record a job left some time ago."""
    audit = space.new()
    replace_json(home / "audits" / audit.id / "record.json", record.to_json())
    return audit.id
