"""The Data page: files that are here already, and what is typed or read in small parts."""

import re
from pathlib import Path

import pytest

from core.errors import DataError, PlanError
from core.store.workspace import Workspace
from pages.components import plain
from pages.components.data import groups, uploads
from tests.pages.on_data_page import PEOPLE, opened, press, said, settled

pytestmark = pytest.mark.jobs

# ---------------------------------------------------------------- a file that is here already


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a.csv").write_text("x\n1\n")
    (tmp_path / "secret.csv").write_text("x\n1\n")
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "door").symlink_to(tmp_path)
    return folder


def test_a_file_under_the_folder_is_found_by_name_or_path(folder: Path) -> None:
    assert uploads.allowed_path("deep/a.csv", folder) == folder / "deep" / "a.csv"
    assert uploads.allowed_path(str(folder / "deep" / "a.csv"), folder) == folder / "deep" / "a.csv"


@pytest.mark.parametrize(
    "typed", ["../secret.csv", "link.csv", "door/secret.csv", "/etc/passwd", "~/x.csv", "deep", "no.csv"]
)
def test_nothing_outside_the_folder_is_opened(folder: Path, typed: str) -> None:
    with pytest.raises(DataError):
        uploads.allowed_path(typed, folder)


@pytest.mark.parametrize("typed", ["a\0b", "x" * 300, "/".join("x" * 3000), "~nobody-of-this-name/x", "loop", "\udcff"])
def test_a_path_that_no_file_can_have_is_answered_in_words(folder: Path, typed: str) -> None:
    (folder / "loop").symlink_to(folder / "loop")
    with pytest.raises(DataError, match="Check its name"):
        uploads.allowed_path(typed, folder)


def test_a_large_file_is_read_by_its_path(space: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "people.csv").write_text(PEOPLE)
    monkeypatch.setenv("PLUMBLINE_FOLDER", str(folder))
    at = opened()
    at.text_input[0].set_value("people.csv").run()
    press(at, "Open the file")
    assert "200 rows" in said(settled(at, space))


def test_a_path_that_is_refused_is_said_until_another_is_taken(
    space: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "people.csv").write_text(PEOPLE)
    monkeypatch.setenv("PLUMBLINE_FOLDER", str(folder))
    at = opened()
    at.text_input[0].set_value("../secret.csv").run()
    press(at, "Open the file")
    assert "does not lie in" in at.error[0].value and "does not lie in" in at.run().error[0].value
    at.text_input[0].set_value("people.csv").run()
    press(at, "Open the file")
    assert not settled(at, space).error


def test_no_path_is_asked_for_in_a_shared_app(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUMBLINE_FOLDER", str(folder))
    monkeypatch.setenv("PLUMBLINE_SHARED", "1")
    at = opened()
    assert at.file_uploader and not at.text_input


# ---------------------------------------------------------------- small parts


@pytest.mark.parametrize(
    ("typed", "cuts"),
    [("40", (40.0,)), ("25, 40,60", (25.0, 40.0, 60.0)), ("", ()), ("40 25", None), ("old", None), ("40, 40", None)],
)
def test_typed_cut_points(typed: str, cuts: tuple[float, ...] | None) -> None:
    assert groups.read_cuts(typed) == cuts


def test_a_plan_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(PlanError, match="UTF-8"):
        uploads.read_plan(b"\xff\xfe\x00", "plan.toml")


def test_escaped_text_keeps_every_letter_and_breaks_what_would_come_alive() -> None:
    text = "www.evil.example a@b.cc :smile: [x](y) `z` $1$ #1 <b>"
    escaped = plain.escape(text)
    assert escaped.replace("\\", "").replace("\u2060", "") == text
    assert not re.search(r"(?<!\\)[^\w\s\\\u2060]", escaped), "every sign stands behind a backslash"
    for alive in ("www\\.", "\\@b", "\\:s"):
        assert alive not in escaped, "these come alive even behind one"
