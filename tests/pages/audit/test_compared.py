"""Another comparison group, chosen on the Audit page: at once, kept, taken back, and never lost or made up."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.plan.parts import WordsPlan
from core.record import AuditRecord
from core.store.workspace import Workspace
from tests.pages.whole_app import kept, labels, opened, press, said, widget
from tests.worlds.people import labelled, plan_of
from tests.worlds.records import decided, record_of

THREE = {"a": (40, 20, 10, 30), "b": (10, 5, 25, 60), "c": (50, 20, 10, 10)}
LABELS = WordsPlan("hired", "rejected", {"g": {"a": "Apples", "b": "Pears", "c": "Plums"}})


@pytest.fixture
def record() -> AuditRecord:
    ran = decided(THREE)
    return replace(ran, plan=replace(ran.plan, words=LABELS))


def compare(at: object, audit_id: str, value: str) -> None:
    widget(at, "selectbox", "compare/g").set_value(value).run()  # type: ignore[arg-type]


def test_it_is_said_before_done_at_once_and_kept(space: Workspace, home: Path, record: AuditRecord) -> None:
    audit_id = kept(space, home, record)
    at = opened("audit", audit_id)
    assert widget(at, "selectbox", "compare/g").options == ["Apples", "Pears", "Plums"]
    assert "Everything is compared with people whose g is Apples now." in said(at)
    assert "Compared with: people whose g is Apples" in said(at)
    compare(at, audit_id, "c")
    assert "Then everything is compared with people whose g is Plums." in said(at)
    assert "Compared with: people whose g is Apples" in said(at), "nothing is done yet"
    press(at, "Compare so")
    assert "Compared with: people whose g is Plums" in said(at)
    assert "Compared with people whose g is Plums: chosen after the audit ran." in said(at)
    again = opened("audit", audit_id)
    assert "Compared with: people whose g is Plums" in said(again)
    assert json.loads((home / "audits" / audit_id / "record.json").read_text()) == json.loads(
        json.dumps(record.to_json())
    ), "the evidence stays as it ran"
    press(again, "Compare as it ran")
    assert "Compared with: people whose g is Apples" in said(again) and "Compare as it ran" not in labels(again)


def test_what_is_shown_is_what_a_run_with_it_gives(space: Workspace, home: Path, record: AuditRecord) -> None:
    at = opened("audit", kept(space, home, record))
    compare(at, "", "b")
    press(at, "Compare so")
    plan = replace(record.plan, groups=replace(record.plan.groups, reference={"g": "b"}))
    ran = opened("audit", kept(space, home, record_of(plan, record.counts)))
    assert [text.value for text in at.text if "hired" in text.value] == [
        text.value for text in ran.text if "hired" in text.value
    ]


def test_the_fix_page_asks_against_the_same_group(space: Workspace, home: Path, record: AuditRecord) -> None:
    audit_id = kept(space, home, record)
    at = opened("audit", audit_id)
    compare(at, audit_id, "c")
    press(at, "Compare so")
    assert not opened("fix", audit_id).exception and not opened("explain", audit_id).exception


def test_where_the_data_page_asks_something_else_by_now_the_audit_stands_as_it_ran(
    space: Workspace, home: Path, record: AuditRecord
) -> None:
    audit_id = kept(space, home, record)
    other = replace(record.plan, groups=replace(record.plan.groups, reference={"g": "c"}), run=record.plan.run)
    space.save_plan(audit_id, replace(other, data=replace(other.data, missing=("?",))))
    assert "Compared with: people whose g is Apples" in said(opened("audit", audit_id))
    space.save_plan(audit_id, other)
    assert "Compared with: people whose g is Plums" in said(opened("audit", audit_id))


def test_where_nobody_is_in_a_pair_it_is_refused_and_said(space: Workspace, home: Path) -> None:
    people = {("a", "x"): (40, 20, 10, 30), ("a", "y"): (20, 10, 10, 30), ("b", "x"): (10, 5, 25, 60)}
    record = record_of(plan_of(("g", "h"), label=True), labelled(people, ("g", "h")))
    at = opened("audit", kept(space, home, record))
    widget(at, "selectbox", "compare/g").set_value("b").run()
    widget(at, "selectbox", "compare/h").set_value("y").run()
    press(at, "Compare so")
    assert "Nobody in the table is b and y" in said(at) and "Compare as it ran" not in labels(at)


def test_one_group_has_no_other_to_compare_with(space: Workspace, home: Path) -> None:
    assert not opened("audit", kept(space, home, decided({"a": (40, 20, 10, 30)}))).exception
