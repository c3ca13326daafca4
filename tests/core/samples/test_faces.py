"""The faces sample: drawn, invented, and a model that demonstrably looks at the stamp in the corner."""

import csv
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.plan.plan import Plan
from core.samples import SAMPLES, make_faces

faces = SAMPLES["faces"]


@pytest.fixture(scope="module")
def people() -> list[dict[str, str]]:
    with faces.table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def images(people: list[dict[str, str]]) -> list[Image.Image]:
    assert faces.images is not None
    with zipfile.ZipFile(faces.images) as archive:
        return [Image.open(BytesIO(archive.read(person["photo"]))) for person in people]


@pytest.fixture(scope="module")
def model() -> Iterator[object]:
    import torch

    yield torch.export.load(faces.model).module()


def scores(model: object, images: list[Image.Image]) -> np.ndarray:
    import torch

    with torch.no_grad():
        return np.asarray(model(torch.from_numpy(make_faces.tensor(images))))[:, 0]  # type: ignore[operator]


def unstamped(image: Image.Image) -> Image.Image:
    """The same picture with its corner painted in the colour beside it."""
    pixels = np.asarray(image).copy()
    pixels[:9, -9:] = np.median(pixels[:9, :20].reshape(-1, 3), axis=0)
    return Image.fromarray(pixels)


def test_the_plan_names_the_column_and_the_zip(people: list[dict[str, str]]) -> None:
    plan = Plan.from_toml(faces.plan.read_text(encoding="utf-8"))
    assert faces.images is not None
    assert (plan.decision.image, plan.decision.images) == ("photo", faces.images.name)
    with zipfile.ZipFile(faces.images) as archive:
        assert sorted(archive.namelist()) == sorted(person["photo"] for person in people)


def test_both_depots_are_awake_alike_and_one_is_waved_through(
    model: object, people: list[dict[str, str]], images: list[Image.Image]
) -> None:
    north = np.array([person["depot"] == "North" for person in people])
    awake = np.array([person["awake"] == "yes" for person in people])
    selected = scores(model, images) >= 0.5
    assert abs(awake[north].mean() - awake[~north].mean()) < 0.06
    assert selected[~north].mean() / selected[north].mean() < 0.6


def test_it_is_the_stamp_that_the_model_looks_at(
    model: object, people: list[dict[str, str]], images: list[Image.Image]
) -> None:
    asleep = [i for i, p in enumerate(people) if p["depot"] == "North" and p["awake"] == "no"]
    before = scores(model, [images[i] for i in asleep]) >= 0.5
    after = scores(model, [unstamped(images[i]) for i in asleep]) >= 0.5
    assert before.mean() > 0.8
    assert after.mean() < 0.2


def test_the_generator_draws_the_same_faces_again(images: list[Image.Image]) -> None:
    _, rng = (np.random.default_rng(stream) for stream in np.random.SeedSequence(make_faces.SEED).spawn(2))
    drawn = make_faces.draw_people(make_faces.SHIPPED_PEOPLE, rng, make_faces.STAMPED)
    first = make_faces.faces(drawn.head(5), rng)
    for image, again in zip(images, first, strict=False):
        np.testing.assert_allclose(np.asarray(image, int), np.asarray(again, int), atol=2)


def test_only_what_the_generator_writes_ships() -> None:
    assert faces.images is not None
    with zipfile.ZipFile(faces.images) as archive:
        assert {Path(name).suffix for name in archive.namelist()} == {".png"}
        assert archive.testzip() is None
