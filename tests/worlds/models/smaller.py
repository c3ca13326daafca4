"""A small network as ONNX, and the same one in half precision as a `.pt2`."""

import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper


def weights(columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Of a layer of columns x 8 and one of 8 x 1."""
    rng = np.random.default_rng(8)
    first, second = rng.normal(size=(columns, 8)), rng.normal(size=(8, 1))
    return first.astype(np.float32), second.astype(np.float32)


def written_onnx(path: Path, columns: int, shift: float = 0.0) -> None:
    """Write the network; `shift` is added to what the score is computed from."""
    first, second = weights(columns)
    tensors = {"first": first, "second": second, "shift": np.asarray([shift], np.float32)}
    nodes = [
        helper.make_node("MatMul", ["x", "first"], ["hidden"]),
        helper.make_node("Tanh", ["hidden"], ["bent"]),
        helper.make_node("MatMul", ["bent", "second"], ["sum"]),
        helper.make_node("Add", ["sum", "shift"], ["moved"]),
        helper.make_node("Sigmoid", ["moved"], ["p"]),
    ]
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ("rows", columns))],
        [helper.make_tensor_value_info("p", TensorProto.FLOAT, ("rows", 1))],
        [onnx.numpy_helper.from_array(value, name) for name, value in tensors.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


class Half(torch.nn.Module):
    """The network with weights and sums of 16 bits."""

    def __init__(self, columns: int) -> None:
        super().__init__()
        first, second = (torch.from_numpy(weight).half() for weight in weights(columns))
        self.first, self.second = torch.nn.Parameter(first), torch.nn.Parameter(second)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(torch.tanh(x.half() @ self.first) @ self.second).float()


def half_precision(path: Path, columns: int) -> None:
    """Write the network in half precision."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns about its own parts while it exports
        shapes = ({0: torch.export.Dim("rows")},)
        program = torch.export.export(Half(columns).eval(), (torch.zeros(3, columns),), dynamic_shapes=shapes)
        torch.export.save(program, path)
