"""The History page: this browser's own audits, to open again or to delete."""

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from core.errors import DataError
from core.plan import Plan
from core.workspace import Audit, Workspace
from pages.components import session
from tests.pages.whole_app import WAIT_SECONDS, alone, labels, opened, press, said

pytestmark = pytest.mark.jobs

OWNER, OTHER = "a" * 32, "b" * 32
TABLE = "sex,said\n" + "".join(f"{'mf'[i % 2]},{'yes' if i % 2 or i % 3 else 'no'}\n" for i in range(300))
PLAN = Plan.from_toml(
    'plumbline = 1\nname = "*Hiring* <b>"\n[data]\nfile = "t.csv"\n'
    '[decision]\nprediction = "said"\nfavourable = ["yes"]\n[groups]\nsensitive = ["sex"]\n'
)


@pytest.fixture(scope="module")
def ran(space: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """An audit of this browser that ran to its end."""
    return audit_of(space, OWNER, tmp_path_factory.mktemp("upload"), run=True)


def audit_of(space: Workspace, owner: str, folder: Path, run: bool = False) -> Audit:
    upload = folder / "people.csv"
    upload.write_text(TABLE + f"m,{owner}\n" * (not run))
    audit = space.put_table(space.new(owner).id, upload, upload.name)
    space.wait(audit.id, WAIT_SECONDS)
    if run:
        space.run(audit.id, replace(PLAN, data=replace(PLAN.data, file=upload.name)))
        space.wait(audit.id, WAIT_SECONDS)
    return space.get(audit.id)


def opened_by(monkeypatch: pytest.MonkeyPatch, owner: str) -> AppTest:
    monkeypatch.setattr(session, "owner", lambda: owner)
    return opened("history")


def test_a_browser_is_known_by_its_cookie_and_a_cookie_that_holds_no_id_is_none(
    monkeypatch: pytest.MonkeyPatch, ran: Audit
) -> None:
    for cookie, found in ((OWNER, True), (OTHER, False), (OWNER.upper(), False), (f"{OWNER}\n", False)):
        monkeypatch.setattr(ContextProxy, "cookies", {"plumbline": cookie})
        assert ("Hiring" in said(alone("history"))) is found


def test_a_browser_without_audits_is_led_to_data(monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened_by(monkeypatch, "c" * 32)
    assert "Nothing here yet" in said(at) and "Go to Data" in labels(at)


def test_an_audit_shows_name_file_people_and_age_as_text(monkeypatch: pytest.MonkeyPatch, ran: Audit) -> None:
    at = opened_by(monkeypatch, OWNER)
    assert [text.value for text in at.text] == ["*Hiring* <b>"]
    facts = next(caption.value for caption in at.caption if "people" in caption.value)
    assert "people\\.csv" in facts and "300 people" in facts and ("just now" in facts or "minute" in facts)


def test_nobody_sees_the_audits_of_another_browser(monkeypatch: pytest.MonkeyPatch, ran: Audit) -> None:
    assert "Hiring" not in said(opened_by(monkeypatch, OTHER))


def test_open_leads_to_the_audit_page(monkeypatch: pytest.MonkeyPatch, ran: Audit) -> None:
    at = press(opened_by(monkeypatch, OWNER), "Open")
    assert at.header[0].value == "The answer" and ran.id in str(at.query_params["audit"])


def test_an_audit_without_a_verdict_says_why_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, space: Workspace, tmp_path: Path
) -> None:
    owner = "d" * 32
    audit = audit_of(space, owner, tmp_path)
    assert "Not run yet" in said(opened_by(monkeypatch, owner))
    assert "answer what is still open" in said(opened_by(monkeypatch, owner))
    space.run(audit.id, replace(PLAN, groups=replace(PLAN.groups, sensitive=("gone",))))
    space.wait(audit.id, WAIT_SECONDS)
    words = said(opened_by(monkeypatch, owner))
    assert "No result" in words and 'has no column "gone"' in words and "Open it to go on from there" in words


def test_a_deleted_audit_is_gone(monkeypatch: pytest.MonkeyPatch, space: Workspace, tmp_path: Path) -> None:
    audit = audit_of(space, OTHER, tmp_path)
    assert audit.table is not None
    at = opened_by(monkeypatch, OTHER)
    assert space.get(audit.id) == audit, "nothing is gone before it is confirmed"
    press(at, "Delete for good")
    with pytest.raises(DataError):
        space.get(audit.id)
    assert space.owned_by(OTHER) == []
    assert "Nothing here yet" in said(at)
