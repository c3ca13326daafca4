"""A table in many files is the table that it was cut from: the same counts, verdicts and record, named by its files."""

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DataError
from tests.worlds.cut_tables import COLUMNS, asked, people, put, told

ROWS = people()


@settings(max_examples=12, deadline=None)
@given(
    cuts=st.lists(st.integers(0, len(ROWS)), max_size=5).map(sorted),
    kinds=st.lists(st.sampled_from([".csv", ".parquet"]), min_size=6, max_size=6),
)
def test_a_table_cut_anywhere_into_files_of_any_kind_is_counted_as_the_whole(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], kinds: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    ends = [0, *cuts, len(ROWS)]
    for place, (start, end) in enumerate(zip(ends, ends[1:], strict=False)):
        put(folder / "many" / f"loans-{place + 8}{kinds[place]}", ROWS[start:end])
    assert told(asked(folder / "many")) == told(asked(put(folder / "whole.csv", ROWS)))


def test_folders_of_a_data_set_name_a_column(tmp_path: Path) -> None:
    rows = sorted(ROWS, key=lambda row: row[1])
    without = [column for column in COLUMNS if column != "region"]
    for region in {row[1] for row in rows}:
        part = [(row[0], row[2], row[3]) for row in rows if row[1] == region]
        put(tmp_path / "set" / f"region={region.replace(' ', '%20')}" / "part-0.parquet", part, without)
    (tmp_path / "set" / "_SUCCESS").touch()
    (tmp_path / "set" / ".part-0.parquet.crc").write_bytes(b"\0\1")
    moved = put(tmp_path / "whole.csv", [(row[0], row[2], row[3], row[1]) for row in rows], [*without, "region"])
    found, whole = told(asked(tmp_path / "set")), told(asked(moved))
    assert found == whole


def test_other_orders_of_columns_are_one_table(tmp_path: Path) -> None:
    put(tmp_path / "many" / "a.csv", ROWS[:300])
    put(tmp_path / "many" / "b.csv", [row[::-1] for row in ROWS[300:]], COLUMNS[::-1])
    assert told(asked(tmp_path / "many")) == told(asked(put(tmp_path / "whole.csv", ROWS)))


def test_the_digest_is_that_of_the_names_and_digests_in_the_natural_order_of_names(tmp_path: Path) -> None:
    parts = [put(tmp_path / f"loans-{k}.csv", ROWS[k * 30 - 60 : k * 30]) for k in (9, 10, 2)]
    in_order = [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in (parts[2], parts[0], parts[1])]
    text = json.dumps(in_order, separators=(",", ":"))
    record = asked(*parts)
    assert record.provenance.data_sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert asked(tmp_path / "loans-*.csv").provenance.data_sha256 == record.provenance.data_sha256


def test_one_file_keeps_its_digest_however_it_was_named(tmp_path: Path) -> None:
    path = put(tmp_path / "one" / "loans.csv", ROWS)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    for named in (path, path.parent, path.with_name("l*.csv")):
        assert asked(named).provenance.data_sha256 == digest


def test_rows_left_out_and_wrong_cells_are_named_by_file_and_row(tmp_path: Path) -> None:
    put(tmp_path / "many" / "a.csv", ROWS[:100])
    second = put(tmp_path / "many" / "b.csv", ROWS[100:200])
    lines = second.read_text().splitlines(keepends=True)
    second.write_text("".join([*lines[:5], "F,EU,0.5,yes,more\n", *lines[5:]]))
    said = next(str(note.facts["text"]) for note in asked(tmp_path / "many").notes if "text" in note.facts)
    assert said == "rows of many with missing or extra cells, left out: 1 (row 5 of b.csv)"
    second.write_text("".join([*lines[:5], "F,EU,0.5,yes,more\n", *lines[5:7], "F,EU,high,yes\n"]))
    with pytest.raises(
        DataError, match=r'many, row 8 below the header of b\.csv, column "score": "high" is not a number'
    ):
        asked(tmp_path / "many")


@pytest.mark.parametrize(
    ("other", "columns", "words"),
    [
        ("b.csv", COLUMNS[:3], 'b.csv lacks the column "repaid" of a.csv'),
        ("b.csv", (*COLUMNS, "age"), 'b.csv has the column "age", which a.csv has not'),
        (
            "b.parquet",
            (*COLUMNS[:3], "Repaid"),
            'b.parquet lacks the column "repaid" of a.csv; b.parquet has the column',
        ),
    ],
)
def test_files_of_other_columns_are_named_all_at_once(
    tmp_path: Path, other: str, columns: tuple[str, ...], words: str
) -> None:
    put(tmp_path / "many" / "a.csv", ROWS[:90])
    for name in (other, other.replace("b.", "c.")):
        put(tmp_path / "many" / name, [(*row, "30")[: len(columns)] for row in ROWS[:90]], columns)
    with pytest.raises(DataError) as refusal:
        asked(tmp_path / "many")
    assert words in str(refusal.value) and words.replace("b.", "c.") in str(refusal.value)
    assert str(refusal.value).endswith("Give every file the same columns, or name only those that belong together.")


def test_a_file_without_a_header_among_others_is_named(tmp_path: Path) -> None:
    put(tmp_path / "many" / "a.csv", ROWS[:90])
    second = put(tmp_path / "many" / "b.csv", ROWS[90:])
    second.write_text("".join(second.read_text().splitlines(keepends=True)[1:]))
    with pytest.raises(DataError, match=r"b\.csv has no row with the names of its columns, as a\.csv has"):
        asked(tmp_path / "many")


def test_another_decimal_sign_is_named_by_file_but_whole_numbers_go_with_either(tmp_path: Path) -> None:
    comma = "sex;region;score;repaid\n" + "".join(f"{'FM'[i % 2]};EU;0,{i % 9 + 1};yes\n" for i in range(40))
    (tmp_path / "a.csv").write_text(
        "sex;region;score;repaid\n" + "".join(f"{'FM'[i % 2]};US;1;no\n" for i in range(40))
    )
    (tmp_path / "b.csv").write_text(comma)
    assert asked(tmp_path / "a.csv", tmp_path / "b.csv").counts.people == 80
    put(tmp_path / "c.csv", ROWS[:90])
    with pytest.raises(
        DataError, match=r"b\.csv write numbers with a decimal comma, as in 1,5, and c\.csv with a point"
    ):
        asked(tmp_path / "*.csv")


def test_the_same_file_twice_is_refused_and_parts_without_rows_are_not(tmp_path: Path) -> None:
    for name in ("a", "b"):
        put(tmp_path / "set" / f"{name}-empty.parquet", [])
    put(tmp_path / "set" / "d.parquet", ROWS)
    assert asked(tmp_path / "set").counts.people == len(ROWS)
    put(tmp_path / "set" / "e.parquet", ROWS)
    with pytest.raises(
        DataError, match=r"e\.parquet holds the same as d\.parquet, and its people would be counted twice"
    ):
        asked(tmp_path / "set")


def test_a_file_named_in_two_ways_is_read_once(tmp_path: Path) -> None:
    first, second = put(tmp_path / "a.csv", ROWS[:300]), put(tmp_path / "b.csv", ROWS[300:])
    assert asked(first, tmp_path / "*.csv", second).counts.people == len(ROWS)


def test_packed_files_are_unpacked_one_after_the_other(tmp_path: Path) -> None:
    import gzip

    for k, rows in enumerate((ROWS[:200], ROWS[200:400], ROWS[400:])):
        plain = put(tmp_path / f"p{k}.csv", rows)
        (tmp_path / "many").mkdir(exist_ok=True)
        (tmp_path / "many" / f"p{k}.csv.gz").write_bytes(gzip.compress(plain.read_bytes()))
    assert told(asked(tmp_path / "many")) == told(asked(put(tmp_path / "whole.csv", ROWS)))
