"""What the ledger beside an app's audits keeps of one that was deleted, wherever the app ended meanwhile."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.record.evidence.verification import verified
from core.store.ledger.audit_entries import holds_receipt
from core.store.ledger.checking import problems
from core.store.ledger.database import Database
from core.store.ledger.ledger import Ledger
from core.store.workspace import Workspace
from tests.core.store.ledger.test_kept import again as again
from tests.core.store.ledger.test_kept import audit as audit
from tests.core.store.ledger.test_kept import ending_at, records
from tests.core.store.ledger.test_kept import ledger as ledger
from tests.core.store.ledger.test_kept import root as root
from tests.worlds.workspaces import ended as ended
from tests.worlds.workspaces import opened as opened
from tests.worlds.workspaces import taken_over

pytestmark = pytest.mark.jobs


def test_deleting_an_audit_erases_what_the_ledger_held(
    again: Callable[[], Workspace], ledger: Ledger, audit: str, root: Path
) -> None:
    space = again()
    taken_over(space, audit)
    made = space.receipt(audit, {"report.html": b"a report"})
    assert verified(made, [("report.html", b"a report")]).strength == "unchanged"
    assert len(ledger.named("files/")) == 1
    space.delete(audit)
    assert [entry.is_erased for entry in ledger.named("record/") + ledger.named("files/")] == [True, True]
    assert problems(ledger) == [] and holds_receipt(ledger, made) == "", "its place is still proven"
    assert list((root / "ledger" / "deleted").iterdir()) == []


def test_a_deletion_that_was_broken_off_is_finished_at_the_next_start(
    again: Callable[[], Workspace], ledger: Ledger, audit: str, root: Path
) -> None:
    space = again()
    taken_over(space, audit)
    space.ledger.settle()
    with ending_at("delete: out of sight"):
        space.delete(audit)
    (root / "ledger" / "deleted" / "a note of somebody").touch()
    again().ledger.settle()
    assert [entry.is_erased for entry in records(ledger)] == [True]
    assert [left.name for left in (root / "ledger" / "deleted").iterdir()] == ["a note of somebody"]


def test_what_was_erased_is_overwritten_though_the_app_ended_between(
    again: Callable[[], Workspace], ledger: Ledger, audit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    space, overwritten = again(), list[Database]()
    taken_over(space, audit)
    space.ledger.settle()

    def ends(database: Database) -> None:
        raise OSError

    monkeypatch.setattr(Database, "overwrite_erased", ends)
    space.delete(audit)
    assert [entry.is_erased for entry in records(ledger)] == [True]
    monkeypatch.setattr(Database, "overwrite_erased", lambda database: overwritten.append(database))
    again().ledger.settle()
    assert len(overwritten) == 1


def test_a_deletion_that_came_to_nothing_erases_nothing(
    again: Callable[[], Workspace], ledger: Ledger, audit: str
) -> None:
    space = again()
    taken_over(space, audit)
    space.ledger.settle()
    with ending_at("ledger: deletion begun"):
        space.delete(audit)
    again().ledger.settle()
    assert [entry.is_erased for entry in records(ledger)] == [False]


def test_a_draft_of_an_audit_that_ran_before_is_erased_too(
    again: Callable[[], Workspace], ledger: Ledger, audit: str
) -> None:
    space = again()
    taken_over(space, audit)
    space.ledger.settle()
    (space.audits.folder(audit) / "record.json").unlink()
    space.delete(audit)
    assert [entry.is_erased for entry in records(ledger)] == [True]
