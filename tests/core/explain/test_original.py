"""One person's text or image itself, with what each word or place of it did: as fine as the method gives it."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import JobError
from core.explain.person import Person
from core.explain.person.coloured_original import IMAGE_FILE, MAP_FILES, TEXT_FILE
from core.explain.person.job import run
from core.explain.person.results import collect_person
from core.plan.plan import Plan
from core.samples import SAMPLES

pytestmark = pytest.mark.jobs


def silent(done: int, total: int, what: str) -> None:
    """Nobody waits."""


def asked(folder: Path, sample: str, row: int, **request: Any) -> Path:
    """The job about one person of a sample, without its sandbox; returns its out."""
    given = SAMPLES[sample]
    (folder / "in").mkdir()
    (folder / "out").mkdir()
    for name, source in (("table", given.table), ("model", given.model), ("images", given.images)):
        if source is not None:
            shutil.copy(source, folder / "in" / name)
    run(folder, {"plan": given.plan.read_text(encoding="utf-8"), "row": row, **request}, silent)
    return folder / "out"


def collected(out: Path, sample: str, row: int) -> Person:
    return collect_person(out, Plan.from_toml(SAMPLES[sample].plan.read_text(encoding="utf-8")), row, 1)


def test_an_image_has_a_map_of_its_pixels_whose_places_add_up_to_the_cells(tmp_path: Path) -> None:
    out = asked(tmp_path, "faces", 3)
    person = collected(out, "faces", 3)
    assert person.original is not None and person.original.image is not None
    assert person.original.image.shape == (32, 32, 3)
    (fine,) = person.original.maps
    assert fine.shape == (32, 32), "the method has a value for every pixel"
    cells = fine.reshape(8, 4, 8, 4).sum(axis=(1, 3)).reshape(-1)
    assert cells == pytest.approx(person.sides[0].values, abs=1e-5)
    assert "original" not in (out / "person.json").read_text(encoding="utf-8")

    np.save(out / MAP_FILES[0], np.full((32, 32), np.inf))
    with pytest.raises(JobError, match="map of a person"):
        collected(out, "faces", 3)
    np.save(out / IMAGE_FILE, np.zeros((32, 32), dtype=np.uint8))
    with pytest.raises(JobError, match="image is none"):
        collected(out, "faces", 3)
    (out / IMAGE_FILE).unlink()
    assert collected(out, "faces", 3).original is None, "as what an older version kept"


def test_a_method_that_covers_whole_cells_has_nothing_finer(tmp_path: Path) -> None:
    (coarse,) = collected(asked(tmp_path, "faces", 3, method="feature_ablation"), "faces", 3).original.maps  # type: ignore[union-attr]
    assert coarse.shape == (8, 8)


def test_the_parts_of_a_text_are_the_text_and_name_their_features(tmp_path: Path) -> None:
    out = asked(tmp_path, "comments", 0)
    person = collected(out, "comments", 0)
    text = SAMPLES["comments"].table.read_text(encoding="utf-8").splitlines()[1]
    assert person.original is not None and person.original.image is None
    assert "".join(part.text for part in person.original.text) in text.replace('""', '"')
    for part in person.original.text:
        feature = person.features[part.feature]  # type: ignore[index]
        assert feature == "(other words)" or part.text.casefold().startswith(feature)

    (out / TEXT_FILE).write_text(f'[["word ", {len(person.features)}]]', encoding="utf-8")
    with pytest.raises(JobError, match="belongs to no feature"):
        collected(out, "comments", 0)
