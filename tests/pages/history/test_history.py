"""The History page: this browser's own audits, to open again or to delete."""

import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from core.errors import DataError
from core.metrics.verdicts import Judgement
from core.plan.plan import Plan
from core.record import AuditRecord
from core.store.archive import found, in_order, projects
from core.store.audits import blank_audit
from core.store.retention import summary
from core.store.workspace import Audit, Workspace
from pages.components import session
from tests.pages.whole_app import WAIT_SECONDS, alone, labels, opened, press, said, tables

pytestmark = pytest.mark.jobs

OWNER, OTHER = "a" * 32, "b" * 32
TABLE = "sex,said\n" + "".join(f"{'mf'[i % 2]},{'yes' if i % 2 or i % 3 else 'no'}\n" for i in range(300))
PLAN = Plan.from_toml(
    'plumbline = 1\nname = "*Hiring* <b>"\n[data]\nfile = "t.csv"\n'
    '[decision]\nprediction = "said"\nfavourable = ["yes"]\n[groups]\nsensitive = ["sex"]\n'
)
GONE = replace(PLAN.groups, sensitive=("gone",))


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
    for cookie, is_found in ((OWNER, True), (OTHER, False), (OWNER.upper(), False), (f"{OWNER}\n", False)):
        monkeypatch.setattr(ContextProxy, "cookies", {"plumbline": cookie})
        assert ("Hiring" in said(alone("history"))) is is_found


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
    assert len(at.title) == 1 and ran.id in str(at.query_params["audit"])


def test_an_audit_without_a_verdict_says_why_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, space: Workspace, tmp_path: Path
) -> None:
    owner = "d" * 32
    audit = audit_of(space, owner, tmp_path)
    assert "Not run yet" in said(opened_by(monkeypatch, owner))
    assert "answer what is still open" in said(opened_by(monkeypatch, owner))
    space.run(audit.id, replace(PLAN, groups=GONE))
    space.wait(audit.id, WAIT_SECONDS)
    words = said(opened_by(monkeypatch, owner))
    assert "No result" in words and 'has no column "gone"' in words and "Open it to go on from there" in words


def test_the_audit_of_a_fix_is_called_by_its_fix_before_it_has_a_result(
    monkeypatch: pytest.MonkeyPatch, space: Workspace, tmp_path: Path
) -> None:
    owner = "9" * 32
    audit = audit_of(space, owner, tmp_path, run=True)
    record = space.record(audit.id)
    assert record is not None
    fixed = replace(record.plan, name="*Hiring* <b>: A threshold for each group", groups=GONE)
    space.audit_fix(audit.id, fixed, None, record.digest)
    # Whether it waits, runs or has failed.
    names = [text.value for text in opened_by(monkeypatch, owner).text]
    assert names == ["*Hiring* <b>: A threshold for each group", "*Hiring* <b>"]


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


def test_one_bad_file_is_one_entry_which_can_be_deleted(
    monkeypatch: pytest.MonkeyPatch, space: Workspace, home: Path, tmp_path: Path
) -> None:
    owner = "e" * 32
    good, bad = audit_of(space, owner, tmp_path), space.new(owner)
    (home / "audits" / bad.id / "state.json").write_text("")
    at = opened_by(monkeypatch, owner)
    assert "An audit that cannot be read" in said(at) and "newer Plumbline" in said(at)
    assert "people.csv" in said(at) and labels(at).count("Delete for good") == 2
    assert "An audit that cannot be read" not in said(opened_by(monkeypatch, OWNER)), "it is another browser's"
    at = opened_by(monkeypatch, owner)
    press(at, "Delete for good")
    assert space.unreadable(owner) == [] and not (home / "audits" / bad.id).exists()
    assert "An audit that cannot be read" not in said(at) and space.get(good.id) == good


def test_a_damaged_result_is_said_in_its_row_and_on_its_page(
    monkeypatch: pytest.MonkeyPatch, space: Workspace, home: Path, ran: Audit
) -> None:
    folder, owner = home / "audits" / ran.id, OWNER
    record, profile = (folder / "record.json").read_text(), (folder / "profile.json").read_text()
    for name in ("record.json", "profile.json"):
        (folder / name).write_text("{")
    try:
        assert "its file record.json cannot be read" in said(opened_by(monkeypatch, owner))
        assert "cannot be read" in said(opened("data", ran.id))
    finally:
        (folder / "record.json").write_text(record)
        (folder / "profile.json").write_text(profile)


def test_verdicts_are_judged_once_and_again_after_the_code_changed(
    monkeypatch: pytest.MonkeyPatch, space: Workspace, home: Path, ran: Audit
) -> None:
    def judged_anew(self: AuditRecord) -> Judgement:
        raise AssertionError("it was judged before")

    space.summary(ran.id)
    with monkeypatch.context() as patched:
        patched.setattr(AuditRecord, "judgement", judged_anew)
        kept = space.summary(ran.id)
        assert kept is not None and kept.people == 300
        assert "Hiring" in said(opened_by(patched, OWNER))
    version = summary._version()
    monkeypatch.setattr(summary, "_version", lambda: "another")
    monkeypatch.setattr(AuditRecord, "judgement", judged_anew)
    with pytest.raises(AssertionError):
        space.summary(ran.id)
    assert len(version) == 64


def test_1000_audits_open_with_the_newest_of_them(
    monkeypatch: pytest.MonkeyPatch, space: Workspace, home: Path, ran: Audit
) -> None:
    many = "f" * 32
    space.summary(ran.id)
    for _ in range(1_000):
        kept = replace(blank_audit(many), table=ran.table, asked=ran.asked, stage="audit", tags=("spring",))
        files = [(home / "audits" / ran.id / name, name) for name in ("record.json", "summary.json")]
        space.audits.begin(kept, files)

    def judged_anew(self: AuditRecord) -> Judgement:
        raise AssertionError("it was judged before")

    with monkeypatch.context() as patched:
        patched.setattr(AuditRecord, "judgement", judged_anew)
        at = opened_by(monkeypatch, many)
        before = time.thread_time()
        entries = space.listed(many)
        assert len(entries) == 1_000 and space.unreadable(many) == []
        assert len(projects(in_order(found(entries, "spring"), "answer"))[0]) == 1_000, "all ask the same"
        assert all(space.summary(entry.audit.id) is not None for entry in entries[:20])
        assert time.thread_time() - before < 1, "seconds of the processor, not of a clock beside other work"
    assert labels(at).count("Open") == 20
    press(at, "Show 20 older ones")
    assert labels(at).count("Open") == 40
    for audit in space.owned_by(many):
        shutil.rmtree(home / "audits" / audit.id)


def test_what_is_kept_is_listed_and_rows_can_be_deleted_before_their_day(
    monkeypatch: pytest.MonkeyPatch, space: Workspace, tmp_path: Path
) -> None:
    audit = audit_of(space, OWNER, tmp_path, run=True)
    app = opened_by(monkeypatch, OWNER)
    keys = [button.key for button in app.button if button.label == "Delete these rows"]
    (mine,) = [key for key in keys if audit.id in str(key)]
    assert any("The table as it was read" in table.get("What", []) for table in tables(app))
    app.button(key=mine).click().run(timeout=WAIT_SECONDS)
    assert not app.exception and not space.has_rows(audit.id) and space.record(audit.id) is not None
    assert any("The uploaded rows, and what quoted them" in table.get("What", []) for table in tables(app))
    assert mine not in [button.key for button in app.button]
    space.delete(audit.id)


def shares(at: AppTest) -> list[str]:
    """What the lists say of files that serve another audit."""
    return [state for table in tables(at) for state in table.get("State", []) if "audit" in state]


def test_a_file_that_stays_for_another_audit_says_for_which(
    monkeypatch: pytest.MonkeyPatch, space: Workspace, tmp_path: Path
) -> None:
    owner = "8" * 32
    audit = audit_of(space, owner, tmp_path)
    copy = space.duplicate(audit.id, "Copy of *people*")
    app = opened_by(monkeypatch, owner)
    assert shares(app).count("kept, also for the audit “Copy of *people*”") == 1
    (mine,) = [b.key for b in app.button if b.label == "Delete these rows" and audit.id in str(b.key)]
    app.button(key=mine).click().run(timeout=WAIT_SECONDS)
    assert "kept for the audit “Copy of *people*”, which uses the same file" in shares(app)
    assert space.has_rows(copy.id)
