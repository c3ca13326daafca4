"""Makes a clean copy of an uploaded `.pt2` file, because torch.export.load runs code that a hostile one holds.

The copy is rebuilt from parts that were each checked against a list of what is allowed: entry names, JSON keys, every
text, every operator, every expression. Pickled entries never reach it. Whatever is not on a list is refused.
"""

import io
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import ModelError
from core.models.pt2.allowed import (
    DIALECTS,
    DOTTED,
    DRAWS,
    EMPTIED,
    FIELDS,
    FLOAT_WORDS,
    ITEM_BYTES,
    MODULE_STACK,
    NAME,
    NAMED,
    OPERATOR,
    PATH,
    ROW_ARITHMETIC,
    SYMBOL,
    TREES,
    VERSION,
    WORD,
    is_plain_expression,
)
from core.models.pt2.archive import (
    CONSTANTS,
    CONSTANTS_CONFIG,
    DOCUMENTS,
    MODEL,
    RECIPE,
    TENSORS,
    WEIGHTS,
    WEIGHTS_CONFIG,
    pack,
    read_document,
    read_entries,
    refused,
)
from core.models.pt2.operators import is_allowed


@dataclass(frozen=True)
class CleanArchive:
    """A `.pt2` file rebuilt from checked parts, the recipe that stood in it, and its program as plain JSON values."""

    archive: io.BytesIO
    recipe: bytes | None
    program: dict[str, Any]


def sanitise(path: Path, name: str) -> CleanArchive:
    """A clean copy of the `.pt2` file at `path`, called `name` in messages. Raises ModelError; runs nothing in it."""
    entries = read_entries(path, name)
    clean = _Cleaner(name)
    parts = {entry: clean.value(read_document(entries, entry, name), "") for entry in DOCUMENTS}
    _check_payloads(parts[WEIGHTS_CONFIG], entries, WEIGHTS, name)
    _check_payloads(parts[CONSTANTS_CONFIG], entries, CONSTANTS, name)
    tensors = {entry: data for entry, data in entries.items() if TENSORS.fullmatch(entry)}
    documents = {entry: json.dumps(part).encode() for entry, part in parts.items()}
    return CleanArchive(pack(documents | tensors), entries.get(RECIPE), parts[MODEL])


class _Cleaner:
    """Rebuilds the program's JSON, key by key and text by text."""

    def __init__(self, name: str) -> None:
        self._name = name
        identifier, dotted = _matches(NAME), _matches(DOTTED)
        self._texts: dict[str, Callable[[str], bool]] = {
            "expr_str": is_plain_expression,
            "target": self._operator,
            "torch_version": _matches(VERSION),
            "verifiers": DIALECTS.__contains__,
            "path_name": _matches(PATH),
            **dict.fromkeys(("as_string", "as_strings"), _matches(WORD)),
            **dict.fromkeys(("as_float", "as_floats"), FLOAT_WORDS.__contains__),
            **dict.fromkeys(("parameter_name", "buffer_name", "tensor_constant_name", "fqn"), dotted),
            **dict.fromkeys(("name", "as_name", "forward_arg_names"), identifier),
        }

    def value(self, value: Any, key: str) -> Any:  # noqa: ANN401  (JSON)
        """`value`, which stands under `key`, rebuilt. Raises ModelError at the first thing that is not allowed."""
        if isinstance(value, dict):
            return self._fields(value, key)
        if isinstance(value, list):
            return [self.value(item, key) for item in value]
        if isinstance(value, str):
            return self._text(value, key)
        return value

    def _fields(self, value: dict[str, Any], key: str) -> dict[str, Any]:
        if key == "metadata":
            return self._module_stack(value)
        if key in ("device", "as_device"):
            return {"type": "cpu", "index": None}  # moved to the device in use after loading
        if key in NAMED:
            pattern = SYMBOL if key == "range_constraints" else DOTTED
            if not all(pattern.fullmatch(name) for name in value):
                raise self._refused(f"a name in {key} is not a plain name")
            return {name: self.value(item, "") for name, item in value.items()}
        if value.get("name") == "assert_msg":
            return {"name": "assert_msg", "arg": {"as_string": "assertion"}, "kind": 1}
        return {name: self._field(name, item) for name, item in value.items()}

    def _field(self, name: str, item: Any) -> Any:  # noqa: ANN401
        if name in EMPTIED:
            return EMPTIED[name]
        if name in ("in_spec", "out_spec"):
            return self._tree(item)
        if name == "use_pickle" and item is not False:
            raise self._refused("its weights are pickled")
        if name not in FIELDS:
            raise self._refused(f'it holds "{name[:40]}", which a plain export does not')
        return self.value(item, name)

    def _text(self, text: str, key: str) -> str:
        allowed = self._texts.get(key)
        if allowed is None or not allowed(text):
            raise self._refused(f'"{text[:60]}" is not allowed as {key or "a value"}')
        return text

    def _operator(self, target: str) -> bool:
        if target in ROW_ARITHMETIC:
            return True
        if not OPERATOR.fullmatch(target):
            return False
        operation = target.split(".")[3]
        if DRAWS.fullmatch(operation):
            raise ModelError(
                f'"{self._name}" draws random numbers ({operation}), so the same person could get different answers. '
                "Call model.eval() before torch.export.export, and export without random steps.",
                snippet="torch",
            )
        if not is_allowed(target):
            raise ModelError(
                f'"{self._name}" calls the operator {operation[:60]}, which Plumbline does not run: it may read memory'
                " that is not the model's. Export the model with torch.export alone, or after"
                " program.run_decompositions(), or to ONNX.",
                snippet="torch",
            )
        return True

    def _module_stack(self, metadata: dict[str, Any]) -> dict[str, str]:
        """Which layer a step belongs to; everything else that is said about a step is left out."""
        stack = metadata.get("nn_module_stack")
        if stack is None:
            return {}
        if not isinstance(stack, str) or not MODULE_STACK.fullmatch(stack):
            raise self._refused("its layer names are not plain names")
        return {"nn_module_stack": stack}

    def _tree(self, spec: Any) -> str:  # noqa: ANN401
        try:
            version, tree = json.loads(spec)
        except (TypeError, ValueError, RecursionError):
            raise self._refused("the structure of its inputs is not valid") from None
        return json.dumps([1, self._branch(tree)]) if version == 1 else self._fail_tree()

    def _branch(self, tree: Any) -> dict[str, Any]:  # noqa: ANN401
        if (
            not isinstance(tree, dict)
            or set(tree) != {"type", "context", "children_spec"}
            or not isinstance(tree["children_spec"], list)
        ):
            self._fail_tree()
        if tree["type"] not in TREES or not _is_plain_context(tree["context"]):
            self._fail_tree()
        return {**tree, "children_spec": [self._branch(child) for child in tree["children_spec"]]}

    def _fail_tree(self) -> Any:  # noqa: ANN401
        raise self._refused("its inputs are more than tensors in plain tuples, lists and dictionaries")

    def _refused(self, why: str) -> ModelError:
        return refused(self._name, why)


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


def _is_plain_context(context: Any) -> bool:
    """Whether a tree's context is nothing, or the keys of a dictionary."""
    if context is None:
        return True
    try:
        keys = json.loads(context)
    except (TypeError, ValueError, RecursionError):
        return False
    return keys is None or (isinstance(keys, list) and all(isinstance(k, str) and NAME.fullmatch(k) for k in keys))


def _check_payloads(config: dict[str, Any], entries: dict[str, bytes], folder: str, name: str) -> None:
    """Every stored tensor must be there, and large enough for the shape that is claimed for it."""
    for tensor, meta in config.get("config", {}).items():
        data = entries.get(folder + str(meta.get("path_name")))
        shape = meta.get("tensor_meta") or {}
        sizes = [size.get("as_int") for size in shape.get("sizes", [])]
        if (
            data is None
            or shape.get("dtype") not in ITEM_BYTES
            or not all(isinstance(size, int) and size >= 0 for size in sizes)
        ):
            raise refused(name, f'the weight "{tensor}" is missing or of an unknown kind')
        if math.prod(sizes) * ITEM_BYTES[shape["dtype"]] > len(data):
            raise refused(name, f'the weight "{tensor}" is smaller than it claims to be')
