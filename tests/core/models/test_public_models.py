"""Every public model of ../shared gives the numbers that its own library gave."""

import csv
import functools
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.data.dataset import Dataset
from core.data.profiling import take_profile
from core.errors import ModelError
from core.models import FORMATS, open_model
from core.models.inputs.binding import bind
from core.models.scoring import Scorer
from core.plan.plan import Plan

MODELS = {
    "lr_rawcolumns.onnx": "lr",
    "lr_rawcolumns_zipmap.onnx": "lr",
    "gbt_rawcolumns.onnx": "gbt_onnx",
    "lr.skops": "lr",
    "mlp.pt2": "mlp",
    "mlp.onnx": "mlp",
    "lightgbm_matrix.onnx": "lgbm",
}
LABELS = {"adult": ("income", ">50K"), "compas": ("two_year_recid", 0)}


def expected(folder: Path, name: str, column: str) -> np.ndarray:
    text = (folder / f"{name}_expected_probabilities_first200.csv").read_text()
    return np.array([float(row[column]) for row in csv.DictReader(text.splitlines())])


@pytest.fixture(scope="module")
def public(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, bool], Dataset]:
    """The public table of this name, its raw columns or its matrix of numbers, profiled once."""

    @functools.cache
    def profiled(name: str, is_matrix: bool) -> Dataset:
        folder, out = shared / "models" / name, tmp_path_factory.mktemp(name)
        table = folder / f"{name}_test.csv"
        if is_matrix:
            table = out / "matrix.csv"
            table.write_bytes(gzip.decompress((folder / f"{name}_test_matrix.csv.gz").read_bytes()))
        return Dataset(out / "table.parquet", take_profile(table, "table.csv", out, lambda *_: None), ("", "NA"))

    return profiled


@pytest.mark.parametrize("name", ["adult", "compas"])
@pytest.mark.parametrize("model_file", MODELS)
def test_scores_equal_the_librarys_own(
    shared: Path,
    public: Callable[[str, bool], Dataset],
    plan_of: Callable[..., Plan],
    name: str,
    model_file: str,
) -> None:
    folder = shared / "models" / name
    label, favourable = LABELS[name]
    if model_file in ("mlp.pt2", "mlp.onnx", "lightgbm_matrix.onnx"):
        dataset = public(name, True)
        features = [column for column in dataset.profile.names if not column.startswith("__")]
        plan = plan_of(label="__label", favourable=favourable, sensitive="__group_sex", features=features)
    else:
        dataset = public(name, False)
        plan = plan_of(label=label, favourable=favourable)
    model = open_model(folder / f"{name}_{model_file}", model_file)
    binding = bind(model, dataset.profile, plan)
    scorer = Scorer(model, binding, plan.decision, "cpu")

    first = next(dataset.batches(binding.columns_used, 200))
    scores = scorer.score(first)

    assert np.abs(scores - expected(folder, name, MODELS[model_file])).max() < 1e-6
    assert scores.dtype == scorer.dtype
    assert binding.warnings == ()


@pytest.mark.parametrize("cuts", [(1,), (3, 50, 51), (100,)])
@pytest.mark.parametrize("model_file", ["lr_rawcolumns_zipmap.onnx", "lr.skops", "gbt_rawcolumns.onnx"])
def test_any_split_of_the_rows_gives_the_same_scores(
    shared: Path,
    public: Callable[[str, bool], Dataset],
    plan_of: Callable[..., Plan],
    model_file: str,
    cuts: tuple[int, ...],
) -> None:
    folder = shared / "models" / "compas"
    dataset = public("compas", False)
    plan = plan_of(label="two_year_recid", favourable=0)
    model = open_model(folder / f"compas_{model_file}", model_file)
    binding = bind(model, dataset.profile, plan)
    batch = next(dataset.batches(binding.columns_used, 120))
    whole = Scorer(model, binding, plan.decision, "cpu").score(batch)
    rows = np.arange(len(batch))

    edges = [0, *cuts, len(batch)]
    parts = [batch.take((rows >= low) & (rows < high)) for low, high in zip(edges, edges[1:], strict=False)]
    scorer = Scorer(model, binding, plan.decision, "cpu")

    np.testing.assert_allclose(np.concatenate([scorer.score(part) for part in parts]), whole, rtol=0, atol=1e-6)


REFUSED = {
    "adult/adult_mlp_wholemodule_pickle.pt": ("whole PyTorch module", "torch.export", ".pt2"),
    "adult/adult_mlp_statedict.pt": ("state dict", "torch.export", ".pt2"),
    "adult/adult_mlp_torchscript.pt": ("TorchScript", "torch.export", ".pt2"),
    "adult/adult_lr_pickle.pkl": ("pickle", "skops", "ONNX"),
    "compas/compas_lr_pickle.pkl": ("pickle", "skops", "ONNX"),
    "adult/adult_lightgbm.txt": ("LightGBM", "ONNX"),
    "adult/adult_xgboost.json": ("XGBoost", "ONNX"),
    "faces/face_gender_cnn_wholemodule_pickle.pt": ("whole PyTorch module", ".pt2"),
    "found/logreg_iris.onnx": ("exactly 3 rows", "static batch size"),
    "adult/adult_test.csv": ("not a model file", "ONNX"),
}


@pytest.mark.parametrize("path", REFUSED)
def test_refusals_name_the_way_out(shared: Path, path: str) -> None:
    with pytest.raises(ModelError) as raised:
        open_model(shared / "models" / path, "upload.bin")
    message = str(raised.value)
    assert "upload.bin" in message
    assert "\n" not in message
    for word in REFUSED[path]:
        assert word in message


def test_found_tree_model_opens(shared: Path) -> None:
    model = open_model(shared / "models" / "found" / "treecl.onnx", "treecl.onnx")
    assert (model.classes, model.width, model.inputs) == ((0, 1, 2), None, None)
    outputs = model.run(np.zeros((4, 20), np.float32))
    assert outputs.scores is not None
    assert outputs.scores.shape == (4, 3)


def test_text_model_reads_the_column_that_features_names(
    shared: Path, dataset_of: Callable[..., Dataset], plan_of: Callable[..., Plan]
) -> None:
    folder = shared / "models" / "davidson"
    dataset = dataset_of(folder / "davidson_expected_first500.csv")
    plan = plan_of(features=["tweet"], sensitive="class")
    model = open_model(folder / "davidson_tfidf_lr.skops", "davidson_tfidf_lr.skops")
    binding = bind(model, dataset.profile, plan)
    batch = next(dataset.batches((*binding.columns_used, "prob_sklearn")))

    scores = Scorer(model, binding, plan.decision, "cpu").score(batch)

    np.testing.assert_allclose(scores, batch.numbers("prob_sklearn"), atol=1e-6)


@pytest.mark.parametrize("share", [0.3, 0.9, 0.99])
@pytest.mark.parametrize("name", ["adult_lr_rawcolumns.onnx", "adult_lr.skops", "adult_mlp.pt2"])
def test_a_file_cut_short_is_refused(shared: Path, tmp_path: Path, name: str, share: float) -> None:
    whole = (shared / "models" / "adult" / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ModelError, match="cut short"):
        open_model(path, name)


@pytest.mark.parametrize("name", ["adult_lr_rawcolumns.onnx", "adult_lr.skops", "adult_mlp.pt2"])
def test_a_damaged_file_ends_in_a_message_or_a_model(shared: Path, tmp_path: Path, name: str) -> None:
    whole = bytearray((shared / "models" / "adult" / name).read_bytes())
    rng = np.random.default_rng(0)
    for place in rng.integers(64, len(whole), size=40):
        whole[place] ^= 0xFF
    path = tmp_path / name
    path.write_bytes(whole)
    with pytest.raises(ModelError) as raised:
        open_model(path, name)
    assert "\n" not in str(raised.value)


def test_every_format_is_named_in_the_advice_for_an_unknown_file(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(b"no model at all")
    with pytest.raises(ModelError) as raised:
        open_model(path, "model.bin")
    for known in FORMATS:
        assert known in str(raised.value).lower().replace(" ", "")


def test_expected_files_are_what_these_tests_think(shared: Path) -> None:
    facts = json.loads((shared / "models" / "compas" / "compas_expected.json").read_text())
    assert {f"compas_{name}" for name in MODELS} <= set(facts["models"])
