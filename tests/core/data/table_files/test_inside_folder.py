"""A table named under one folder: file, folder or pattern, and nothing that lies elsewhere, whatever leads there."""

from pathlib import Path

import pytest

from core.data.table_files.inside_folder import MOST_FOLDERS, folders_inside, listed_inside
from core.errors import DataError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Some tables; beside the folder a secret, to which a linked file and a linked folder lead."""
    folder = tmp_path / "tables"
    for name in ("deep/a.csv", "deep/b.csv", "months/2026-01.csv", "months/2026-02.csv", "months/2025-12.csv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"x\n{name}\n")
    for region in ("EU", "US"):
        (folder / "parted" / f"region={region}").mkdir(parents=True)
        (folder / "parted" / f"region={region}" / "part.csv").write_text(f"x\n{region}\n")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "secret.csv").write_text("x\n1\n")
    (folder / "deep" / "link.csv").symlink_to(tmp_path / "secret" / "secret.csv")
    (folder / "door").symlink_to(tmp_path / "secret")
    (folder / "same").symlink_to(folder / "deep")
    return folder


def named(typed: str, folder: Path) -> list[str]:
    return [part.name for part in listed_inside(typed, folder).parts]


def test_a_file_is_found_by_name_or_path(folder: Path) -> None:
    for typed in ("deep/a.csv", str(folder / "deep" / "a.csv"), "months/../deep/a.csv", "same/a.csv"):
        assert listed_inside(typed, folder).single == folder / "deep" / "a.csv"


def test_a_folder_is_all_that_lies_below_it_and_a_pattern_what_it_names(folder: Path) -> None:
    assert named("months", folder) == ["2025-12.csv", "2026-01.csv", "2026-02.csv"]
    assert named("months/2026-*.csv", folder) == ["2026-01.csv", "2026-02.csv"]
    table = listed_inside("parted", folder)
    assert [part.columns for part in table.parts] == [(("region", "EU"),), (("region", "US"),)]
    assert table.name == "parted" and listed_inside("months/2026-*.csv", folder).name == "2026-*.csv"
    assert named("*/2026-*.csv", folder) == ["months/2026-01.csv", "months/2026-02.csv"]


def test_links_that_lead_out_are_passed_over_by_name(folder: Path) -> None:
    table = listed_inside("deep", folder)
    assert [part.name for part in table.parts] == ["a.csv", "b.csv"] and table.passed_over == ("link.csv",)
    table = listed_inside("d*", folder)
    assert [part.name for part in table.parts] == ["deep/a.csv", "deep/b.csv"]
    assert set(table.passed_over) == {"door", "deep/link.csv"}, "and nothing of what lies behind the door"


@pytest.mark.parametrize(
    "typed",
    ["../secret/secret.csv", "deep/link.csv", "door/secret.csv", "door", "door/*.csv", "../secret/*.csv", "..", "/"]
    + ["months/../../secret/*.csv", "d*/../../secret/*.csv", "/etc/passwd", "/etc/*", "~/x.csv", "~/*.csv"],
)
def test_what_lies_elsewhere_is_refused_whether_it_is_there_or_not(folder: Path, typed: str) -> None:
    with pytest.raises(DataError, match="does not lie in"):
        listed_inside(typed, folder)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("no.csv", "There is no file no.csv"),
        ("months/2027-*.csv", "No file is named by"),
        ("*/secret.csv", "holds no table. Passed over, .*: door. Name"),
        ("door*/s*.csv", "holds no table"),
        ("**/*.csv", "Name the folder instead"),
    ],
)
def test_what_names_nothing_there_is_said(folder: Path, typed: str, words: str) -> None:
    with pytest.raises(DataError, match=words) as refused:
        listed_inside(typed, folder)
    assert "secret.csv" in typed or "secret.csv" not in str(refused.value)


@pytest.mark.parametrize("typed", ["a\0b", "x" * 300, "/".join("x" * 3000), "~nobody-of-this-name/x", "loop", "\udcff"])
def test_a_path_that_no_file_can_have_is_answered_in_words(folder: Path, typed: str) -> None:
    (folder / "loop").symlink_to(folder / "loop")
    with pytest.raises(DataError, match="Check its name"):
        listed_inside(typed, folder)


def test_folders_that_may_be_a_table_are_offered(folder: Path) -> None:
    for name in (".hidden", "_old", "a*", "line\nbreak", "months/10", "months/9", "months/9/deeper", "~"):
        (folder / name).mkdir()
    assert folders_inside(folder) == ("deep", "months", "months/9", "months/10", "parted")
    assert all(listed_inside(name, folder).parts for name in ("deep", "months", "parted"))
    for number in range(2 * MOST_FOLDERS):
        (folder / f"more {number}").mkdir()
    assert len(folders_inside(folder)) == MOST_FOLDERS and folders_inside(folder / "nowhere") == ()
