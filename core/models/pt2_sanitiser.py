"""Makes a clean copy of an uploaded `.pt2` file, because torch.export.load runs code that a hostile one holds.

The copy is rebuilt from parts that were each checked against a list of what is allowed: entry names, JSON keys, every
text, every operator, every expression. Pickled entries never reach it. Whatever is not on a list is refused.
"""

import io
import json
import math
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import ModelError
from core.models.pt2_allowed import (
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
    TOUCHES_FILES,
    TREES,
    VERSION,
    WORD,
    is_plain_expression,
)
from core.models.refused import TORCH_SNIPPET

MOST_ENTRIES = 20_000
MOST_JSON_BYTES = 256 * 1024 * 1024

MODEL = "models/model.json"
WEIGHTS, WEIGHTS_CONFIG = "data/weights/", "data/weights/model_weights_config.json"
CONSTANTS, CONSTANTS_CONFIG = "data/constants/", "data/constants/model_constants_config.json"
SAMPLE_INPUTS, RECIPE = "data/sample_inputs/model.pt", "extra/plumbline.json"
TENSORS = re.compile(r"data/weights/weight_\d+|data/constants/tensor_\d+")
DOCUMENTS = (MODEL, WEIGHTS_CONFIG, CONSTANTS_CONFIG)
DROPPED = re.compile(
    r"data/sample_inputs/model\.pt|archive_format|archive_version|byteorder|\.data/\w+|\.format_version|"
    r"\.storage_alignment|extra/[\w. -]+"
)
REASONS = (
    (re.compile(r"data/aotinductor/"), "compiled native code"),
    (re.compile(r"data/(weights|constants)/model\.pt"), "pickled weights of an older format"),
    (re.compile(r"data/constants/(opaque_obj|custom_obj)_"), "pickled objects"),
    (re.compile(r"models/"), "more than one program"),
)


@dataclass(frozen=True)
class CleanArchive:
    """A `.pt2` file rebuilt from checked parts, the recipe that stood in it, and its program as plain JSON values."""

    archive: io.BytesIO
    recipe: bytes | None
    program: dict[str, Any]


def sanitise(path: Path, name: str) -> CleanArchive:
    """A clean copy of the `.pt2` file at `path`, called `name` in messages. Raises ModelError; runs nothing in it."""
    entries = _entries(path, name)
    clean = _Cleaner(name)
    parts = {entry: clean.value(_document(entries, entry, name), "") for entry in DOCUMENTS}
    _check_payloads(parts[WEIGHTS_CONFIG], entries, WEIGHTS, name)
    _check_payloads(parts[CONSTANTS_CONFIG], entries, CONSTANTS, name)
    tensors = {entry: data for entry, data in entries.items() if TENSORS.fullmatch(entry)}
    documents = {entry: json.dumps(part).encode() for entry, part in parts.items()}
    return CleanArchive(_pack(documents | tensors), entries.get(RECIPE), parts[MODEL])


def _entries(path: Path, name: str) -> dict[str, bytes]:
    """The archive's allowed entries, without their common folder."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            _check_layout(infos, path.stat().st_size, name)
            kept = [info for info in infos if _is_kept(_within(info), name)]
            return {_within(info): archive.read(info) for info in kept}
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError):
        raise ModelError(f'"{name}" is damaged or was cut short. Export or upload the model again.') from None


def _within(info: zipfile.ZipInfo) -> str:
    """The entry's name without the folder that all entries share."""
    return info.filename.partition("/")[2]


def _check_layout(infos: list[zipfile.ZipInfo], size: int, name: str) -> None:
    """One folder, no entry twice, nothing packed: as torch.export.save lays a file of `size` bytes out."""
    if any(info.filename == "serialized_exported_program.json" for info in infos):
        raise old(name)
    folders = {info.filename.partition("/")[0] for info in infos}
    if len(folders) != 1 or len({info.filename for info in infos}) < len(infos) or len(infos) > MOST_ENTRIES:
        raise refused(name, "its entries are not laid out as torch.export.save does")
    if any(info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1 for info in infos):
        raise refused(name, "its entries are compressed or encrypted, which torch.export.save never does")
    if sum(info.file_size for info in infos) > size:
        raise refused(name, "its entries claim to be larger than the file")


def _is_kept(entry: str, name: str) -> bool:
    if entry in (*DOCUMENTS, RECIPE) or TENSORS.fullmatch(entry):
        return True
    if DROPPED.fullmatch(entry):
        return False
    reason = next(
        (words for pattern, words in REASONS if pattern.match(entry)),
        f'an entry that does not belong there ("{entry[:80]}")',
    )
    raise refused(name, f"it holds {reason}")


def refused(name: str, why: str) -> ModelError:
    """The error for a file that holds what a plain export does not."""
    return ModelError(
        f'"{name}" is refused: {why}. Plumbline opens only plain PyTorch programs; export the model again with '
        "torch.export to a .pt2 file, or to ONNX.",
        snippet=TORCH_SNIPPET,
    )


def old(name: str) -> ModelError:
    """The error for a file of an older PyTorch."""
    return ModelError(
        f'"{name}" was saved by an older PyTorch. Export the model again with torch.export to a .pt2 file, PyTorch '
        "2.9 or later.",
        snippet=TORCH_SNIPPET,
    )


def _document(entries: dict[str, bytes], entry: str, name: str) -> dict[str, Any]:
    if entry not in entries:
        raise ModelError(
            f'"{name}" is not a whole .pt2 file: it lacks {entry}. Export it again with torch.export.save.'
        )
    if len(entries[entry]) > MOST_JSON_BYTES:
        raise refused(name, f"{entry} is too large")
    try:
        document = json.loads(entries[entry])
    except (ValueError, RecursionError):
        raise refused(name, f"{entry} is not valid JSON") from None
    if not isinstance(document, dict):
        raise refused(name, f"{entry} is not what torch.export writes")
    return document


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
                snippet=TORCH_SNIPPET,
            )
        return operation not in TOUCHES_FILES

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


def _pack(entries: dict[str, bytes]) -> io.BytesIO:
    """The clean archive, laid out as torch.export.load expects it."""
    packed = io.BytesIO()
    fixed = {
        "archive_format": b"pt2",
        "archive_version": b"0",
        "byteorder": b"little",
        ".data/version": b"6\n",
        SAMPLE_INPUTS: b"",
    }
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for entry, data in {**entries, **fixed}.items():
            archive.writestr(f"model/{entry}", data)
    packed.seek(0)
    return packed
