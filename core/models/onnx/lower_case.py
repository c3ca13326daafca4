"""Lower case for ONNX models of texts, by Unicode's own rules instead of those that the machine has installed.

onnxruntime lowers letters by a locale, en_US.UTF-8 unless the file says otherwise, and refuses a model where the
machine lacks it. What comes straight from an input is lowered before it goes in, so a model answers alike everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from core.models.model import Array, Features, Outputs
from core.models.name_lists import words

# Steps that move texts about and leave every one as it is.
MOVES = words("Reshape Flatten Identity Squeeze Unsqueeze")
# Steps that look a cell up in a list, and the list.
ENCODES = {
    "OneHotEncoder": ("cats_strings", "cats_int64s"),
    "LabelEncoder": ("keys_strings", "keys_int64s", "keys_floats"),
    "CategoryMapper": ("cats_strings",),
}


def take_out_lowering(graph: Any) -> frozenset[str]:
    """Let the graph take lower case where an input is lowered first; the names of the inputs that must be lowered."""
    inputs = {each.name for each in graph.graph.input}
    lowered = set()
    for node in graph.graph.node:
        if node.op_type != "StringNormalizer" or _setting(node, "case_change_action") != b"LOWER":
            continue
        source = _source(graph, node.input[0])
        if source in inputs and [end.output[0] for end in _ends(graph, source)] == [node.output[0]]:
            _leave_case(node)
            lowered.add(source)
    return frozenset(lowered)


def categories(graph: Any) -> dict[str, frozenset[str | float]]:
    """The values that the graph's encoders know, by the input whose cells they meet as they are."""
    inputs, lowered = {each.name for each in graph.graph.input}, set()
    known: dict[str, frozenset[str | float]] = {}
    for node in graph.graph.node:
        source = _source(graph, node.input[0]) if node.input else ""
        if node.op_type == "StringNormalizer":
            lowered.add(source)
        listed = [a for a in node.attribute if a.name in ENCODES.get(node.op_type, ())]
        values: set[str | float] = {text.decode("utf-8", "replace") for a in listed for text in a.strings}
        values |= {float(number) for a in listed for number in (*a.ints, *a.floats)}
        if source in inputs and values:
            known[source] = known.get(source, frozenset()) | values
    return {name: values for name, values in known.items() if name not in lowered}


def lowering(names: frozenset[str], run: Callable[[Features], Outputs]) -> Callable[[Features], Outputs]:
    """The same run, given the texts of these inputs in lower case."""
    if not names:
        return run

    def lowered(features: Features) -> Outputs:
        assert isinstance(features, Mapping)  # inputs of texts are always named
        return run({name: _lowered(cells) if name in names else cells for name, cells in features.items()})

    return lowered


def _lowered(texts: Array) -> Array:
    return np.asarray([_lower(str(text)) for text in texts], dtype=object)


def _lower(text: str) -> str:
    """Lower case, letter by letter: none becomes two."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)


def _setting(node: Any, name: str) -> Any:
    return next((attribute.s for attribute in node.attribute if attribute.name == name), None)


def _source(graph: Any, value: str) -> str:
    """Where a value comes from, through steps that only move texts."""
    made_by = {output: node for node in graph.graph.node for output in node.output}
    for _ in graph.graph.node:
        node = made_by.get(value)
        if node is None or node.op_type not in MOVES:
            break
        value = node.input[0]
    return value


def _ends(graph: Any, value: str) -> Iterator[Any]:
    """The steps that use a value for something, past those that only move it."""
    for node in graph.graph.node:
        if value not in node.input:
            continue
        if node.op_type in MOVES:
            yield from _ends(graph, node.output[0])
        else:
            yield node


def _leave_case(node: Any) -> None:
    """Turn a step's lower-casing off; its stop words are lowered once, here."""
    import onnx

    stopwords = [word.decode("utf-8", "replace") for a in node.attribute if a.name == "stopwords" for word in a.strings]
    told = {"case_change_action": "NONE", "is_case_sensitive": 1}
    if stopwords:
        told["stopwords"] = [_lower(word) for word in stopwords]
    kept = [a for a in node.attribute if a.name not in (*told, "locale")]
    del node.attribute[:]
    node.attribute.extend([*kept, *(onnx.helper.make_attribute(name, value) for name, value in told.items())])
