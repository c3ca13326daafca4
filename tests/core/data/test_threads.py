"""The threads of a process share the work on a table, and make no difference to what is found in it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from core.data.dataset import Dataset
from core.data.profile import TABLE
from core.data.profiling import take_profile
from core.data.read_ahead import read_ahead, side_by_side
from core.engine.sources import score_edges
from tests.worlds.people import quiet


@pytest.fixture
def with_threads() -> Iterator[Callable[[int], None]]:
    before = pa.cpu_count()
    yield pa.set_cpu_count
    pa.set_cpu_count(before)


def test_any_number_of_threads_finds_the_same(tmp_path: Path, with_threads: Callable[[int], None]) -> None:
    draw, rows = np.random.default_rng(7), 270_000
    days = pd.date_range("2024-01-01", periods=600).strftime("%d/%m/%Y").to_numpy()
    frame = pd.DataFrame(
        {
            "score": draw.random(rows),
            "group": draw.choice(["a", "A", " b"], rows),
            "on": draw.choice(days, rows),
            "price": draw.choice(["1,234.50", "99.00", "x"], rows),
            "id": np.arange(rows),
        }
    )
    frame.to_csv(tmp_path / "t.csv", index=False)
    found = []
    for threads in (1, 3):
        with_threads(threads)
        out = tmp_path / str(threads)
        out.mkdir()
        profile = take_profile(tmp_path / "t.csv", "t.csv", out, quiet)
        edges = score_edges(Dataset(out / TABLE, profile, ("",)), "score")
        found.append((profile, edges, (out / TABLE).read_bytes()))
    assert found[0] == found[1]
    assert len(found[0][1]) == 1001 and found[0][0].rows == rows


class Broken(Exception):
    """A piece that cannot be taken."""


def pieces() -> Iterator[int]:
    yield from range(3)
    raise Broken


def test_pieces_come_in_order_and_an_error_in_its_turn(with_threads: Callable[[int], None]) -> None:
    taken: list[int] = []
    with ThreadPoolExecutor(2) as pool, pytest.raises(Broken):
        taken.extend(read_ahead(pieces(), pool))
    assert taken == [0, 1, 2]
    for threads in (1, 3):
        with_threads(threads)
        assert list(side_by_side(lambda piece: piece * piece, range(50))) == [piece * piece for piece in range(50)]
        worked: list[float] = []
        with pytest.raises(ZeroDivisionError):
            worked.extend(side_by_side(lambda piece: 1 / (3 - piece), range(50)))
        assert worked == [1 / 3, 1 / 2, 1.0]
