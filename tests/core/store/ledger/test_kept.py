"""The ledger beside an app's audits: what finishes is in it once, what is deleted is erased, whenever the app ends."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.errors import DataError
from core.record.evidence.words import short_code
from core.store.disk.crash_points import striking
from core.store.ledger.checking import problems
from core.store.ledger.database import LedgerError
from core.store.ledger.entry import LogEntry
from core.store.ledger.installation import key_folder, ledger_url
from core.store.ledger.ledger import Ledger
from core.store.workspace import Workspace
from tests.worlds.workspaces import Open, taken_over
from tests.worlds.workspaces import ended as ended
from tests.worlds.workspaces import opened as opened

pytestmark = pytest.mark.jobs


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "root"


@pytest.fixture
def audit(ended: tuple[Path, str]) -> str:
    return ended[1]


@pytest.fixture
def again(opened: Open, root: Path) -> Callable[[], Workspace]:
    return lambda: opened(ledger=ledger_url(root, {}))


@pytest.fixture
def ledger(root: Path) -> Iterator[Ledger]:
    ledger = Ledger(ledger_url(root, {}), key_folder(root, {}))
    yield ledger
    ledger.close()


@contextmanager
def ending_at(place: str) -> Iterator[None]:
    """The app ends where it passes this point."""

    class End(Exception):
        pass

    def end(name: str) -> None:
        if name == place:
            raise End

    with striking(end), pytest.raises(End):
        yield


def records(ledger: Ledger) -> list[LogEntry]:
    return ledger.named("record/")


def test_a_finished_audit_is_in_the_ledger_once(again: Callable[[], Workspace], ledger: Ledger, audit: str) -> None:
    for _ in range(2):
        space = again()
        taken_over(space, audit)
        space.ledger.settle()
        space.ledger.check()
        assert space.ledger.trouble == "" and space.ledger.strength(audit) == "signed"
    (entry,) = records(ledger)
    assert space.ledger.code(audit) == short_code(entry.leaf)
    record = space.record(audit)
    assert record is not None and entry.body["record"]["counts"] == record.to_json()["counts"]
    assert entry.body["about"]["result"] in ("FAILED", "WARNED", "PASSED") and problems(ledger) == []


def test_an_app_that_ends_between_entry_and_note_appends_once(
    again: Callable[[], Workspace], ledger: Ledger, audit: str
) -> None:
    space = again()
    taken_over(space, audit)
    with ending_at("ledger: appended"):
        space.ledger.settle()
    assert len(records(ledger)) == 1
    again().ledger.settle()
    assert len(records(ledger)) == 1


def test_another_run_of_an_audit_is_another_entry(again: Callable[[], Workspace], ledger: Ledger, audit: str) -> None:
    from dataclasses import replace

    from tests.worlds.workspaces import PLAN

    space = again()
    taken_over(space, audit)
    space.ledger.settle()
    space.run(audit, replace(PLAN, decision=replace(PLAN.decision, threshold=0.4)))
    taken_over(space, audit)
    space.ledger.settle()
    first, second = records(ledger)
    assert first.body["record"]["plan"] != second.body["record"]["plan"]


def test_a_ledger_that_was_changed_is_told_and_stops_no_audit(
    again: Callable[[], Workspace], ledger: Ledger, audit: str, root: Path
) -> None:
    space = again()
    taken_over(space, audit)
    space.ledger.settle()
    note = next((root / "keys").glob("seen-*"))
    seen = note.read_text().split("\n")
    note.write_text("\n".join([seen[0], "99", *seen[2:]]))
    space = again()
    space.ledger.check()
    assert "older copy" in space.ledger.trouble
    assert space.record(audit) is not None
    with pytest.raises(LedgerError, match="older copy"):
        space.receipt(audit, {"another.html": b"another"})
    assert space.ledger.strength(audit) == "changed"
    space.delete(audit)
    assert "older copy" in space.ledger.trouble


def test_a_ledger_that_cannot_be_written_speaks_against_no_record_and_is_over_once_it_can(
    again: Callable[[], Workspace], audit: str, root: Path
) -> None:
    space = again()
    taken_over(space, audit)
    space.ledger.settle()
    space.ledger.check()
    key, path = root / "keys" / "key.pem", space.audits.folder(audit) / "record.json"
    key.chmod(0o644)
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 10**9))
    assert space.ledger.code(audit) is not None
    assert "chmod 600" in space.ledger.trouble and space.ledger.strength(audit) == "signed"
    key.chmod(0o600)
    space.ledger.settle()
    assert space.ledger.trouble == "" and space.ledger.strength(audit) == "signed"


def test_a_ledger_that_was_changed_later_is_found_when_it_cannot_be_used(
    again: Callable[[], Workspace], audit: str, root: Path
) -> None:
    space = again()
    taken_over(space, audit)
    space.ledger.settle()
    space.ledger.check()
    note = next((root / "keys").glob("seen-*"))
    seen = note.read_text().split("\n")
    note.write_text("\n".join([seen[0], "99", *seen[2:]]))
    with pytest.raises(LedgerError, match="older copy"):
        space.ledger.say(audit, "note", {"words": "x"})
    path = space.audits.folder(audit) / "record.json"
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 10**9))
    space.ledger.code(audit)
    space.ledger.check()
    assert space.ledger.strength(audit) == "changed"


def test_what_people_say_of_an_audit_is_kept_and_goes_with_it(
    again: Callable[[], Workspace], ledger: Ledger, audit: str
) -> None:
    space = again()
    taken_over(space, audit)
    assert space.ledger.said(audit, "sign-off") == []
    space.ledger.say(audit, "sign-off", {"name": "A. Reader", "role": "Risk", "words": "Read and accepted."})
    space.ledger.say(audit, "note", {"words": "Asked again in March."})
    (signed,) = space.ledger.said(audit, "sign-off")
    assert signed.body["name"] == "A. Reader" and signed.body["of"] == records(ledger)[0].number
    assert space.ledger.code(audit) == space.receipt(audit, {}).code
    (row,) = [each for each in space.what_is_kept(audit) if "ledger" in each.what]
    assert row.state == "kept" and space.ledger.holds(audit)
    space.delete(audit)
    assert space.ledger.said(audit, "sign-off") == [] and len(ledger.named("sign-off/")) == 1
    assert [each.is_erased for each in ledger.named("sign-off/") + ledger.named("note/")] == [True, True]
    assert problems(ledger) == []


def test_a_note_of_an_earlier_record_does_not_stand_for_a_later_one(
    again: Callable[[], Workspace], ledger: Ledger, audit: str
) -> None:
    space = again()
    taken_over(space, audit)
    path = space.audits.folder(audit) / "record.json"
    earlier = path.read_text()
    space.ledger.settle()
    path.write_text(earlier.replace("+00:00", "+01:00"))  # as another run, which ended while the first was noted
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 10**9))
    space.ledger.settle()
    assert len(records(ledger)) == 2 and space.ledger.strength(audit) == "signed"
    before = space.ledger.code(audit)
    path.write_text(earlier)
    space.ledger.settle()
    assert len(records(ledger)) == 2 and space.ledger.code(audit) != before


def test_a_record_from_elsewhere_is_not_signed_here(again: Callable[[], Workspace], ledger: Ledger, audit: str) -> None:
    space = again()
    record = taken_over(space, audit)
    brought = space.bring_in(json.dumps(record.to_json()).encode(), "record.json", "me").id
    space.ledger.settle()
    assert len(records(ledger)) == 1 and space.ledger.code(brought) is None and space.ledger.strength(brought) is None
    with pytest.raises(DataError, match="where the audit ran"):
        space.receipt(brought, {})
    space.delete(brought)
    assert not records(ledger)[0].is_erased


def test_a_record_that_was_changed_is_told(again: Callable[[], Workspace], audit: str) -> None:
    space = again()
    taken_over(space, audit)
    assert space.ledger.strength(audit) is None
    space.ledger.settle()
    path = space.audits.folder(audit) / "record.json"
    path.write_text(path.read_text().replace('"read": 60', '"read": 61'))
    assert space.ledger.strength(audit) == "changed"


def test_a_receipt_is_for_an_audit_that_ended(again: Callable[[], Workspace], audit: str) -> None:
    space = again()
    with pytest.raises(Exception, match="Run it"):
        space.receipt(space.new("me").id, {})


def test_without_a_ledger_nothing_is_kept(opened: Open, root: Path, audit: str) -> None:
    space = opened()
    taken_over(space, audit)
    with pytest.raises(Exception, match="keeps no ledger"):
        space.receipt(audit, {})
    space.delete(audit)
    assert not (root / "ledger").exists() and not (root / "keys").exists()
    assert json.loads((root / "ages.json").read_text())
