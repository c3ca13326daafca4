"""Which people are explained, and how little is opened and held for it."""

import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from core.data import images
from core.data.dataset import Dataset
from core.data.images import Images
from core.data.images.decoding import decode
from core.data.profiling import take_profile
from core.explain.batching import MethodRunner
from core.explain.job import run
from core.explain.methods import EXPLAINERS
from core.explain.methods.explainable import Effort
from core.explain.sample import choose_background, choose_people
from core.plan.plan import Plan
from tests.core.explain.explained_rows import rows_of
from tests.worlds.image_worlds import Brightness, archive, table

PLAN = Plan.from_toml(
    'plumbline = 1\n[data]\nfile = "people.csv"\n[decision]\nmodel = "model.pt2"\nimage = "photo"\n'
    'images = "photos.zip"\n[groups]\nsensitive = ["sex"]\n'
)


def silent(done: int, total: int, what: str) -> None:
    pass


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each image that is opened."""
    seen: list[int] = []

    def counted(content: bytes, size: images.Size) -> np.ndarray:
        seen.append(len(content))
        return decode(content, size)

    monkeypatch.setattr(images, "decode", counted)
    return seen


def photographed(tmp_path: Path, broken: int) -> Dataset:
    """The people, some of whose images are broken."""
    (tmp_path / "people.csv").write_text(table())
    (tmp_path / "photos.zip").write_bytes(archive({f"{i}.png": b"no image" for i in range(broken)}))
    profile = take_profile(tmp_path / "people.csv", "people.csv", tmp_path, silent)
    return Dataset(tmp_path / "table.parquet", profile, ("",), Images(tmp_path / "photos.zip", "photos.zip"))


@pytest.mark.parametrize("broken", [0, 30, 238])
def test_one_person_has_the_background_of_everybody(
    tmp_path: Path, opened: list[int], monkeypatch: pytest.MonkeyPatch, broken: int
) -> None:
    monkeypatch.setattr("core.explain.sample.BACKGROUND", 20)
    alone = choose_background(PLAN, photographed(tmp_path, broken), silent)
    assert len(opened) < 100 or broken > 200
    everybody = choose_people(PLAN, photographed(tmp_path, broken), 2_000, silent)
    assert alone.background.tolist() == everybody.background.tolist()
    places = np.searchsorted(everybody.rows, alone.rows)
    assert (alone.hashes == everybody.hashes[places]).all()
    assert (alone.cells == everybody.cells[places]).all()


@pytest.mark.jobs
def test_each_image_is_opened_once_and_a_model_of_few_rows_is_given_few(tmp_path: Path, opened: list[int]) -> None:
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
    (tmp_path / "in" / "table").write_text(table())
    (tmp_path / "in" / "images").write_bytes(archive())
    most = torch.export.Dim("rows", min=1, max=64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns about its own parts while it exports
        program = torch.export.export(Brightness(), (torch.zeros(2, 3, 8, 8),), dynamic_shapes=({0: most},))
        torch.export.save(program, tmp_path / "model.pt2")
    shutil.copy(tmp_path / "model.pt2", tmp_path / "in" / "model")
    told: list[str] = []
    run(tmp_path, {"plan": PLAN.to_toml(), "rows": 120}, lambda done, total, what: told.append(f"{done} {what}"))
    assert len(opened) == 240
    assert {"0 opening the model", "120 images explained", "0 checks made", "5 checks made"} <= set(told)


def test_however_many_people_there_are_as_many_go_through_the_model_at_once() -> None:
    def most_at_once(count: int) -> int:
        seen: list[int] = []

        class Rows:
            features = ("a", "b", "c")

            def explainable(self, rows: np.ndarray, keys: np.ndarray) -> object:
                def forward(x: torch.Tensor) -> torch.Tensor:
                    seen.append(len(x))
                    return x.sum(dim=1)

                return rows_of(forward, torch.from_numpy(rows), torch.zeros(2, 3))

        pace = MethodRunner(EXPLAINERS["integrated_gradients"], Rows(), Effort(), 500)  # type: ignore[arg-type]
        assert len(pace.whole(np.ones((count, 3), dtype=np.float32), np.arange(count)).values) == count
        return max(seen)

    assert most_at_once(100) == most_at_once(2_000) == 500
