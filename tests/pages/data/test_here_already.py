"""The Data page: a table that lies in the folder which was opened for this: a file, a folder or a pattern."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.cli import main
from core.record import AuditRecord
from core.store.workspace import Workspace
from pages.components import plain
from tests.pages.on_data_page import PEOPLE, PLAN, audit_of, opened, plan_of, press, said, settled
from tests.pages.surface import sentences
from tests.pages.whole_app import WAIT_SECONDS, plain_words
from tests.worlds.jobs.forked import holding_jobs

pytestmark = pytest.mark.jobs

YES, OPEN = "Yes, they are one table", "Open it"
HEADER, *LINES = PEOPLE.splitlines(keepends=True)
FIRST, SECOND, THIRD = (HEADER + "".join(LINES[start::3]) for start in range(3))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A whole table, one in months, and one in parts by region, beside what is not for the app."""
    folder = tmp_path / "tables"
    put(folder, **{"people.csv": PEOPLE, "months/2026-01.csv": FIRST, "months/2026-02.csv": SECOND})
    put(folder, **{"months/2025-12.csv": THIRD, "parted/region=EU/p.csv": FIRST, "parted/region=US/p.csv": SECOND})
    put(tmp_path, **{"secret.csv": PEOPLE})
    monkeypatch.setenv("PLUMBLINE_FOLDER", str(folder))
    return folder


def put(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def named(typed: str, at: AppTest | None = None) -> AppTest:
    """The page after this was typed and opened."""
    at = opened() if at is None else at
    box(at).set_value(typed).run()
    return press(at, OPEN)


def box(at: AppTest) -> Any:
    return next(each for each in at.text_input if each.label.startswith("A file, a folder, or a pattern"))


def read(at: AppTest, space: Workspace) -> AppTest:
    with holding_jobs("profile_parts"):
        press(at, YES)
    return settled(at, space)


def words(text: str) -> str:
    return plain_words(text).replace("\n", " ")


def test_a_large_file_is_read_by_its_path(space: Workspace) -> None:
    assert "200 rows" in said(settled(named("people.csv"), space))


def test_a_folder_is_one_table_once_a_person_says_so(space: Workspace, folder: Path) -> None:
    put(folder, **{"months/_old.csv": PEOPLE})
    at = named("months")
    assert "Here are 3 tables: “2025-12.csv”, “2026-01.csv”, “2026-02.csv”. Are they" in words(at.warning[0].value)
    assert "Passed over, as a link or for an underscore: “_old.csv”." in words(said(at))
    assert "audit" not in at.query_params
    assert [each for each in sentences(at) if len(each.split()) > 20] == []
    at = read(at, space)
    assert "months · 200 rows" in words(said(at))
    profile = space.profile(audit_of(at, space).id)
    assert profile is not None and profile.passed_over == ("_old.csv",)
    assert [file.name for file in profile.files] == ["2025-12.csv", "2026-01.csv", "2026-02.csv"]


def test_a_folder_may_be_chosen_instead_of_typed(space: Workspace) -> None:
    at = opened()
    choice = next(each for each in at.selectbox if each.label == "Or one of its folders")
    assert choice.options == ["months", "parted"] and choice.value is None
    choice.select("months").run()
    assert box(at).value == "months" and not at.warning
    assert "Here are 3 tables" in press(at, OPEN).warning[0].value
    box(at).set_value("parted").run()
    assert next(each for each in at.selectbox if each.label == "Or one of its folders").value is None


def test_a_pattern_leaves_other_files_out(space: Workspace) -> None:
    at = read(named("months/2026-*.csv"), space)
    profile = space.profile(audit_of(at, space).id)
    assert profile is not None and [file.name for file in profile.files] == ["2026-01.csv", "2026-02.csv"]
    assert profile.name == "2026-*.csv"


def test_the_audit_of_a_parted_folder_is_that_of_the_command(space: Workspace, folder: Path, tmp_path: Path) -> None:
    plan = PLAN.replace('["sex"]', '["sex", "region"]').replace('"people.csv"', '"parted"')
    put(folder, **{"plan.toml": plan})
    at = opened()
    at.file_uploader[0].set_value([("plan.toml", plan.encode(), "")]).run()
    at = named("parted", at)
    assert "The folders' names give columns: “region”." in words(said(at))
    at = read(at, space)
    audit = audit_of(at, space)
    press(at, "Run the audit")
    assert plan_of(at, space).data.file == "parted" and not plan_of(at, space).data.files
    space.wait(audit.id, WAIT_SECONDS)
    record = space.record(audit.id)
    assert main(["audit", str(folder / "plan.toml"), "--out", str(tmp_path / "out")]) == 0
    told = AuditRecord.from_json(json.loads((tmp_path / "out" / "record.json").read_text()))
    assert record is not None and record.provenance.data_sha256 == told.provenance.data_sha256
    assert record.to_json()["counts"] == told.to_json()["counts"] and record.plan == told.plan


def test_folders_of_signs_that_no_page_shows_are_the_groups_of_the_command(
    space: Workspace, folder: Path, tmp_path: Path
) -> None:
    regions = ["A\u00a0B", "AB", "\u0645\u06cc\u200c\u062e", "x\\y"]
    parts = [HEADER + "".join(LINES[start::4]) for start in range(4)]
    put(folder, **{f"odd/region={region}/p.csv": part for region, part in zip(regions, parts, strict=True)})
    plan = PLAN.replace('["sex"]', '["region"]').replace('"people.csv"', '"odd"')
    put(folder, **{"plan.toml": plan})
    at = opened()
    at.file_uploader[0].set_value([("plan.toml", plan.encode(), "")]).run()
    at = read(named("odd", at), space)
    audit = audit_of(at, space)
    profile = space.profile(audit.id)
    space.reread(audit.id)
    space.wait(audit.id, WAIT_SECONDS)
    assert space.profile(audit.id) == profile, "what is kept says the same"
    press(at.run(), "Run the audit")
    space.wait(audit.id, WAIT_SECONDS)
    record = space.record(audit.id)
    assert main(["audit", str(folder / "plan.toml"), "--out", str(tmp_path / "out")]) == 0
    told = AuditRecord.from_json(json.loads((tmp_path / "out" / "record.json").read_text()))
    assert record is not None and record.provenance.data_sha256 == told.provenance.data_sha256
    assert record.to_json()["counts"] == told.to_json()["counts"] and record.plan == told.plan
    found = json.dumps(record.to_json()["counts"], ensure_ascii=False)
    assert [region for region in regions if json.dumps(region, ensure_ascii=False) not in found] == []


def test_an_audit_that_an_earlier_version_kept_has_the_columns_of_its_folders(space: Workspace, home: Path) -> None:
    audit = audit_of(read(named("parted"), space), space)
    first = space.profile(audit.id)
    state = home / "audits" / audit.id / "state.json"
    kept = json.loads(state.read_text())
    for part in kept["parts"]:
        del part["columns"], part["raw_name"]
    state.write_text(json.dumps(kept))
    space.reread(audit.id)
    space.wait(audit.id, WAIT_SECONDS)
    assert first is not None and first.names[-1] == "region" and space.profile(audit.id) == first


def test_a_look_that_is_taken_again_reads_the_same_columns_and_tells_the_same(space: Workspace, folder: Path) -> None:
    put(folder, **{"parted/_old.csv": PEOPLE})
    at = read(named("parted"), space)
    audit = audit_of(at, space)
    first = space.profile(audit.id)
    space.reread(audit.id)
    space.wait(audit.id, WAIT_SECONDS)
    assert first is not None and first.names[-1] == "region" and space.profile(audit.id) == first


def test_an_answer_is_about_the_files_that_were_named(space: Workspace, folder: Path) -> None:
    at = named("months/2026-*.csv")
    put(folder, **{"months/2026-03.csv": THIRD})
    press(at, YES)
    assert "Here are 3 tables" in at.warning[0].value and "audit" not in at.query_params
    box(at).set_value("months").run()
    assert not at.warning, "another name is not opened before somebody says so"


@pytest.mark.parametrize(
    ("text", "answer"),
    [(FIRST, "2026-03.csv holds the same as 2026-01.csv"), ("sex,height\nf,1\n", "2026-03.csv lacks the columns")],
)
def test_files_that_do_not_go_together_are_named(
    space: Workspace, home: Path, folder: Path, text: str, answer: str
) -> None:
    put(folder, **{"months/2026-03.csv": text})
    before = {path.name for path in (home / "uploads").iterdir()}
    at = press(named("months/2026-*.csv"), YES)
    if "audit" in at.query_params:
        at = settled(at, space)
    else:  # refused before any is read, and none is kept
        assert {path.name for path in (home / "uploads").iterdir()} == before
    assert answer in words(at.error[0].value)


@pytest.mark.parametrize(
    "name", ["![x](http:y).csv", "<img src=x>.csv", "a\n\x1b[31m# b.csv", "`c`.csv", "d\u202ee.csv"]
)
def test_names_of_files_are_the_text_they_are(space: Workspace, folder: Path, name: str) -> None:
    put(folder, **{f"odd/{name}": FIRST, "odd/z.csv": SECOND})
    at = named("odd")
    assert plain.escape(name) in at.warning[0].value and not re.search(r"(?<!\\)[!<`\[]", at.warning[0].value)
    at = read(at, space)
    profile = space.profile(audit_of(at, space).id)
    assert profile is not None and {file.name.isprintable() for file in profile.files} == {True}


def test_links_out_of_the_folder_are_passed_over_and_said(folder: Path) -> None:
    (folder / "months" / "2026-03.csv").symlink_to(folder.parent / "secret.csv")
    at = named("months")
    assert "Here are 3 tables" in at.warning[0].value
    assert "Passed over, as a link or for an underscore: “2026-03.csv”." in words(said(at))


@pytest.mark.parametrize("typed", ["../secret.csv", "../*.csv", "/etc", "/etc/*", "~/*", "nothing", "months/2027*"])
def test_what_is_refused_is_said_until_another_is_taken(space: Workspace, typed: str) -> None:
    at = named(typed)
    refused = at.error[0].value
    assert (
        refused and at.run().error[0].value == refused and "secret.csv" not in refused.replace(plain.escape(typed), "")
    )
    assert not settled(named("people.csv", at), space).error


def test_a_table_that_the_disk_has_no_room_for_is_refused_before_it_is_copied(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(space.files), "free_bytes", 10)
    at = press(named("months"), YES)
    assert "Free some space, or name fewer files." in words(at.error[0].value) and "audit" not in at.query_params


def test_no_path_is_asked_for_in_a_shared_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUMBLINE_SHARED", "1")
    at = opened()
    assert at.file_uploader and not at.text_input


def test_without_a_folder_the_page_says_how_to_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLUMBLINE_FOLDER")
    at = opened()
    assert not at.text_input and "PLUMBLINE_FOLDER=/path/to/folder plumbline app" in [code.value for code in at.code]
