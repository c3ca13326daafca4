"""What tests of model files share: small tables, plans, and models made on the spot."""

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper

from core.data.dataset import Batch, Dataset
from core.data.profiling import take_profile
from core.plan.plan import Plan

MakeDataset = Callable[[str], Dataset]


@pytest.fixture
def dataset_of(tmp_path: Path) -> Callable[[str | Path], Dataset]:
    """A profiled table from CSV text or a CSV file."""

    def make(source: str | Path) -> Dataset:
        path = source
        if isinstance(source, str):
            path = tmp_path / "table.csv"
            path.write_text(source, encoding="utf-8")
        out = tmp_path / f"profiled-{len(list(tmp_path.iterdir()))}"
        out.mkdir()
        profile = take_profile(Path(path), "table.csv", out, lambda done, total, what: None)
        return Dataset(out / "table.parquet", profile, ("", "NA"))

    return make


@pytest.fixture
def batch_of(dataset_of: Callable[[str], Dataset]) -> Callable[[str], Batch]:
    """All rows of a small CSV text as one batch."""

    def make(text: str) -> Batch:
        dataset = dataset_of(text)
        return next(dataset.batches(dataset.profile.names))

    return make


@pytest.fixture
def plan_of() -> Callable[..., Plan]:
    """A plan with these keys under [decision], and perhaps a label."""

    def make(label: str | None = None, favourable: Any = 1, sensitive: str = "sex", **decision: Any) -> Plan:
        lines = ["plumbline = 1", "[data]", 'file = "table.csv"']
        if label is not None:
            lines += [f"label = {json.dumps(label)}", f"favourable = {json.dumps(favourable)}"]
        lines += ["[decision]", *(f"{key} = {json.dumps(value)}" for key, value in {"model": "m", **decision}.items())]
        return Plan.from_toml("\n".join([*lines, "[groups]", f"sensitive = [{json.dumps(sensitive)}]"]))

    return make


class Affine(torch.nn.Module):
    """Rows times fixed weights, then what the test asks for."""

    def __init__(self, columns: int, outputs: int = 1, last: Callable[[torch.Tensor], Any] = torch.sigmoid) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(columns, outputs)
        weights = torch.linspace(-1, 1, columns * outputs).reshape(outputs, columns)
        self.linear.weight.data, self.linear.bias.data = weights, torch.zeros(outputs)
        self.last = last

    def forward(self, x: torch.Tensor) -> Any:
        return self.last(self.linear(x))


@pytest.fixture(scope="session")
def affine() -> type[Affine]:
    return Affine


@pytest.fixture
def pt2_of(tmp_path: Path) -> Callable[..., Path]:
    """A `.pt2` file of a module; any number of rows unless `dynamic` says otherwise."""

    def make(
        module: torch.nn.Module,
        *example: torch.Tensor,
        dynamic: Any = "rows",
        kwargs: dict[str, torch.Tensor] | None = None,
        extra: dict[str, str] | None = None,
        train: bool = False,
    ) -> Path:
        rows = torch.export.Dim("rows")
        shapes = tuple({0: rows} for _ in example) if dynamic == "rows" else dynamic
        path = tmp_path / "model.pt2"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch warns about its own parts while it exports
            program = torch.export.export(module.train(train), example, kwargs, dynamic_shapes=shapes)
            torch.export.save(program, path, extra_files=extra or {})
        return path

    return make


@pytest.fixture
def onnx_of(tmp_path: Path) -> Callable[..., Path]:
    """An ONNX file of these nodes; inputs and outputs are (name, element type, shape)."""

    def make(nodes: list[Any], inputs: list[Any], outputs: list[Any], weights: dict[str, Any] | None = None) -> Path:
        tensors = [onnx.numpy_helper.from_array(np.asarray(value), name) for name, value in (weights or {}).items()]
        graph = helper.make_graph(
            nodes,
            "graph",
            [helper.make_tensor_value_info(*each) for each in inputs],
            [helper.make_tensor_value_info(*each) for each in outputs],
            tensors,
        )
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        path = tmp_path / "model.onnx"
        onnx.save(model, path)
        return path

    return make


@pytest.fixture
def sigmoid_onnx(onnx_of: Callable[..., Path]) -> Callable[..., Path]:
    """One matrix of two columns, one probability: sigmoid(first + second)."""

    def make(shape: tuple[Any, ...] = ("rows", 2)) -> Path:
        return onnx_of(
            [helper.make_node("MatMul", ["x", "w"], ["z"]), helper.make_node("Sigmoid", ["z"], ["p"])],
            [("x", TensorProto.FLOAT, shape)],
            [("p", TensorProto.FLOAT, (shape[0], 1))],
            {"w": np.ones((2, 1), np.float32)},
        )

    return make
