"""`.pt2` files (torch.export): cleaned first, then loaded as a module that runs, trains and takes hooks."""

import contextlib
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import ModelError
from core.models.device import settle
from core.models.inputs.images import picture
from core.models.library_errors import failed, first_line
from core.models.model import Array, Features, FloatType, Input, Model, Outputs
from core.models.name_lists import words
from core.models.pt2.archive import old, refused
from core.models.pt2.sanitiser import sanitise
from core.models.pt2.size_checks import look_inside, looked_at
from core.models.pt2.trainable import LearningProgram
from core.models.recipe import read_recipe

if TYPE_CHECKING:
    import torch

# What torch says on the processor and on a graphics card.
OUT_OF_MEMORY = ("can't allocate memory", "Cannot allocate memory", "out of memory")
# Operators with a switch for training, which model.eval() turns off.
TRAINS = words(
    """batch_norm native_batch_norm _native_batch_norm_legit _native_batch_norm_legit_functional _batch_norm_with_update
    dropout dropout_ feature_dropout alpha_dropout feature_alpha_dropout native_dropout lstm gru rnn_tanh rnn_relu
    rrelu"""
)


def open_pt2(path: Path, name: str, device: str) -> Model:
    """Open a `.pt2` file on `device`. Raises ModelError with what to change in the export."""
    settle(device)
    try:
        clean = sanitise(path, name)
        _refuse_training(clean.program, name)
    except (AttributeError, KeyError, TypeError):
        raise refused(name, "its program is not laid out as torch.export does") from None
    with _quiet():
        program, weights = _load(clean.archive, name, device)
    inputs = _inputs(program, name)
    shape = _Shape(name, inputs, program)
    return Model(
        format="pt2",
        run=_GraphRunner(name, program.graph_module, weights, shape, device),
        inputs=shape.named,
        width=shape.width,
        columns=None if shape.named or shape.picture else tuple(inputs),
        dtype=shape.dtype,
        score_dtype=shape.score_dtype,
        recipe=read_recipe(clean.recipe) if clean.recipe is not None else None,
        device=device,
        module=lambda: _unflattened(program, name),
        learning=lambda: LearningProgram(program, name),
        rows=shape.rows,
        picture=shape.picture,
    )


def _refuse_training(program: dict[str, Any], name: str) -> None:
    """Refuse a program exported before `model.eval()`: it would drop values at random or learn while it is asked."""
    for node in program["graph_module"]["graph"]["nodes"]:
        operation = node["target"].split(".")[3] if node["target"].startswith("torch.ops.") else ""
        flags = {i["name"]: i["arg"] for i in node["inputs"]}
        live = operation in TRAINS and any(flags.get(flag, {}).get("as_bool") for flag in ("train", "training"))
        if live or flags.get("dropout_p", {}).get("as_float"):
            raise ModelError(
                f'"{name}" was exported in training mode ({operation} is live), so it would answer differently each '
                "time. Call model.eval() before torch.export.export and save the .pt2 file again.",
                snippet="torch",
            )
    if any(
        set(spec) & {"buffer_mutation", "parameter_mutation"}
        for spec in program["graph_module"]["signature"]["output_specs"]
    ):
        raise refused(name, "it changes its own weights while it runs")


def _load(archive: Any, name: str, device: str) -> tuple[Any, list[Any]]:
    """The program, and the weights that its graph takes."""
    import torch
    from torch._export.serde.serialize import SerializeError

    try:
        program = torch.export.load(archive)
        if device != "cpu":
            from torch.export.passes import move_to_device_pass

            program = move_to_device_pass(program, device)
        return program, _lifted(program)
    except SerializeError as error:
        if "schema version" in str(error):
            raise old(name) from None
        raise _unusable(name, error) from None
    except Exception as error:  # a damaged program can fail anywhere inside torch
        raise _unusable(name, error) from None


def _unflattened(program: Any, name: str) -> Any:
    """The program as a module whose layers are where they were, for hooks and training."""
    import torch

    with _quiet():
        return look_inside(torch.export.unflatten(program), name)


def _lifted(program: Any) -> list[Any]:
    """The weights, buffers and constants that the program's graph takes before the table's columns."""
    from torch.export.graph_signature import InputKind

    held = {**program.state_dict, **program.constants}
    return [held[spec.target] for spec in program.graph_signature.input_specs if spec.kind is not InputKind.USER_INPUT]


def _unusable(name: str, error: Exception) -> ModelError:
    return ModelError(
        f'"{name}" cannot be opened: it is damaged, or uses something this PyTorch does not know '
        f"({first_line(error)}). Export it again with torch.export to a .pt2 file, or to ONNX.",
        snippet="torch",
    )


def _inputs(program: Any, name: str) -> dict[str, "torch.Tensor"]:
    """The shapes that the program takes, by name, in order."""
    from torch.export.graph_signature import InputKind, TensorArgument

    specs = [spec.arg for spec in program.graph_signature.input_specs if spec.kind is InputKind.USER_INPUT]
    if not specs or not all(isinstance(arg, TensorArgument) for arg in specs):
        raise ModelError(
            f'"{name}" takes settings besides the table\'s columns. Export a model whose forward takes only tensors.'
        )
    values = {node.name: node.meta["val"] for node in program.graph.nodes if node.op == "placeholder"}
    return {arg.name: values[arg.name] for arg in specs}


class _Shape:
    """How a table's rows fit the program's inputs. Raises ModelError where they cannot."""

    def __init__(self, name: str, inputs: Mapping[str, "torch.Tensor"], program: Any) -> None:
        self._name = name
        self.tensors = list(inputs.values())
        for tensor in self.tensors:
            self._check(tensor)
        self.picture = picture(self.tensors[0].shape, name) if self.tensors[0].dim() == 4 else None
        widths = [int(tensor.shape[1]) if tensor.dim() == 2 else 1 for tensor in self.tensors]
        if len(inputs) > 1 and max(widths) > 1:
            listed = ", ".join(f'"{i}" ({w} columns)' for i, w in zip(inputs, widths, strict=True))
            raise ModelError(
                f'"{name}" takes several matrices: {listed}. Export it with one matrix, or with one input per column.'
            )
        self.named = tuple(Input(i, "number") for i in inputs) if len(inputs) > 1 else None
        self.width = None if self.named or self.picture else widths[0]
        self.dtype = np.float32 if _is_single(self.tensors[0]) else np.float64
        self.rows = self._rows(program)
        self.score_dtype = self._score_dtype(program)

    def _check(self, tensor: "torch.Tensor") -> None:
        if tensor.dim() > 2 and not (tensor.dim() == 4 and len(self.tensors) == 1):
            raise ModelError(
                f'"{self._name}" takes {len(self.tensors)} inputs, one of {tensor.dim()} dimensions, which a table '
                "cannot feed. Export it with one input: a matrix, or images of shape (rows, 3, height, width)."
            )
        if tensor.dim() == 0 or isinstance(tensor.shape[0], int):
            rows = tensor.shape[0] if tensor.dim() else 1
            raise ModelError(
                f'"{self._name}" takes exactly {rows} rows at a time (a static batch size). Export it for any '
                "number of rows: "
                'torch.export.export(model, (example,), dynamic_shapes=({0: torch.export.Dim("rows")},)), then '
                "torch.export.save to a .pt2 file.",
                snippet="torch",
            )
        if tensor.dim() == 2 and not isinstance(tensor.shape[1], int):
            raise ModelError(
                f'"{self._name}" leaves its number of columns open. Export it with only the first dimension dynamic.'
            )

    def _score_dtype(self, program: Any) -> FloatType | None:
        """Float type of the one result; None for labels."""
        results = [value for value in program.graph.output_node().meta["val"] if hasattr(value, "dtype")]
        if len(results) != 1:
            raise ModelError(
                f'"{self._name}" gives {len(results)} results. Export a model that returns one tensor, the score.'
            )
        (result,) = results
        if not result.dtype.is_floating_point:
            return None
        return "float64" if result.dtype.itemsize == 8 else "float32"

    def _rows(self, program: Any) -> tuple[int, int | None]:
        rows: Any = self.tensors[0].shape[0]  # a symbol, not a number: _check has seen to that
        size = rows.node.expr
        limits = program.range_constraints.get(size)
        if limits is None:
            return 1, None
        most = int(limits.upper) if limits.upper.is_Integer else None
        return max(1, int(limits.lower)), most


def _is_single(tensor: "torch.Tensor") -> bool:
    """Whether float32 holds all that the tensor's type can."""
    return tensor.dtype.is_floating_point and tensor.dtype.itemsize <= 4


@dataclass(frozen=True)
class _Slot:
    """What one input takes: its type, its shape for any number of rows, whether only whole numbers fit."""

    dtype: "torch.dtype"
    shape: tuple[int, ...]
    whole: bool


class _GraphRunner:
    """Runs the program's graph on one batch of features: as fast as the module it was exported from."""

    def __init__(self, name: str, graph: Any, weights: list[Any], shape: _Shape, device: str) -> None:
        self._name, self._graph, self._weights = name, graph, weights
        self._shape, self._device = shape, device
        self._call = looked_at(graph, name)
        self._slots = [
            _Slot(tensor.dtype, (-1, *tensor.shape[1:]), not tensor.dtype.is_floating_point) for tensor in shape.tensors
        ]

    def __call__(self, features: Features) -> Outputs:
        import torch

        arrays = list(features.values()) if isinstance(features, Mapping) else [features]
        count = len(arrays[0])
        tensors = [self._tensor(array, slot) for array, slot in zip(arrays, self._slots, strict=True)]
        with torch.inference_mode():
            try:
                results = self._call(*self._weights, *tensors)
            except ModelError:
                raise
            except Exception as error:  # any operator can refuse a value, each in its own way
                raise self._failed(error) from None
            return self._outputs(results, count)

    def _failed(self, error: Exception) -> Exception:
        if isinstance(error, MemoryError) or any(sign in str(error) for sign in OUT_OF_MEMORY):
            return MemoryError(str(error))
        return failed(self._name, first_line(error))

    def _tensor(self, array: Array, slot: "_Slot") -> "torch.Tensor":
        import torch

        missing = self._shape.rows[0] - len(array)
        if missing > 0:  # some exports take two rows or more: repeat the last one
            array = np.concatenate([array, np.repeat(array[-1:], missing, axis=0)])
        if slot.whole and not np.array_equal(array, np.rint(array)):
            raise ModelError(
                f'"{self._name}" takes whole numbers only, and a cell is missing or has a fraction. Fill or round '
                "those cells, or leave the rows out."
            )
        return torch.from_numpy(np.ascontiguousarray(array)).to(self._device, slot.dtype).reshape(slot.shape)

    def _outputs(self, results: Sequence[Any], count: int) -> Outputs:
        import torch

        (result,) = (each for each in results if isinstance(each, torch.Tensor))
        if self._shape.score_dtype is None:
            return Outputs(None, result[:count].cpu().numpy().astype(np.int64))
        return Outputs(result[:count].to(getattr(torch, self._shape.score_dtype)).cpu().numpy(), None)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Torch logs its own view of a file that does not load; the message here says it in words."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
