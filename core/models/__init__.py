"""The only code that opens a model file: which formats there are, how each is recognised, and what opens it.

Everything here runs in a job process, behind the sandbox.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.catalogue import table
from core.errors import ModelError
from core.models.model import Model
from core.models.name_lists import words
from core.models.recognition import Content, look
from core.models.refusals import REFUSED

READABLE = (
    "an ONNX file, a skops file (scikit-learn), a .pt2 file (torch.export), or a zipped Hugging Face folder for texts"
)


@dataclass(frozen=True)
class Format:
    """A format that can be opened: how content shows it, and the "module:function" that opens it."""

    name: str
    words: str
    is_one: Callable[[Content], bool]
    loader: str

    def open(self, path: Path, name: str, device: str) -> Model:
        """Open the file at `path`, called `name` in messages. Raises ModelError."""
        module, _, function = self.loader.partition(":")
        opened: Model = getattr(importlib.import_module(module), function)(path, name, device)
        return opened


def _is_onnx(content: Content) -> bool:
    """A protobuf message that opens with ONNX's version number, then one of the fields that follow it."""
    return content.head[:1] == b"\x08" and content.head[2:3] in _AFTER_VERSION


_AFTER_VERSION = (b"\x12", b"\x1a", b"\x22", b"\x28", b"\x32", b"\x3a", b"\x42")

# What a folder that transformers saved holds beside its config; a Keras file has a config of its own.
_MODEL_FILES = words(
    "model.safetensors model.safetensors.index.json pytorch_model.bin tokenizer.json tokenizer_config.json"
)

FORMATS = table(
    Format("onnx", "ONNX", _is_onnx, "core.models.onnx:open_onnx"),
    Format(
        "huggingface",
        "a Hugging Face folder of texts (zip)",
        lambda content: "config.json" in content.entries and not _MODEL_FILES.isdisjoint(content.entries),
        "core.models.huggingface:open_huggingface",
    ),
    Format(
        "skops",
        "skops (scikit-learn)",
        lambda content: "schema.json" in content.entries,
        "core.models.skops:open_skops",
    ),
    Format(
        "pt2",
        ".pt2 (torch.export)",
        lambda content: bool(
            content.entries & {"archive_format", "models/model.json", "serialized_exported_program.json"}
        ),
        "core.models.pt2:open_pt2",
    ),
)


def open_model(path: Path, name: str, device: str = "cpu") -> Model:
    """Open a model file, recognised by its content and never by its name.

    Raises ModelError, with advice, for every file that is none of FORMATS, is damaged, or asks for what is not allowed.
    """
    content = look(path)
    for known in FORMATS.values():
        if known.is_one(content):
            return known.open(path, name, device)
    for refusal in REFUSED:
        if refusal.is_one(content):
            raise ModelError(f'"{name}" {refusal.says}', snippet=refusal.snippet)
    raise ModelError(f'"{name}" is not a model file that Plumbline knows. Choose {READABLE}.')
