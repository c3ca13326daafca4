"""ONNX files: run by onnxruntime from the bytes of a checked graph, so that no other file is ever read."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import ModelError
from core.models.inputs.images import ImageInput, picture
from core.models.library_errors import failed, first_line
from core.models.model import Array, Features, FloatType, Input, Model, Outputs
from core.models.onnx.graph import read_graph
from core.models.onnx.lower_case import categories, lowering, take_out_lowering
from core.models.recipe import FILE_NAME, read_recipe

NUMBERS = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(float16)": np.float16,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
}
# float16 scores are widened: Plumbline's bins are finer than its steps.
SCORES: dict[str, FloatType] = {
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(float16)": "float32",
}
OUT_OF_MEMORY = ("bad_alloc", "bad allocation", "Failed to allocate", "BFCArena", "out of memory")
CUDA = "CUDAExecutionProvider"
LABELS = ("tensor(int64)", "tensor(int32)", "tensor(string)", "tensor(bool)")


def open_onnx(path: Path, name: str, device: str) -> Model:
    """Open an ONNX file. Raises ModelError with what to change in the export."""
    graph, classes = read_graph(path, name)
    lowered = take_out_lowering(graph)
    session, used = _session(graph, name, device)
    feeds = [_Feed.of(node, name) for node in session.get_inputs()]
    named = _named(feeds, categories(graph), name)
    scores, labels = _outputs(session, name)
    score_dtype = SCORES[scores.type] if scores else None
    recipe = next((read_recipe(entry.value) for entry in graph.metadata_props if entry.key == FILE_NAME), None)
    return Model(
        format="onnx",
        run=lowering(lowered, _SessionRunner(name, session, feeds, scores or labels, score_dtype)),
        decide=lowering(lowered, _SessionRunner(name, session, feeds, labels, None)) if scores and labels else None,
        inputs=named,
        width=None if named else feeds[0].width,
        columns=None if named or feeds[0].picture else (feeds[0].name,),
        dtype=np.float32 if feeds[0].dtype in (np.float32, np.float16) else np.float64,
        score_dtype=score_dtype,
        classes=classes,
        recipe=recipe,
        device=used,
        picture=feeds[0].picture,
        rows=(1, feeds[0].most_rows),
    )


def _session(graph: Any, name: str, device: str) -> tuple[Any, str]:
    """A session over the checked graph, and the device that it runs on."""
    onnxruntime = _silent_runtime()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)
    options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # other jobs share these cores
    cuda = device != "cpu" and CUDA in onnxruntime.get_available_providers()
    card = {"use_tf32": "0", "device_id": device.partition(":")[2] or "0"}
    try:
        session = onnxruntime.InferenceSession(
            graph.SerializeToString(), options, providers=[*[(CUDA, card)] * cuda, "CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime raises a type of its own for each kind of fault
        raise _unusable(name, error) from None
    return session, device if CUDA in session.get_providers() else "cpu"  # which it leaves where CUDA fails


def _silent_runtime() -> Any:
    """onnxruntime, which sends nothing to its makers and keeps nothing to send: it asks the environment at its import.

    In a job the environment says so from the start; the call is for who imported it before.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    onnxruntime.set_default_logger_severity(4)  # its errors are raised, too: nothing is lost
    return onnxruntime


def _unusable(name: str, error: Exception) -> ModelError:
    if "locale" in str(error):
        return ModelError(
            f'"{name}" changes letters to lower case by the rules of en_US.UTF-8, which this machine does not have. '
            "Install that locale here (Debian: locales, then locale-gen en_US.UTF-8), or export the model without "
            "lower-casing."
        )
    return ModelError(
        f'"{name}" cannot be opened by onnxruntime: {_said(error)}. Export it again, with a lower opset if it names '
        "one."
    )


@dataclass(frozen=True)
class _Feed:
    """One input of the graph.

    `width` is None where the file leaves it open, `flat` says that it has one dimension; `picture` is there for
    images, and `most_rows` where only one at a time goes in.
    """

    name: str
    dtype: Any
    width: int | None
    flat: bool
    picture: ImageInput | None = None
    most_rows: int | None = None

    @classmethod
    def of(cls, node: Any, name: str) -> "_Feed":
        """Read an input as onnxruntime describes it. Raises ModelError where a table cannot feed it."""
        if node.type not in NUMBERS and node.type != "tensor(string)":
            raise ModelError(
                f'"{name}": the input "{node.name}" takes {node.type}, which a table cannot give. Export it with '
                "plain columns."
            )
        shape = node.shape
        images = len(shape) == 4 and node.type in SCORES
        if len(shape) > 2 and not images:
            raise ModelError(
                f'"{name}": the input "{node.name}" has {len(shape)} dimensions, which a table cannot feed. Export it '
                "with one input: a matrix, or images of shape (rows, 3, height, width)."
            )
        alone = images and shape[0] == 1
        if not alone and (not shape or isinstance(shape[0], int)):
            raise ModelError(
                f'"{name}" takes exactly {shape[0] if shape else 1} rows at a time (a static batch size in '
                f'"{node.name}"). Export it '
                "for any number of rows: PyTorch, torch.onnx.export(..., dynamic_shapes=({0: "
                'torch.export.Dim("rows")},)); '
                "scikit-learn, FloatTensorType([None, columns]).",
                snippet="onnx_any_rows",
            )
        if images:
            return cls(node.name, NUMBERS[node.type], None, False, picture(shape, name), 1 if alone else None)
        width = 1 if len(shape) == 1 else shape[1] if isinstance(shape[1], int) else None
        return cls(node.name, NUMBERS.get(node.type), width, len(shape) == 1)

    @property
    def kind(self) -> str:
        return "text" if self.dtype is None else "number"

    def tensor(self, array: Array, name: str) -> Array:
        """The array as this input takes it."""
        if self.dtype is None:
            cast = array
        elif np.issubdtype(self.dtype, np.floating) or np.array_equal(array, np.rint(array)):
            cast = array.astype(self.dtype, copy=False)
        else:
            raise ModelError(
                f'"{name}" takes whole numbers in "{self.name}", and a cell is missing or has a fraction. Fill or '
                "round those cells, or leave the rows out."
            )
        if self.picture is not None:
            return cast
        return cast.reshape(-1) if self.flat else cast.reshape(len(array), -1)


def _named(feeds: list[_Feed], known: Mapping[str, frozenset[str | float]], name: str) -> tuple[Input, ...] | None:
    """The inputs by name, or None for a model of one matrix of numbers."""
    if len(feeds) == 1 and feeds[0].kind == "number":
        return None
    wide = [f'"{feed.name}" ({feed.width or "any number of"} columns)' for feed in feeds if feed.width != 1]
    if wide:
        raise ModelError(
            f'"{name}" takes several columns in {", ".join(wide)}. Export it with one input per column, or with one '
            "matrix of numbers."
        )
    return tuple(
        Input(feed.name, "text" if feed.dtype is None else "number", categories=known.get(feed.name)) for feed in feeds
    )


def _outputs(session: Any, name: str) -> tuple[Any, Any]:
    """The outputs that hold scores and labels, as onnxruntime describes them; None for what there is not."""
    outputs = session.get_outputs()
    scores = [output for output in outputs if output.type in SCORES]
    likely = [output for output in scores if "prob" in output.name.lower()]
    labels = [output for output in outputs if output.type in LABELS]
    if len(scores) > 1 and len(likely) != 1:
        listed = ", ".join(f'"{output.name}"' for output in scores)
        raise ModelError(
            f'"{name}" gives several results of numbers: {listed}. Export it with one, the score or the probabilities.'
        )
    if not scores and not labels:
        raise ModelError(f'"{name}" gives neither scores nor labels. Export it with its probabilities as the output.')
    return next(iter(likely or scores), None), next(iter(labels), None)


class _SessionRunner:
    """Runs the session on one batch of features."""

    def __init__(self, name: str, session: Any, feeds: list[_Feed], output: Any, score_dtype: FloatType | None) -> None:
        self._name, self._session, self._feeds = name, session, feeds
        self._output, self._score_dtype = output.name, score_dtype

    def __call__(self, features: Features) -> Outputs:
        arrays = features if isinstance(features, Mapping) else {self._feeds[0].name: features}
        tensors = {feed.name: feed.tensor(arrays[feed.name], self._name) for feed in self._feeds}
        try:
            (values,) = self._session.run([self._output], tensors)
        except Exception as error:  # onnxruntime raises a type of its own for each kind of fault
            raise self._failed(error) from None
        if self._score_dtype is None:
            return Outputs(None, np.asarray(values))
        return Outputs(values.astype(self._score_dtype, copy=False), None)

    def _failed(self, error: Exception) -> Exception:
        if any(sign in str(error) for sign in OUT_OF_MEMORY):
            return MemoryError(str(error))
        return failed(self._name, _said(error))


def _said(error: Exception) -> str:
    """What went wrong, without onnxruntime's own codes before it."""
    return first_line(error).rpartition(" : ")[2]
