"""What a model looks at in images: the cells of a grid, by captum's own methods, and a planted stamp comes first."""

import shutil
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import IntegratedGradients, LayerGradCam

from core.data.dataset import Dataset
from core.data.images import Images
from core.data.profiling import take_profile
from core.errors import JobError, ModelError
from core.explain.explained_model import OpenedModel
from core.explain.features.grid import cell_names, cell_of_pixels, grid_shape
from core.explain.features.image_cells import image_units
from core.explain.groups.exemplars import PIXELS_FILE
from core.explain.groups.heatmap import heatmap
from core.explain.groups.importance_changes import moved
from core.explain.job import run
from core.explain.methods import EXPLAINERS, recommend
from core.explain.methods.explainable import Effort
from core.explain.results import read
from core.mitigate.training.fine_tuning_pt2 import TunableProgram
from core.mitigate.training.rows import TrainingRows
from core.mitigate.training.steps import Aim
from core.plan.plan import Plan
from core.record import Digests
from core.samples import SAMPLES

pytestmark = pytest.mark.jobs

faces = SAMPLES["faces"]
STAMP = "upper right of the image (row 1 of 8, column 8 of 8)"


def silent(done: int, total: int, what: str) -> None:
    pass


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> tuple[OpenedModel, np.ndarray]:
    """The sample's model, and the images of its first 40 people as the model takes them."""
    out = tmp_path_factory.mktemp("profiled")
    plan = Plan.from_toml(faces.plan.read_text(encoding="utf-8"))
    profile = take_profile(faces.table, "faces.csv", out, silent)
    dataset = Dataset(out / "table.parquet", profile, ("",), Images(Path(str(faces.images)), "faces.zip"))
    model = OpenedModel.of(faces.model, plan, profile)
    batch = next(dataset.batches(model.columns, 40))
    features = model.binding.features(batch)
    assert isinstance(features, np.ndarray)
    return model, features


def explained(opened: tuple[OpenedModel, np.ndarray], name: str, rows: int = 6) -> np.ndarray:
    model, features = opened
    units = image_units(model, features[20:], EXPLAINERS[name])
    what = units.explainable(features[:rows], np.arange(rows))
    return np.asarray(EXPLAINERS[name].function()(what, Effort(at_once=256, samples=2)).values)


def summed(attributions: torch.Tensor) -> np.ndarray:
    """Attributions of every number of (n, 3, 32, 32), added up in 8 by 8 cells of 4 by 4 pixels."""
    return np.asarray(attributions.detach().numpy().reshape(-1, 3, 8, 4, 8, 4).sum(axis=(1, 3, 5)).reshape(-1, 64))


def original() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns about its own parts
        return torch.export.unflatten(torch.export.load(faces.model))


def test_the_grid_covers_the_image_in_equal_cells() -> None:
    cells = cell_of_pixels(32, 32)
    assert np.bincount(cells.reshape(-1)).tolist() == [16] * 64
    assert cells[0, 0] == 0
    assert cells[0, 31] == 7
    assert cells[31, 0] == 56
    assert sorted(set(cell_of_pixels(5, 30).reshape(-1).tolist())) == list(range(40))
    assert grid_shape(cell_names(5, 8)) == (5, 8)
    assert grid_shape(("age", "income")) is None
    assert cell_names(8, 8)[7] == STAMP


def test_integrated_gradients_are_captums_and_add_up(opened: tuple[OpenedModel, np.ndarray]) -> None:
    _, features = opened
    values = explained(opened, "integrated_gradients")
    rows, typical = torch.from_numpy(features[:6]), torch.from_numpy(features[20:]).mean(dim=0, keepdim=True)
    module = original()
    whole = IntegratedGradients(lambda x: module(x)[:, 0]).attribute(rows, baselines=typical, n_steps=50)
    np.testing.assert_allclose(values, summed(whole), atol=1e-5)
    with torch.no_grad():
        difference = (module(rows) - module(typical))[:, 0].numpy()
    np.testing.assert_allclose(values.sum(axis=1), difference, atol=0.02)


def test_grad_cam_is_captums_on_the_last_convolution(opened: tuple[OpenedModel, np.ndarray]) -> None:
    _, features = opened
    values = explained(opened, "grad_cam")
    module, rows = original(), torch.from_numpy(features[:6])
    found = LayerGradCam(lambda x: module(x)[:, 0], module.get_submodule("6")).attribute(rows)
    fitted = torch.nn.functional.interpolate(found.double(), (32, 32), mode="bilinear")
    mean = fitted.detach().numpy().reshape(-1, 8, 4, 8, 4).mean(axis=(2, 4)).reshape(-1, 64)
    np.testing.assert_allclose(values, mean, atol=1e-6)


def test_covering_a_patch_moves_the_score_as_counted_by_hand(opened: tuple[OpenedModel, np.ndarray]) -> None:
    """Occlusion with whole steps, checked against the definition on the first cell's window."""
    model, features = opened
    values = explained(opened, "occlusion", rows=2)
    typical = features[20:].mean(axis=0)
    rows, module = features[:2], original()
    falls = np.zeros((2, 32, 32))
    seen = np.zeros((32, 32))
    for top in range(0, 29, 2):
        for left in range(0, 29, 2):
            covered = rows.copy()
            covered[:, :, top : top + 4, left : left + 4] = typical[:, top : top + 4, left : left + 4]
            with torch.no_grad():
                fall = (module(torch.from_numpy(rows)) - module(torch.from_numpy(covered)))[:, 0].numpy()
            falls[:, top : top + 4, left : left + 4] += fall[:, None, None]
            seen[top : top + 4, left : left + 4] += 1
    expected = (falls / seen).reshape(2, 8, 4, 8, 4).mean(axis=(2, 4)).reshape(2, 64)
    np.testing.assert_allclose(values, expected, atol=1e-5)
    assert model.kind == "image"


def test_a_cell_that_is_covered_shows_anothers_pixels(opened: tuple[OpenedModel, np.ndarray]) -> None:
    """Leaving out one by one, against its definition: the score less that with the background's cell in place."""
    model, features = opened
    units = image_units(model, features[20:], EXPLAINERS["feature_ablation"])
    what = units.explainable(features[:2], np.arange(2))
    values = EXPLAINERS["feature_ablation"].function()(what, Effort(at_once=256, samples=1)).values
    cells = cell_of_pixels(32, 32)
    for row in range(2):
        swapped = features[row].copy()
        swapped[:, cells == 7] = features[20 + row][:, cells == 7]
        pair = np.stack([features[row], swapped])
        scores = model.scores(pair)
        assert values[row, 7] == pytest.approx(scores[0] - scores[1], abs=1e-6)


def test_grad_cam_needs_a_convolution(opened: tuple[OpenedModel, np.ndarray]) -> None:
    model, features = opened
    units = image_units(model, features[20:], EXPLAINERS["grad_cam"])
    what = replace(units.explainable(features[:2], np.arange(2)), module=torch.nn.Linear(2, 2))
    with pytest.raises(ModelError, match="needs a model with convolutions"):
        EXPLAINERS["grad_cam"].function()(what, Effort())


def test_a_method_is_recommended() -> None:
    assert recommend("image", True, 64).name == "integrated_gradients"
    assert recommend("image", False, 64).name == "feature_ablation"


@pytest.fixture
def job(tmp_path: Path) -> Callable[..., Path]:
    """The explain job on the sample, without its sandbox; returns its out."""

    def explain(**request: Any) -> Path:
        for name, source in (("table", faces.table), ("model", faces.model), ("images", faces.images)):
            (tmp_path / "in").mkdir(exist_ok=True)
            shutil.copy(str(source), tmp_path / "in" / name)
        (tmp_path / "out").mkdir(exist_ok=True)
        run(tmp_path, {"plan": faces.plan.read_text(encoding="utf-8"), **request}, silent)
        return tmp_path / "out"

    return explain


def test_the_planted_stamp_is_the_first_thing_seen(job: Callable[..., Path]) -> None:
    """In the Northern depot's approvals the corner with the stamp weighs most, and far more than in the South's."""
    out = job(method="integrated_gradients", rows=60)
    found = read(out, Plan.from_toml(faces.plan.read_text(encoding="utf-8")), None, 600, Digests(""))
    picture = heatmap(found.before, ("depot",), None, 0.95)
    north = next(g for g, group in enumerate(picture.groups) if group["depot"] == "North")
    south = 1 - north
    first = int(np.argmax(picture.mean[north]))
    assert picture.features[first] == STAMP
    assert picture.mean[north, first] > 0.1 > picture.mean[south, first]
    people = [one.group["depot"] for one in found.telling]
    assert sorted(people) == ["North"] * 3 + ["South"] * 3
    best = next(one for one in found.telling if one.group["depot"] == "North")
    assert found.features[int(np.argmax(np.abs(best.values)))] == STAMP
    forged = np.load(out / PIXELS_FILE)[:-1]
    np.save(out / PIXELS_FILE, forged)
    with pytest.raises(JobError, match="its images are none"):
        read(out, found.plan, None, 600, Digests(""))


def test_the_planted_stamp_leaves_after_training_with_a_price_on_the_gap(
    everybody: TrainingRows, job: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TunableProgram, "epochs", 5)
    plan = Plan.from_toml(faces.plan.read_text(encoding="utf-8"))
    tunable = TunableProgram(faces.model, "faces.pt2", plan.decision, 0.5, "cpu")
    fit, choose = part(everybody, slice(0, 400)), part(everybody, slice(400, 600))
    tuned = tunable.tune(fit, choose, Aim("demographic_parity", 4.0), 0, lambda done, total: None)
    (tmp_path / "in").mkdir()
    tunable.save(tuned, tmp_path / "after.pt2")
    shutil.copy(tmp_path / "after.pt2", tmp_path / "in" / "model_after")
    out = job(method="integrated_gradients", rows=50, plan_after=plan.to_toml())
    found = read(out, plan, plan, 600, Digests(""))
    assert found.paired is not None
    first = moved(found.paired, ("depot",), None, 0.95)[0]
    assert (first.feature, first.group, first.verdict) == (STAMP, {"depot": "North"}, "less")
    assert first.high is not None
    assert first.high < 0.5  # it relies on the stamp less than half as much


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory, opened: tuple[OpenedModel, np.ndarray]) -> TrainingRows:
    """The sample's people as a training takes them, their depots made equal."""
    out, (model, _) = tmp_path_factory.mktemp("everybody"), opened
    profile = take_profile(faces.table, "faces.csv", out, silent)
    dataset = Dataset(out / "table.parquet", profile, ("",), Images(Path(str(faces.images)), "faces.zip"))
    batch = next(dataset.batches(profile.names, 600))
    labels, depots = (batch.text(name) for name in ("awake", "depot"))
    groups = (depots == "North").astype(np.int64)
    return TrainingRows(model.binding.features(batch), (labels == "yes").astype(np.int64), groups, np.ones(600))


def part(rows: TrainingRows, which: slice) -> TrainingRows:
    assert isinstance(rows.features, np.ndarray)
    return TrainingRows(rows.features[which], rows.labels[which], rows.groups[which], rows.weights[which])
