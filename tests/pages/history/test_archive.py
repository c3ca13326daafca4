"""The History page as an archive: found by words and tags, described, selected to compare, brought in, taken away."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.record import AuditRecord
from core.store.workspace import Workspace
from pages.components.history import bring_in
from tests.pages.whole_app import ME, labels, opened, press, said, widget
from tests.worlds.records import HOSTILE, decided, scored

pytestmark = pytest.mark.jobs


@pytest.fixture(autouse=True)
def empty(space: Workspace) -> None:
    for audit in space.owned_by(ME):
        space.delete(audit.id)


def brought(space: Workspace, record: AuditRecord, called: str) -> str:
    audit = space.bring_in(json.dumps(record.to_json()).encode(), f"{called}.json", ME)
    return space.rename(audit.id, called).id


def names(at: AppTest) -> list[str]:
    return [text.value for text in at.text]


def asked_of(record: AuditRecord, threshold: float) -> AuditRecord:
    """The record of another question."""
    return replace(record, plan=replace(record.plan, decision=replace(record.plan.decision, threshold=threshold)))


def put_in(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Let the box for a record hold this file."""

    class File(io.BytesIO):
        name = "theirs.json"

    real = bring_in.st.file_uploader

    def box(label: str, *given: Any, **options: Any) -> Any:
        return File(content) if label == "record.json" else real(label, *given, **options)

    monkeypatch.setattr(bring_in.st, "file_uploader", box)


def test_audits_are_found_by_words_and_put_in_order(space: Workspace) -> None:
    for name, threshold in (("Spring", 0.2), ("Autumn", 0.3), ("Winter", 0.4)):
        brought(space, asked_of(scored(), threshold), name)
    at = opened("history")
    assert names(at) == ["Winter", "Autumn", "Spring"]
    at = widget(at, "selectbox", "order").set_value("name").run()
    assert names(at) == ["Autumn", "Spring", "Winter"]
    at = widget(at, "text_input", "words").set_value("SPRING").run()
    assert names(at) == ["Spring"]
    at = widget(at, "text_input", "words").set_value("nothing like it").run()
    assert names(at) == [] and "No audit says this" in said(at)


def test_a_row_says_what_was_found_and_two_can_be_searched(space: Workspace) -> None:
    brought(space, scored(), "Spring")
    brought(space, asked_of(scored(), 0.9), "Autumn")
    at = opened("history")
    assert "That is 50 of 100 against 50." in said(at) and "0 of 100 are selected in both." in said(at)
    at = widget(at, "text_input", "words").set_value("spring").run()
    assert names(at) == ["Spring"]


def test_notes_and_tags_are_written_in_the_row_and_searched(space: Workspace) -> None:
    audit_id = brought(space, scored(), "Spring")
    at = widget(opened("history"), "text_area", "history notes").set_value("for the board").run()
    at = widget(at, "text_input", "history tags").set_value("credit, board, Credit").run()
    assert not at.exception
    kept = space.get(audit_id)
    assert (kept.notes, kept.tags) == ("for the board", ("credit", "board"))
    assert "Tags: credit, board" in said(at) and "for the board" in said(at)
    brought(space, decided(), "Other")
    at = widget(opened("history"), "multiselect", "tags").set_value(["board"]).run()
    assert names(at) == ["Spring"]


def test_an_audit_is_renamed_in_its_row(space: Workspace) -> None:
    audit_id = brought(space, scored(), "Spring")
    at = widget(opened("history"), "text_input", "history name").set_value("May").run()
    assert space.get(audit_id).called == "May" and names(at) == ["May"]


def test_two_that_are_selected_are_compared_the_older_first(space: Workspace) -> None:
    first, second = brought(space, decided(), "Spring"), brought(space, decided(label=False), "Summer")
    at = opened("history")
    (compare,) = [button for button in at.button if button.label == "Compare"]
    assert compare.disabled
    for box in [box for box in at.checkbox if "Select" in box.label]:
        at = box.check().run()
    at = press(at, "Compare the 2 selected")
    assert at.title[0].value == "Compare two audits"
    assert [widget(at, "selectbox", name).value for name in ("first", "second")] == [first, second]


def test_audits_of_one_question_stand_together(space: Workspace) -> None:
    brought(space, scored(), "January")
    brought(space, decided(), "Between")
    brought(space, scored(), "February")
    at = opened("history")
    assert names(at) == ["February", "January", "Between"], "newest first within a project too"
    assert "January: 2 audits of one project" in said(at)


def test_a_record_is_brought_in_opened_and_has_no_rows(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in(monkeypatch, json.dumps(scored().to_json()).encode())
    at = press(opened("history"), "Bring it in")
    (audit,) = space.owned_by(ME)
    assert audit.brought == "theirs.json" and "brought in, without rows" in said(at)
    record = space.record(audit.id)
    assert record is not None and record.digest == scored().digest


def test_what_cannot_be_brought_in_is_said(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in(monkeypatch, b'{"findings": []}')
    at = press(opened("history"), "Bring it in")
    assert "theirs.json is a result, without the counts" in said(at) and space.owned_by(ME) == []


@pytest.mark.parametrize("page", ["data", "audit", "fix", "explain", "compare", "over_time", "history"])
def test_every_page_opens_with_an_audit_that_was_brought_in(space: Workspace, page: str) -> None:
    at = opened(page, brought(space, scored(), "theirs"))
    assert not at.exception and "theirs" in "".join([*labels(at), said(at), *(str(p.proto) for p in at.get("popover"))])


def test_what_a_person_wrote_is_shown_as_the_text_it_is(space: Workspace, home: Path) -> None:
    space.describe(brought(space, scored(), HOSTILE), HOSTILE, (HOSTILE.replace(",", ""),))
    at = opened("history")
    assert HOSTILE in names(at)
    for shown in (*at.caption, *at.markdown):
        assert "<script>" not in shown.value
