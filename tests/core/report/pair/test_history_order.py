"""Audits and the audits of their fixes, in the order of a history."""

from dataclasses import replace

from core.report.pair.history_order import paired
from core.store.audits import Audit

OLD, NEW = Audit("old", "2026-01-01"), Audit("new", "2026-01-03")
FIX = replace(Audit("fix", "2026-01-02"), original="old")


def test_the_audit_of_a_fix_follows_its_original_and_the_newest_family_comes_first() -> None:
    assert [audit.id for audit in paired([NEW, FIX, OLD])] == ["new", "old", "fix"]
    later = replace(FIX, id="later", created="2026-01-04")
    assert [audit.id for audit in paired([later, NEW, FIX, OLD])] == ["old", "later", "fix", "new"]


def test_the_audit_of_a_fix_whose_original_was_deleted_stands_alone() -> None:
    assert [audit.id for audit in paired([NEW, FIX])] == ["new", "fix"]
