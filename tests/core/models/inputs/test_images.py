"""Models that read images: what they take is read from their files, and a column of file names becomes it."""

import csv
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from onnx import TensorProto, helper
from PIL import Image

from core.data.dataset import Dataset
from core.data.images import Images
from core.errors import DataError, ModelError
from core.jobs.packed_images import packed
from core.models import open_model
from core.models.inputs.binding import bind
from core.models.model import Model
from core.models.scoring import Scorer
from core.plan.plan import Plan

MakeDataset = Callable[[str | Path], Dataset]
MakePlan = Callable[..., Plan]


def coloured(seed: int, height: int = 4, width: int = 4) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def zipped(path: Path, images: dict[str, np.ndarray | bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as target:
        for name, image in images.items():
            file = BytesIO()
            if not isinstance(image, bytes):
                Image.fromarray(image).save(file, "PNG")
            target.writestr(name, image if isinstance(image, bytes) else file.getvalue())
    return path


def with_images(dataset: Dataset, path: Path) -> Dataset:
    return Dataset(dataset.path, dataset.profile, dataset.missing, Images(path, "images.zip"))


class Flat(torch.nn.Module):
    """The mean of each colour of an image, whose colours come first."""

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return image.mean(dim=(2, 3))


class FlatLast(torch.nn.Module):
    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return image.mean(dim=(1, 2))


@pytest.fixture
def people(dataset_of: MakeDataset, tmp_path: Path) -> Dataset:
    path = zipped(tmp_path / "i.zip", {f"{i}.png": coloured(i) for i in range(3)})
    return with_images(dataset_of("sex,file\na,0.png\nb,1.png\na,2.png\n"), path)


def features_of(model: Model, people: Dataset, plan: Plan) -> np.ndarray:
    binding = bind(model, people.profile, plan)
    (batch,) = people.batches(binding.columns_used)
    features = binding.features(batch)
    assert isinstance(features, np.ndarray)
    return features


@pytest.mark.parametrize(("module", "shape"), [(Flat(), (2, 3, 4, 4)), (FlatLast(), (2, 4, 4, 3))])
def test_colours_are_scaled_and_stand_where_the_model_wants_them(
    pt2_of: Callable[..., Path], plan_of: MakePlan, people: Dataset, module: torch.nn.Module, shape: tuple[int, ...]
) -> None:
    model = open_model(pt2_of(module, torch.zeros(shape)), "model.pt2")
    mean, std = [0.1, 0.2, 0.3], [0.5, 0.25, 2]
    plan = plan_of(image="file", images="i.zip", image_mean=mean, image_std=std)
    features = features_of(model, people, plan)
    expected = np.stack([(coloured(i) / 255 - mean) / std for i in range(3)])
    if shape[1] == 3:
        expected = expected.transpose(0, 3, 1, 2)
    np.testing.assert_allclose(features, expected, rtol=0, atol=1e-6)
    assert features.dtype == np.float32
    np.testing.assert_allclose(
        model.run(features).scores, ((np.stack([coloured(i) for i in range(3)]) / 255 - mean) / std).mean((1, 2)),
        rtol=0, atol=1e-6,
    )  # fmt: skip


def test_images_of_another_size_are_fitted(
    pt2_of: Callable[..., Path], plan_of: MakePlan, dataset_of: MakeDataset, tmp_path: Path
) -> None:
    image = coloured(7, 31, 17)
    people = with_images(dataset_of("sex,file\na,x.png\n"), zipped(tmp_path / "i.zip", {"x.png": image}))
    model = open_model(pt2_of(Flat(), torch.zeros(2, 3, 4, 6)), "model.pt2")
    plan = plan_of(image="file", images="i.zip", image_mean=[0, 0, 0], image_std=[1, 1, 1])
    expected = np.asarray(Image.fromarray(image).resize((6, 4), Image.Resampling.BILINEAR)) / 255
    np.testing.assert_allclose(features_of(model, people, plan)[0].transpose(1, 2, 0), expected, atol=1e-6)


def test_many_rows_are_scored_piece_by_piece(
    pt2_of: Callable[..., Path], plan_of: MakePlan, people: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.models.inputs.images.MOST_NUMBERS", 48)  # one image at a time
    model = open_model(pt2_of(torch.nn.Sequential(Flat(), torch.nn.Sigmoid()), torch.zeros(2, 3, 4, 4)), "m.pt2")
    plan = plan_of(image="file", images="i.zip", favourable_class=1)
    binding = bind(model, people.profile, plan)
    scorer = Scorer(model, binding, plan.decision, "cpu")
    (batch,) = people.batches(binding.columns_used)
    expected = [1 / (1 + np.exp(-((coloured(i)[..., 1] / 255 - 0.5) / 0.5).mean())) for i in range(3)]
    np.testing.assert_allclose(scorer.score(batch), expected, atol=1e-6)
    assert scorer.batch_size == 1


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((2, 5, 6, 7), "which is no image"),
        ((2, 3, 5000, 4), "more than 2,048 pixels"),
    ],
)
def test_what_is_no_image_is_refused_in_words(pt2_of: Callable[..., Path], shape: tuple[int, ...], words: str) -> None:
    class Mean(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.mean(dim=(1, 2, 3))

    with pytest.raises(ModelError, match=words):
        open_model(pt2_of(Mean(), torch.zeros(shape)), "model.pt2")


def test_an_open_size_is_refused_in_words(onnx_of: Callable[..., Path]) -> None:
    path = onnx_of(
        [helper.make_node("ReduceMean", ["x"], ["p"], axes=[2, 3], keepdims=0)],
        [("x", TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [("p", TensorProto.FLOAT, ["n", 3])],
    )
    with pytest.raises(ModelError, match="leaves their size open"):
        open_model(path, "model.onnx")


def test_model_and_plan_must_both_speak_of_images(
    pt2_of: Callable[..., Path], plan_of: MakePlan, people: Dataset, affine: Any
) -> None:
    model = open_model(pt2_of(Flat(), torch.zeros(2, 3, 4, 4)), "model.pt2")
    with pytest.raises(ModelError, match=r"reads images of 4 x 4 pixels. Name the column"):
        bind(model, people.profile, plan_of())
    with pytest.raises(DataError, match='no column "photo"'):
        bind(model, people.profile, plan_of(image="photo", images="i.zip"))
    with pytest.raises(ModelError, match="this model reads columns of the table"):
        bind(
            open_model(pt2_of(affine(1), torch.zeros(2, 1)), "model.pt2"),
            people.profile,
            plan_of(image="file", images="i.zip"),
        )


@pytest.mark.parametrize("ending", ["pt2", "onnx"])
def test_the_face_model_gives_its_own_librarys_numbers(
    shared: Path, dataset_of: MakeDataset, plan_of: MakePlan, tmp_path: Path, ending: str
) -> None:
    expected = shared / "models" / "faces" / "face_gender_cnn_predictions.csv"
    archive = packed(shared / "data" / "faces", tmp_path)
    people = with_images(dataset_of(expected), archive)
    plan = plan_of(sensitive="race", output="logit", image="file", images="faces.zip")
    model = open_model(shared / "models" / "faces" / f"face_gender_cnn.{ending}", f"m.{ending}")
    binding = bind(model, people.profile, plan)
    scorer = Scorer(model, binding, plan.decision, "cpu")
    scores = np.concatenate([scorer.score(batch) for batch in people.batches(binding.columns_used)])
    with expected.open() as file:
        given = [float(row["prob_female"]) for row in csv.DictReader(file)]
    np.testing.assert_allclose(scores, given, rtol=0, atol=2e-6)  # given to six digits


def test_a_grey_model_of_one_image_at_a_time_works(
    shared: Path, dataset_of: MakeDataset, plan_of: MakePlan, tmp_path: Path
) -> None:
    """The digit reader of the ONNX zoo, as its own users feed it: grey from 0 to 255."""
    import onnxruntime

    path = shared / "models" / "found" / "mnist8_onnxzoo.onnx"
    people = with_images(
        dataset_of("sex,file\na,0.png\nb,1.png\n"),
        zipped(tmp_path / "i.zip", {f"{i}.png": coloured(i, 28, 28) for i in range(2)}),
    )
    plan = plan_of(
        output="logit", favourable_class=3, image="file", images="i.zip", image_mean=[0], image_std=[1 / 255]
    )
    model = open_model(path, "mnist.onnx")
    binding = bind(model, people.profile, plan)
    (batch,) = people.batches(binding.columns_used)
    scores = Scorer(model, binding, plan.decision, "cpu").score(batch)
    session = onnxruntime.InferenceSession(path)
    for i, score in enumerate(scores):
        grey = np.asarray(Image.fromarray(coloured(i, 28, 28)).convert("L"), np.float32)
        logits = session.run(None, {"Input3": grey[None, None]})[0][0].astype(np.float64)
        assert score == pytest.approx(np.exp(logits[3] - logits.max()) / np.exp(logits - logits.max()).sum(), abs=1e-5)
    with pytest.raises(ModelError, match=r"grey images, so one number is taken off each.* image_mean = \[0.1\]"):
        bind(model, people.profile, plan_of(image="file", images="i.zip", image_mean=[0.1, 0.2, 0.3]))
