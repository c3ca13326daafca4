"""Honest parts: rows that repeat are spread over them, order does not matter, every group and outcome is cut alike."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.data import dataset as data
from core.data.dataset import Dataset
from core.data.row_hash import numbered
from core.data.splits import cut_by_hash
from core.errors import DataError
from core.mitigate.splits import CHOOSE, FIT, PARTS, REPORT, Divided, divide, equal_by_chance
from tests.worlds.people import csv_text, dataset_of, plan_of, quiet

PLAN = plan_of(("g",), label=True, decision='score = "s"\nthreshold = 0.5')
DRAW = np.random.default_rng(7)
ROWS = [
    ("abc"[DRAW.choice(3, p=[0.6, 0.3, 0.1])], str(DRAW.choice(["0", "1", ""])), f"{DRAW.random():.4f}", f"id{i}")
    for i in range(1200)
]
HEADER = ("g", "y", "s", "id")


@pytest.fixture
def table(tmp_path: Path) -> Callable[[list[tuple[str, ...]]], Dataset]:
    return lambda rows: dataset_of(csv_text(HEADER, rows), tmp_path)


def parts_of(divided: Divided, rows: list[tuple[str, ...]]) -> dict[tuple[str, ...], list[int]]:
    """Every row's content with the parts that its copies stand in."""
    found: dict[tuple[str, ...], list[int]] = {}
    for row, part in zip(rows, divided.tables[0].part.tolist(), strict=True):
        found.setdefault(row, []).append(part)
    return {row: sorted(parts) for row, parts in found.items()}


def test_parts_are_disjoint_and_near_their_shares_in_every_group_and_outcome(table: Callable[..., Dataset]) -> None:
    divided = divide(PLAN, table(ROWS), 0.5, None, quiet)
    people = divided.tables[0]
    assert sum(divided.sizes().values()) == len(ROWS)
    for cell in range(3):
        for label in range(3):
            of = people.part[(people.cell == cell) & (people.label == label)]
            shares = [np.mean(of == part) for part in (FIT, CHOOSE, REPORT)]
            assert shares == pytest.approx([1 / 3, 1 / 6, 1 / 2], abs=1.01 / len(of))


def test_equal_rows_are_spread_and_order_does_not_matter(table: Callable[..., Dataset]) -> None:
    rows = [*ROWS, *ROWS[:400], *ROWS[:200]]
    first = parts_of(divide(PLAN, table(rows), 0.5, None, quiet), rows)
    assert np.mean([len(set(first[row])) > 1 for row in ROWS[:400]]) > 0.5
    mixed = [rows[i] for i in np.random.default_rng(1).permutation(len(rows))]
    assert parts_of(divide(PLAN, table(mixed), 0.5, None, quiet), mixed) == first


def test_rows_that_stand_once_are_where_they_were_before_equal_rows_were_told_apart() -> None:
    hashes = np.array([9, 4, 9, 7, 9], np.uint64)
    told_apart = numbered(hashes)
    assert told_apart[[0, 1, 3]].tolist() == [9, 4, 7] and len(set(told_apart.tolist())) == 5
    assert sorted(numbered(hashes[::-1]).tolist()) == sorted(told_apart.tolist())


def test_parts_of_tables_with_few_different_rows_show_what_the_whole_shows() -> None:
    """200 tables of 4 to 100 different rows: each part's rates, by group and label, within sampling error."""
    draw = np.random.default_rng(20)
    distances = []
    for seed in range(200):
        kinds = int(draw.integers(4, 101))
        group, label, chosen = (draw.integers(0, k, kinds) for k in (2, 3, 2))
        content = draw.integers(0, 2**63, kinds).astype(np.uint64)
        row = draw.choice(kinds, int(draw.integers(300, 3000)), p=draw.dirichlet(np.ones(kinds)))
        parts = cut_by_hash(numbered(content[row]), group[row] * 3 + label[row], (0.5, 2 / 3))
        for g in range(2):
            among = group[row] == g
            whole, n = chosen[row][among].mean() if among.any() else 0.0, int(among.sum())
            for part, share in ((REPORT, 0.5), (CHOOSE, 1 / 6), (FIT, 1 / 3)):
                of = chosen[row][among & (parts == part)]
                assert len(of) == pytest.approx(share * n, abs=4), seed  # three outcomes, each rounded twice
                if 0 < whole < 1 and len(of) > 20:
                    error = np.sqrt(whole * (1 - whole) * (1 - len(of) / n) / len(of))
                    distances.append((of.mean() - whole) / error)
    assert np.abs(distances).max() < 4.5 and 0.5 < np.std(distances) < 1.1  # strata make it smaller than chance's


def test_rows_that_differ_in_a_column_without_a_role_are_different_people(table: Callable[..., Dataset]) -> None:
    rows = [("a", "1", "0.5", f"id{i}") for i in range(300)]
    assert set(divide(PLAN, table(rows), 0.5, None, quiet).tables[0].part.tolist()) == {FIT, CHOOSE, REPORT}


def test_the_size_of_a_batch_does_not_matter(table: Callable[..., Dataset], monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = table(ROWS)
    whole = divide(PLAN, dataset, 0.5, None, quiet).tables[0]
    monkeypatch.setattr(data, "BATCH_ROWS", 97)
    small = divide(PLAN, dataset, 0.5, None, quiet).tables[0]
    assert (small.part == whole.part).all() and (small.hashes == whole.hashes).all()


def test_another_seed_makes_other_parts(table: Callable[..., Dataset]) -> None:
    dataset, other = table(ROWS), replace(PLAN, run=replace(PLAN.run, seed=1))
    first, second = (divide(plan, dataset, 0.5, None, quiet).tables[0].part for plan in (PLAN, other))
    assert np.mean(first == second) == pytest.approx(14 / 36, abs=0.05)  # as often as chance has it


def test_a_kept_row_is_counted_and_a_dropped_one_is_not(table: Callable[..., Dataset]) -> None:
    keep = 'keep = [{column = "g", not_in = ["c"]}]'
    plan = plan_of(("g",), label=True, decision='score = "s"\nthreshold = 0.5', data=keep)
    divided = divide(plan, table(ROWS), 0.5, None, quiet)
    dropped = sum(row[0] == "c" for row in ROWS)
    assert divided.tables[0].dropped == (dropped,)
    assert sum(divided.sizes().values()) == len(ROWS) - dropped
    batches = [(batch, where) for batch, where in divided.tables[0].batches(("g",))]
    assert all("c" not in batch.text("g") for batch, _ in batches)
    assert batches[-1][1].stop == len(ROWS) - dropped


def test_a_second_table_is_the_report_part(table: Callable[..., Dataset]) -> None:
    divided = divide(PLAN, table(ROWS[:700]), 0.5, table(ROWS[700:]), quiet)
    sizes = divided.sizes()
    assert sizes["report"] == 500 and sizes["fit"] + sizes["choose"] == 700 and not divided.warnings
    assert sizes["fit"] == pytest.approx(700 * 2 / 3, abs=9)  # each of nine groups and outcomes is rounded
    assert [table.sizes()["report"] for table in divided.tables] == [0, 500]


def test_people_of_the_second_table_who_stand_in_the_first_are_a_warning(table: Callable[..., Dataset]) -> None:
    (said,) = divide(PLAN, table(ROWS[:700]), 0.5, table(ROWS[600:]), quiet).warnings
    assert said.startswith("100 of the 600 rows of t.csv also stand in t.csv, where chance alone would give none. So")


def test_rows_that_are_equal_by_chance_are_not_the_same_people(table: Callable[..., Dataset]) -> None:
    few = [(row[0], row[1], row[2][:3], "") for row in ROWS]
    (said,) = divide(PLAN, table(few[:600]), 0.5, table(few[600:]), quiet).warnings
    first, second = Counter(few[:600]), few[600:]
    twice = sum(row in first for row in second)
    assert said.startswith(f"{twice} of the 600 rows of t.csv also stand in t.csv. Chance alone would give about 5")
    assert said.endswith("they need not be the same people.")


def test_how_many_equal_rows_chance_gives_is_what_other_draws_from_the_same_people_give() -> None:
    draw = np.random.default_rng(5)
    share = draw.dirichlet(np.full(3000, 0.3))
    first = draw.choice(3000, 2000, p=share).astype(np.uint64)
    _, chance, spread = equal_by_chance(first, first[:500])
    others = [np.isin(draw.choice(3000, 500, p=share), first).sum() for _ in range(200)]
    assert abs(chance - np.mean(others)) < 3 * spread and spread < 30


def test_too_few_people_are_refused_with_what_to_do(table: Callable[..., Dataset]) -> None:
    with pytest.raises(DataError, match="leaves 1[0-9] to choose on.*Use a file with more rows"):
        divide(PLAN, table(ROWS[:80]), 0.5, None, quiet)


def test_cuts_are_the_slow_ones() -> None:
    draw = np.random.default_rng(3)
    hashes = draw.integers(0, 40, 300).astype(np.uint64)
    strata = draw.integers(0, 4, 300)
    parts = cut_by_hash(hashes, strata, (0.5, 0.75))
    for stratum in range(4):
        ordered = sorted(hashes[strata == stratum].tolist())
        first, second = (ordered[int(share * len(ordered) + 0.5)] for share in (0.5, 0.75))
        for hashed, part in zip(hashes[strata == stratum], parts[strata == stratum], strict=True):
            assert PARTS[part] == ("report" if hashed < first else "choose" if hashed < second else "fit")


def test_a_single_person_of_a_kind_is_fitted_on() -> None:
    assert cut_by_hash(np.array([5], np.uint64), np.array([0]), (0.9, 0.95)).tolist() == [FIT]
