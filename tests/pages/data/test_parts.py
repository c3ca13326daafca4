"""The Data page: a table in several files, put in at once."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.cli import main
from core.record import AuditRecord
from core.store.workspace import Workspace
from tests.pages.on_data_page import PEOPLE, PLAN, audit_of, opened, plan_of, press, said, settled
from tests.pages.whole_app import WAIT_SECONDS
from tests.worlds.jobs.forked import holding_jobs

pytestmark = pytest.mark.jobs

YES = "Yes, they are one table"
HEADER, *LINES = PEOPLE.splitlines(keepends=True)
FIRST, SECOND = HEADER + "".join(LINES[:120]), HEADER + "".join(LINES[120:])


def dropped(*files: tuple[str, str]) -> AppTest:
    at = opened()
    at.file_uploader[0].set_value([(name, text.encode(), "") for name, text in files]).run()
    assert not at.exception
    return at


def read(at: AppTest, space: Workspace) -> AppTest:
    with holding_jobs("profile_parts"):
        press(at, YES)
    return settled(at, space)


def test_several_files_are_one_table_once_a_person_says_so(space: Workspace) -> None:
    at = dropped(("people-10.csv", SECOND), ("people-9.csv", FIRST))
    assert "Are they parts of one table" in at.warning[0].value.replace("\\", "") and "audit" not in at.query_params
    read(at, space)
    assert "people-9.csv and 1 more · 200 rows" in said(at).replace("\\", "").replace("\u2060", "")
    profile = space.profile(audit_of(at, space).id)
    assert profile is not None and [file.name for file in profile.files] == ["people-9.csv", "people-10.csv"]
    assert profile.row_words(120) == "row 1 below the header of people-10.csv"


def test_the_audit_is_that_of_the_command_over_the_same_files(space: Workspace, tmp_path: Path) -> None:
    for name, text in (("a.csv", FIRST), ("b.csv", SECOND)):
        (tmp_path / name).write_text(text)
    (tmp_path / "plan.toml").write_text(PLAN.replace('"people.csv"', '["a.csv", "b.csv"]'))
    at = dropped(("a.csv", FIRST), ("b.csv", SECOND), ("plan.toml", PLAN))
    read(at, space)
    audit = audit_of(at, space)
    press(at, "Run the audit")
    assert plan_of(at, space).data.files == ("a.csv", "b.csv")
    space.wait(audit.id, WAIT_SECONDS)
    record = space.record(audit.id)
    assert main(["audit", str(tmp_path / "plan.toml"), "--out", str(tmp_path / "out")]) == 0
    told = AuditRecord.from_json(json.loads((tmp_path / "out" / "record.json").read_text()))
    assert record is not None and record.provenance.data_sha256 == told.provenance.data_sha256
    assert record.to_json()["counts"] == told.to_json()["counts"] and record.plan.data.files == told.plan.data.files
    again = space.duplicate(audit.id, "copy")
    space.delete(audit.id)
    assert [thing.state for thing in space.what_is_kept(again.id)][:2] == ["kept", "kept"]


def test_the_same_content_twice_is_said_before_anything_is_read(space: Workspace) -> None:
    at = dropped(("a.csv", FIRST), ("b.csv", FIRST))
    press(at, YES)
    assert "b.csv holds the same as a.csv" in at.error[0].value.replace("\\", "").replace("\u2060", "")
    assert "audit" not in at.query_params


def test_files_that_do_not_go_together_are_named(space: Workspace) -> None:
    at = dropped(("a.csv", FIRST), ("b.csv", "sex,height\nf,1\nm,2\n"))
    read(at, space)
    assert "b.csv lacks the columns" in at.error[0].value.replace("\\", "").replace("\u2060", "")


def test_two_files_of_one_name_are_told_apart(space: Workspace) -> None:
    at = read(dropped(("a.csv", FIRST), ("a.csv", SECOND)), space)
    profile = space.profile(audit_of(at, space).id)
    assert profile is not None and [file.name for file in profile.files] == ["a.csv", "a.csv (2)"]
