"""Which files a table is: by folder and pattern, without what writers leave beside them, and none of it silently."""

import os
from pathlib import Path

import pytest

from core.errors import DataError
from tests.worlds.cut_tables import asked, people, put

ROWS = people(200)


def said_of(*data: Path) -> list[str]:
    return [str(note.facts.get("text", "")) for note in asked(*data).notes]


def test_markers_are_passed_over_and_what_might_have_been_meant_is_said(tmp_path: Path) -> None:
    put(tmp_path / "set" / "a.csv", ROWS)
    put(tmp_path / "set" / ".hidden" / "b.csv", ROWS)
    for marker in ("_SUCCESS", "_metadata", "_common_metadata"):
        (tmp_path / "set" / marker).write_bytes(b"\0\0\0")
    put(tmp_path / "set" / "c.csv", ROWS[:20])
    assert not [words for words in said_of(tmp_path / "set") if "not read" in words]
    put(tmp_path / "set" / "_old.csv", ROWS)
    assert "files of set not read, as links or for an underscore before their names: _old.csv" in said_of(
        tmp_path / "set"
    )
    assert asked(tmp_path / "set" / "_o*.csv").counts.people == len(ROWS)  # a pattern that says so means it


@pytest.mark.parametrize(
    ("make", "named", "words"),
    [
        ("set/_SUCCESS", "set", "holds no table"),
        ("set/x.csv", "sets", "sets is not there or cannot be read"),
        ("set/x.csv", "set/*.parquet", "No file is named by"),
        ("set/_delta_log/0.json", "set", "is a Delta table"),
        ("set/_delta_log/0.json", "set/*.parquet", "is a Delta table"),
        ("set/.hoodie/x", "set", "is a Hudi table"),
    ],
)
def test_what_names_no_table_is_refused_in_words(tmp_path: Path, make: str, named: str, words: str) -> None:
    (tmp_path / make).parent.mkdir(parents=True)
    (tmp_path / make).touch()
    with pytest.raises(DataError, match=words):
        asked(tmp_path / named)


def test_a_link_that_leads_nowhere_is_refused_and_a_linked_folder_is_said(tmp_path: Path) -> None:
    put(tmp_path / "elsewhere" / "b.csv", ROWS)
    put(tmp_path / "set" / "a.csv", ROWS)
    (tmp_path / "set" / "more").symlink_to(tmp_path / "elsewhere")
    assert asked(tmp_path / "set").counts.people == len(ROWS)
    (tmp_path / "set" / "c.csv").symlink_to(tmp_path / "nowhere.csv")
    with pytest.raises(DataError, match="c.csv is not there or cannot be read"):
        asked(tmp_path / "set")


def test_a_file_that_is_no_table_is_named(tmp_path: Path) -> None:
    put(tmp_path / "set" / "a.csv", ROWS)
    (tmp_path / "set" / "notes.json").write_text('{"a": 1}')
    with pytest.raises(DataError, match=r"^notes\.json: This looks like JSON"):
        asked(tmp_path / "set")


def test_files_of_one_name_in_two_folders_are_told_apart(tmp_path: Path) -> None:
    first, second = put(tmp_path / "x" / "p.csv", ROWS[:100]), put(tmp_path / "y" / "p.csv", ROWS[100:])
    second.write_text(second.read_text() + "F,EU,0.5,yes,more\n")
    assert [words for words in said_of(first, second) if "left out" in words] == [
        "rows of p.csv and 1 more with missing or extra cells, left out: 1 (row 101 of y/p.csv)"
    ]


def test_a_name_that_is_no_text_is_one_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    for name, rows in ((b"a\xff.csv", ROWS[:100]), (b"b\n\x1b[31m.csv", ROWS[100:])):
        with open(os.fsencode(tmp_path / "set") + b"/" + name, "wb") as file:
            file.write(put(tmp_path / "plain.csv", rows).read_bytes())
    assert asked(tmp_path / "set").counts.people == len(ROWS)
