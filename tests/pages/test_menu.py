"""The open audit's menu, on every page: rename, duplicate into a draft, delete after a second question."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import DataError
from core.store.workspace import Workspace
from tests.pages.whole_app import ME, audited, kept, opened, press, said, widget
from tests.worlds.people import csv_text, plan_of
from tests.worlds.records import HOSTILE, decided

pytestmark = pytest.mark.jobs

TABLE = csv_text(("g", "p"), [("ab"[i % 2], i % 3 % 2) for i in range(120)])
PLAN = plan_of()


@pytest.fixture
def ran(space: Workspace) -> str:
    return audited(space, PLAN, TABLE)


def renamed(at: AppTest, name: str) -> AppTest:
    at = widget(at, "text_input", "called").set_value(name).run()
    assert not at.exception
    return at


@pytest.mark.parametrize("page", ["audit", "data", "history"])
def test_an_audit_is_renamed_where_it_is_open(space: Workspace, home: Path, page: str) -> None:
    audit_id = kept(space, home, decided())
    before = space.record(audit_id)
    at = renamed(opened(page, audit_id), "  Spring  round ")
    assert space.get(audit_id).called == "Spring round"
    assert space.record(audit_id) == before, "its evidence stays as it is"
    assert widget(opened(page, audit_id), "text_input", "called").value == "Spring round"
    renamed(at, "")
    assert space.get(audit_id).called is None


def test_the_history_finds_it_by_its_new_name(space: Workspace, ran: str) -> None:
    renamed(opened("audit", ran), HOSTILE)
    at = opened("history")
    assert HOSTILE in [text.value for text in at.text]
    for caption in at.caption:
        assert "<script>" not in caption.value


def test_a_duplicate_is_a_draft_of_the_same_question(space: Workspace, ran: str) -> None:
    at = press(opened("audit", ran), "Duplicate as a new draft")
    (copy,) = [audit for audit in space.owned_by(ME) if (audit.called or "").startswith("Copy of")]
    assert copy.id != ran and str(copy.id) in str(at.query_params["audit"])
    assert copy.plan is not None and copy.asked is None and space.record(copy.id) is None
    assert space.record(ran) is not None, "the audit itself stays"
    press(opened("data", copy.id), "Run the audit")
    space.wait(copy.id, 180)
    again, first = space.record(copy.id), space.record(ran)
    assert again is not None and first is not None
    assert again.plan.question_sha256 == first.plan.question_sha256
    space.delete(ran)
    assert space.has_rows(copy.id), "deleting one leaves the other its files"


def test_what_has_no_rows_any_more_cannot_be_duplicated(space: Workspace, home: Path) -> None:
    audit_id = kept(space, home, decided())
    with pytest.raises(DataError, match="no table"):
        space.duplicate(audit_id, "Copy")
    at = press(opened("audit", audit_id), "Duplicate as a new draft")
    assert "There is no table yet" in said(at)


def test_deleting_asks_once_more_and_leads_to_data(space: Workspace, ran: str) -> None:
    at = opened("audit", ran)
    assert "This cannot be undone" in said(at)
    at = press(at, "Delete this audit")
    with pytest.raises(DataError):
        space.get(ran)
    assert "audit" not in at.query_params


def test_all_that_can_be_taken_away_is_in_one_menu_beside_the_link(space: Workspace, ran: str) -> None:
    at = opened("audit", ran)
    files = [button.proto.label for button in at.get("download_button")]
    assert files == [
        "Answer, picture and table (web page, .html)",
        "Every number (spreadsheet, .csv)",
        "The result for machines (result.json)",
        "The evidence record (record.json)",
        "The plan (.toml)",
    ]
    assert f"?audit={ran}" in [code.value for code in at.code]
