"""One look at a table: what its columns hold, what is odd about them, and the profile as JSON."""

import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.column_profile import CAP
from core.data.profile import Column, Profile
from core.data.profiling import run, take_profile
from core.errors import DataError
from tests.worlds.people import csv_text, quiet

Taken = Callable[..., Profile]


@pytest.fixture
def taken(tmp_path: Path) -> Taken:
    """The profile of a table with these columns, given as lists of cells."""

    def take(**columns: list[Any]) -> Profile:
        place = tmp_path / str(len(list(tmp_path.iterdir())))
        (place / "out").mkdir(parents=True)
        rows = list(zip(*columns.values(), strict=True))
        (place / "upload").write_text(csv_text(tuple(columns), rows), encoding="utf-8")
        return take_profile(place / "upload", "t.csv", place / "out", quiet)

    return take


def remarks_on(profile: Profile, column: str) -> list[str]:
    return [oddity.text for oddity in profile.oddities if column in oddity.columns]


def test_what_columns_hold(taken: Taken) -> None:
    profile = taken(
        n=["3", " -1.5", "1e2", "", "NA", "3"], t=["a", "b", "a", "", "c", "a"],
        e=["", "NA", " ", "null", "NaN", "N/A"],
        m=["1", "x", "2", "y", "3", "z"],
    )  # fmt: skip
    assert profile.rows == 6
    assert profile.column("n") == Column(
        "n", "number", 2, 5, (("3", 2), ("", 1), (" -1.5", 1), ("1e2", 1), ("NA", 1)), -1.5, 100.0, False
    )
    assert (profile.column("t").kind, profile.column("t").missing, profile.column("t").distinct) == ("text", 1, 4)
    assert profile.column("t").values[0] == ("a", 3)
    assert (profile.column("e").kind, profile.column("e").missing) == ("empty", 6)
    assert (profile.column("m").kind, profile.column("m").low, profile.column("m").high) == ("text", 1.0, 3.0)


def test_an_unknown_column_is_answered_with_the_known_ones(taken: Taken) -> None:
    with pytest.raises(DataError) as refusal:
        taken(sex=["f", "m"], age=["1", "2"]).column("gender")
    assert str(refusal.value) == 't.csv has no column "gender". Its columns are: sex, age.'


def test_a_column_of_a_table_without_a_header_is_answered_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "adult.data").write_text("39, Male, <=50K\n52, Female, >50K\n31, Male, >50K\n" * 4)
    profile = take_profile(tmp_path / "adult.data", "adult.data", tmp_path, quiet)
    with pytest.raises(DataError, match="Its first row reads like data, not like names: put a row with the columns'"):
        profile.column("sex")


@pytest.mark.parametrize("name", ["people.csv", "table"])
def test_a_refused_table_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "upload").write_bytes(b"%PDF-1.7\n\x00\x01\x02")
    with pytest.raises(DataError, match=f"^{name}: "):
        take_profile(tmp_path / "upload", name, tmp_path, quiet)


@pytest.mark.parametrize(("ragged", "said"), [(0, ()), (2, ("2 (row 61, 62)",)), (11, ("11 (row 61, 62",))])
def test_rows_that_do_not_fit_the_header_are_counted_and_named(tmp_path: Path, ragged: int, said: tuple[str]) -> None:
    (tmp_path / "upload").write_text("g,p\n" + "a,1\n" * 60 + "b\n" * ragged)
    words = take_profile(tmp_path / "upload", "people.csv", tmp_path, quiet).left_out_words()
    assert len(words) == len(said)
    assert all(part in text for part, text in zip(said, words, strict=True))


def test_many_distinct_values_are_capped_but_missing_ones_and_ends_are_counted(taken: Taken) -> None:
    scores = [f"{i / 7:.5f}" for i in range(CAP + 10)]
    profile = taken(s=["NA", *scores, "", "-3"], g=["f"] * (CAP + 13))
    column = profile.column("s")
    assert (column.distinct, column.missing, column.kind) == (None, 2, "number")
    assert (column.low, column.high) == (-3.0, float(scores[-1]))
    assert 0 < len(column.values) <= 50
    exactly = taken(s=[str(i) for i in range(CAP)], g=["f"] * CAP).column("s")
    assert exactly.distinct == CAP == len(exactly.values)


def test_batches_of_a_long_table_are_added_up(tmp_path: Path) -> None:
    """Several row groups: the later ones bring new values, missing cells, the lowest number and a stranger."""
    n = 300_000
    lines = [f"{i % 500},{'f' if i % 2 else 'm'}" for i in range(n)]
    lines[200_000], lines[250_000], lines[299_999] = "-7,x", ",m", "high,m"
    (tmp_path / "upload").write_text("s,g\n" + "\n".join(lines) + "\n")
    profile = take_profile(tmp_path / "upload", "t.csv", tmp_path, quiet)
    column = profile.column("s")
    assert (profile.rows, column.distinct, column.missing, column.low) == (n, 503, 1, -7.0)
    assert sum(count for _, count in column.values) == n
    assert dict(profile.column("g").values) == {"m": n // 2, "f": n // 2 - 1, "x": 1}
    (oddity,) = (o for o in profile.oddities if "mostly numbers, but 1 cell(s)" in o.text)
    assert (oddity.columns, oddity.rows) == (("s",), (300_000,))
    assert pq.ParquetFile(tmp_path / "table.parquet").metadata.num_rows == n


@pytest.mark.parametrize(
    ("cells", "remark"),
    [
        (["", "NA", ""], "no cell is filled in"),
        (["x", "x", ""], "every filled cell is the same"),
        (["f", "?", "m"], 'cells "?" may mean "not known"'),
        (["f", " None ", "m"], 'cells "None" may mean "not known"'),
        (["F", "f", "m"], "one value spelled in several ways: F, f"),
        (["part time", "part-time", "full"], "one value spelled in several ways: part time, part-time"),
        (["yes ", "yes", "no"], "1 cell(s) with spaces around them"),
        ([" 1", "2 ", "3"], None),
        (["1.0", "1", "2"], None),
        (["a", "b", "a"], None),
    ],
)
def test_what_is_odd_about_a_column(taken: Taken, cells: list[str], remark: str | None) -> None:
    found = remarks_on(taken(x=cells, y=["1", "2", "3"]), "x")
    assert found == [] if remark is None else any(text.startswith(remark) for text in found)


def test_numbers_with_strangers_among_them_are_numbered(taken: Taken) -> None:
    cells = [str(i) for i in range(40)]
    cells[7], cells[30] = "seven", "thirty"
    profile = taken(x=cells, y=["a", "b"] * 20)
    (oddity,) = (o for o in profile.oddities if o.text.startswith("mostly numbers"))
    assert (oddity.text, oddity.rows) == ("mostly numbers, but 2 cell(s) are not", (8, 31))


@pytest.mark.parametrize(
    ("cells", "is_identifier"),
    [
        ([f"id{i}" for i in range(30)], True),
        ([str(1_000 + i) for i in range(30)], True),
        ([str(1_000 + i) for i in range(CAP + 5)], True),
        ([f"{i / 31:.4f}" for i in range(30)], False),
        ([f"{i / 3001:.6f}" for i in range(CAP + 5)], False),
        ([str(i) for i in range(29)] + ["0"], False),
        ([str(i) for i in range(20)], False),
    ],
)
def test_what_differs_in_every_row_looks_like_an_identifier(
    taken: Taken, cells: list[str], is_identifier: bool
) -> None:
    profile = taken(x=cells, y=["a"] * len(cells))
    assert any("as an identifier does" in text for text in remarks_on(profile, "x")) is is_identifier


def test_cells_with_spaces_around_them_are_numbered_over_all_batches(tmp_path: Path) -> None:
    lines = ["m"] * 300_000
    lines[4] = lines[200_000] = " m"
    lines[250_000] = "  "
    (tmp_path / "upload").write_text("s,g\n" + "\n".join(f"{line},1" for line in lines) + "\n")
    (oddity,) = (o for o in take_profile(tmp_path / "upload", "t.csv", tmp_path, quiet).oddities if "spaces" in o.text)
    assert oddity.text.startswith("2 cell(s) with spaces around them")
    assert (oddity.columns, oddity.rows) == (("s",), (5, 200_001))


def test_the_same_remark_on_several_columns_is_made_once(taken: Taken) -> None:
    profile = taken(a=["", ""], b=["", ""], c=["1", "2"])
    assert [o.columns for o in profile.oddities if o.text == "no cell is filled in"] == [("a", "b")]


def test_first_rows_are_shown_as_text(taken: Taken) -> None:
    profile = taken(a=[f" {i}" for i in range(30)], b=["x"] * 30)
    assert len(profile.head) == 20
    assert profile.head[3] == (" 3", "x")


@settings(max_examples=15)
@given(
    st.lists(st.tuples(st.sampled_from(["a", "B", "", "?", "7"]), st.integers(0, 3)), min_size=3, max_size=30),
    st.randoms(),
)
def test_the_order_of_rows_changes_only_row_numbers(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, int]], rng: random.Random
) -> None:
    profiles = []
    for _ in range(2):
        place = tmp_path_factory.mktemp("order")
        (place / "upload").write_text(csv_text(("g", "n"), [("x", 1.5), *rows]))
        profiles.append(take_profile(place / "upload", "t.csv", place, quiet))
        rng.shuffle(rows)
    assert profiles[0].columns == profiles[1].columns


def test_the_job_writes_what_it_found(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    content = b"a,b\n1,x\n2,y\n3\n" + b"4,z\n" * 9
    (tmp_path / "in" / "table").write_bytes(content)
    steps: list[tuple[int, int, str]] = []
    run(tmp_path, {"name": "people.csv"}, lambda *step: steps.append(step))  # type: ignore[arg-type]
    profile = Profile.from_json(json.loads((tmp_path / "out" / "profile.json").read_text()))
    assert (profile.name, profile.rows, profile.left_out) == ("people.csv", 11, (3,))
    assert profile.sha256 == hashlib.sha256(content).hexdigest()
    assert pq.read_table(tmp_path / "out" / "table.parquet").to_pydict()["a"] == ["1", "2", *["4"] * 9]
    assert steps[-1] == (11, 0, "rows read")


# ---------------------------------------------------------------- as JSON


def test_a_profile_survives_json(taken: Taken) -> None:
    profile = taken(a=["é", '"', "\u2028"], n=["1", "?", "3"], e=["", "", ""])
    again = Profile.from_json(json.loads(json.dumps(profile.to_json())))
    assert again == profile
    assert again.row_words(1) == profile.row_words(1)


@pytest.mark.parametrize(
    "damage",
    [
        lambda d: d.pop("rows"),
        lambda d: d.update(rows="many"),
        lambda d: d.update(rows=None),
        lambda d: d.update(columns=7),
        lambda d: d.update(decimal="x"),
        lambda d: d.update(head=[1, 2]),
        lambda d: d["columns"][0].pop("name"),
        lambda d: d["columns"][0].update(kind="picture"),
        lambda d: d["columns"][0].update(low="low"),
        lambda d: d["columns"][0].update(values=[["a"]]),
        lambda d: d["columns"][0].update(distinct="x"),
        lambda d: d["oddities"].append({"text": "x"}),
    ],
)
def test_json_that_is_no_profile_is_refused(taken: Taken, damage: Callable[[dict[str, Any]], Any]) -> None:
    document = json.loads(json.dumps(taken(a=["1", "2"], b=["x", "x"]).to_json()))
    damage(document)
    with pytest.raises((TypeError, KeyError, ValueError)):
        Profile.from_json(document)


def test_json_of_other_types_becomes_what_a_profile_holds(taken: Taken) -> None:
    document = json.loads(json.dumps(taken(a=["1", "2"], b=["x", "y"]).to_json()))
    document["columns"][0] |= {"name": 5, "missing": 1.0, "low": 1, "unique": "yes"}
    document["has_header"] = "no"
    column = Profile.from_json(document).columns[0]
    assert (column.name, column.missing, column.low, column.unique) == ("5", 1, 1.0, False)
    assert Profile.from_json(document).has_header is False
