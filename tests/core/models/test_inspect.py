"""What the data page is told about a model before an audit."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.data.dataset import Dataset
from core.models import open_model
from core.models.inspect import inspect, run, suggested_output
from core.models.model import Input, Model, Outputs
from core.plan.plan import Plan

MakeDataset = Callable[[str | Path], Dataset]
MakePlan = Callable[..., Plan]
TABLE = "sex,a,b,y\n" + "".join(f"{'FM'[i % 2]},{i},{i * i % 7},{i % 2}\n" for i in range(40))


def test_the_job_writes_what_the_page_shows(
    shared: Path, tmp_path: Path, dataset_of: MakeDataset, plan_of: MakePlan
) -> None:
    folder = tmp_path / "job"
    (folder / "in").mkdir(parents=True)
    (folder / "out").mkdir()
    dataset = dataset_of(shared / "models" / "adult" / "adult_test.csv")
    (folder / "in" / "table.parquet").hardlink_to(dataset.path)
    (folder / "in" / "profile.json").write_text(json.dumps(dataset.profile.to_json()))
    model = shared / "models" / "adult" / "adult_lr_rawcolumns_zipmap.onnx"
    (folder / "in" / "model").write_bytes(model.read_bytes())
    plan = plan_of(label="income", favourable=">50K", model="adult.onnx")
    steps: list[tuple[int, int, str]] = []

    run(folder, {"plan": plan.to_toml()}, lambda *step: steps.append(step))

    found = json.loads((folder / "out" / "model.json").read_text())
    assert (found["format"], found["device"]) == ("onnx", "cpu")
    assert len(found["inputs"]) == 13
    assert {"name": "education_num", "kind": "number", "column": "education-num"} in found["inputs"]
    assert (found["missing"], found["extra"], found["classes"]) == ([], ["income"], ["0", "1"])
    assert (found["suggested_output"], found["suggested_favourable_class"]) == ("probability", 1)
    assert found["outputs"]["columns"] == 2
    assert found["outputs"]["sums_to_one"]
    assert 0 <= found["outputs"]["low"] <= found["outputs"]["high"] <= 1
    assert (found["problem"], found["warnings"]) == (None, [])
    assert steps[-1][:2] == (2, 2)


def test_missing_columns_are_a_problem_with_both_lists(dataset_of: MakeDataset, plan_of: MakePlan) -> None:
    model = Model(
        format="onnx",
        run=lambda features: Outputs(None, None),
        inputs=(Input("A", "number"), Input("height", "number")),
    )
    found = inspect(model, dataset_of(TABLE), plan_of())
    assert found["inputs"] == [
        {"name": "A", "kind": "number", "column": "a"},
        {"name": "height", "kind": "number", "column": None},
    ]
    assert (found["missing"], found["extra"]) == (["height"], ["sex", "b", "y"])
    assert "height" in found["problem"]
    assert found["outputs"] is None


def test_a_matrix_model_shows_the_columns_it_would_take(
    pt2_of: Callable[..., Path], affine: Any, dataset_of: MakeDataset, plan_of: MakePlan
) -> None:
    model = open_model(pt2_of(affine(2, 1, torch.nn.Identity()), torch.zeros(2, 2)), "model.pt2")
    found = inspect(model, dataset_of(TABLE), plan_of(label="y"))
    assert [i["column"] for i in found["inputs"]] == ["a", "b"]
    assert (found["width"], found["suggested_output"]) == (2, "logit")
    assert found["outputs"]["columns"] == 1
    assert found["problem"] is None


def test_a_model_that_looks_at_who_else_is_scored_is_warned_about(
    pt2_of: Callable[..., Path], dataset_of: MakeDataset, plan_of: MakePlan
) -> None:
    class Relative(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.sigmoid(x[:, 0] - x[:, 0].mean())

    model = open_model(pt2_of(Relative(), torch.zeros(2, 2)), "model.pt2")
    numbered, warning = inspect(model, dataset_of(TABLE), plan_of(label="y"))["warnings"]
    assert "who else is scored" in warning
    assert (numbered["kind"], numbered["facts"]["column"]) == ("identifier_fed", "a"), "a counts the rows"


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        (Outputs(None, np.array([0, 1])), "class"),
        (Outputs(np.array([0.0, 1.0]), None), "class"),
        (Outputs(np.array([0.0, 0.5]), None), "probability"),
        (Outputs(np.array([[0.5, 0.5]]), None), "probability"),
        (Outputs(np.array([-2.0, 0.5]), None), "logit"),
        (Outputs(np.array([[7.0, 0.5]]), None), "logit"),
        (Outputs(np.array([np.nan, -2.0]), None), "logit"),
    ],
)
def test_how_outputs_look(outputs: Outputs, expected: str) -> None:
    assert suggested_output(outputs) == expected


@pytest.mark.parametrize(
    ("classes", "favourable", "expected"),
    [
        ((0, 1), 0, 0),
        ((0, 1), 1, 1),
        (None, 0, 0),
        (("no", "yes"), "no", "no"),
        (("a", "b", "c"), ["a", "c"], ["a", "c"]),
        (("no", "yes"), "ja", None),
        (("no", "yes"), ["no", "yes"], None),
        ((1, 2), 1, 1),
        ((1.0, 2.0), 2, 2),
        ((False, True), "yes", "True"),
        (("0", "1"), "yes", "1"),
    ],
)
def test_the_good_class_is_suggested_from_the_label(
    dataset_of: MakeDataset, plan_of: MakePlan, classes: Any, favourable: Any, expected: Any
) -> None:
    count = len(classes or (0, 1))
    model = Model(
        format="onnx", run=lambda x: Outputs(np.full((len(x), count), 1 / count), None), width=2, classes=classes
    )
    found = inspect(model, dataset_of(TABLE), plan_of(label="y", favourable=favourable))
    assert found["suggested_favourable_class"] == expected
