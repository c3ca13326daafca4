"""An ONNX file as a graph: what it may hold, and its classes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import ModelError
from core.models.name_lists import words

# onnxruntime's own operators; others need a library of code beside the file.
DOMAINS = frozenset(["", "ai.onnx", "ai.onnx.ml", "com.microsoft"])
MOST_STEPS, MOST_NESTED = 500_000, 50
DRAWS = words("RandomNormal RandomNormalLike RandomUniform RandomUniformLike Multinomial Bernoulli")


def read_graph(path: Path, name: str) -> tuple[Any, tuple[str | int, ...] | None]:
    """The graph, fit to run, and the classes it names. Raises ModelError for what is not inside the file."""
    graph = _parse(path, name)
    _refuse_parts(graph, name)
    _refuse_unfolding(graph, name)
    return graph, _unwrap_maps(graph, name) or _classes(graph)


def _parse(path: Path, name: str) -> Any:
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    try:
        graph = onnx.load_from_string(path.read_bytes())
    except DecodeError:
        raise _damaged(name) from None
    if not graph.graph.node:
        raise _damaged(name)
    return graph


def _damaged(name: str) -> ModelError:
    return ModelError(
        f'"{name}" begins like an ONNX file but is damaged or was cut short. Export or upload the model again.'
    )


def _refuse_parts(graph: Any, name: str) -> None:
    """Refuse weights in other files, operators from other libraries, and steps that answer differently each time."""
    import onnx

    known = DOMAINS | {function.domain for function in graph.functions}
    for part in _messages(graph):
        if isinstance(part, onnx.TensorProto) and part.data_location == onnx.TensorProto.EXTERNAL:
            raise ModelError(
                f'"{name}" keeps its weights in a second file (external data). Export it as one file: '
                "torch.onnx.export(..., external_data=False), or onnx.save_model(onnx.load(...), ..., "
                "save_as_external_data=False).",
                snippet="onnx_one_file",
            )
        if isinstance(part, onnx.NodeProto):
            _refuse_node(part, known, name)


def _refuse_unfolding(graph: Any, name: str) -> None:
    """Refuse functions that call each other so often that a small file becomes a graph without end.

    onnxruntime writes each call out as the steps of its function, and theirs again.
    """
    bodies = {(function.domain, function.name): function for function in graph.functions}
    steps: dict[tuple[str, str], int] = {}
    open_: set[tuple[str, str]] = set()

    def size(called: tuple[str, str], depth: int) -> int:
        if called in open_ or depth > MOST_NESTED:
            raise _unfolds(name)
        if called not in steps:
            open_.add(called)
            steps[called] = total(bodies[called].node, depth + 1)
            open_.discard(called)
        return steps[called]

    def total(nodes: Any, depth: int) -> int:
        found = 0
        for message in nodes:
            for node in (part for part in _messages(message) if part.DESCRIPTOR.name == "NodeProto"):
                called = (node.domain, node.op_type)
                found += size(called, depth) if called in bodies else 1
                if found > MOST_STEPS:
                    raise _unfolds(name)
        return found

    total(graph.graph.node, 0)


def _unfolds(name: str) -> ModelError:
    return ModelError(
        f'"{name}" holds functions that call each other without end, or unfold to more than {MOST_STEPS:,} steps. '
        "Export the model without functions of its own."
    )


def _refuse_node(node: Any, domains: frozenset[str], name: str) -> None:
    if node.domain not in domains:
        raise ModelError(
            f'"{name}" needs the operator "{node.op_type}" of "{node.domain}", which comes from a library beside the '
            "file. Export it with standard ONNX operators only."
        )
    trains = any(attribute.name == "training_mode" and attribute.i for attribute in node.attribute)
    drops = node.op_type == "Dropout" and len(node.input) > 2 and bool(node.input[2])
    if node.op_type in DRAWS or trains or drops:
        raise ModelError(
            f'"{name}" draws random numbers or was exported in training mode ({node.op_type}), so it would answer '
            "differently each time. Call model.eval() and export it again."
        )


def _messages(message: Any) -> Iterator[Any]:
    """A protobuf message and every message inside it: subgraphs, functions, tensors."""
    yield message
    for field, value in message.ListFields():
        if field.message_type is not None:
            for part in value if field.is_repeated else (value,):
                yield from _messages(part)


def _unwrap_maps(graph: Any, name: str) -> tuple[str | int, ...] | None:
    """Turn a list of {class: probability}, one a row, back into the matrix it was made from; returns its classes.

    The maps cost a Python dictionary a row, and hold nothing that the matrix and the list of classes do not.
    """
    import onnx

    outputs = {output.name: output for output in graph.graph.output}
    for node in list(graph.graph.node):
        if node.op_type == "ZipMap" and node.output[0] in outputs:
            matrix = onnx.helper.make_tensor_value_info(node.input[0], onnx.TensorProto.FLOAT, None)
            outputs[node.output[0]].CopyFrom(matrix)
            graph.graph.node.remove(node)
            return _class_list(node)
    if any(output.type.HasField("sequence_type") for output in graph.graph.output):
        raise ModelError(
            f'"{name}" gives its probabilities as a list. Export it so that they are one matrix (skl2onnx: options '
            "zipmap=False)."
        )
    return None


def _classes(graph: Any) -> tuple[str | int, ...] | None:
    """The classes that the graph's last classifier, or a converter's table of classes, names; None without either."""
    import onnx

    for node in reversed(graph.graph.node):
        if classes := _class_list(node):
            return classes
    for tensor in graph.graph.initializer:
        if tensor.name.startswith("classes"):
            values = onnx.numpy_helper.to_array(tensor).ravel().tolist()
            return tuple(value.decode() if isinstance(value, bytes) else value for value in values)
    return None


def _class_list(node: Any) -> tuple[str | int, ...]:
    found = {a.name: a for a in node.attribute if a.name.startswith("classlabels_") or a.name == "classlabels"}
    texts = [text.decode("utf-8", "replace") for a in found.values() for text in a.strings]
    return tuple(texts) or tuple(int(number) for a in found.values() for number in a.ints)
