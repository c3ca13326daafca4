"""The only code that opens a model file: which formats there are, how each is recognised, and what opens it.

Everything here runs in a job process, behind the sandbox.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.catalogue import called, table
from core.errors import ModelError
from core.models.model import Model
from core.models.name_lists import words
from core.models.recognition import Content, look
from core.models.refusals import REFUSED


@dataclass(frozen=True)
class Format:
    """A format that can be opened.

    Attributes
    ----------
    name
        What the facts of a model call it.
    words, file
        What a page calls it, and one such file in a sentence, with its article.
    ending
        How the names of such files end that are written here; files that are read may have any name.
    is_one
        Whether a file's content shows it.
    loader
        "module:function" that opens a file, as `open` calls it.
    gradients
        Whether scores of its models can be followed back through the model, and how far the inputs move them.
    tunes
        "module:class" that trains such a model on from its weights (a `core.mitigate.training.fine_tuning.Tunable`);
        "" where it cannot be.
    refits
        "module:class" that fits such a model again (as `core.mitigate.training.refitting.Refittable` does); "" where
        it cannot be.
    """

    name: str
    words: str
    file: str
    ending: str
    is_one: Callable[[Content], bool]
    loader: str
    gradients: bool = False
    tunes: str = ""
    refits: str = ""

    def open(self, path: Path, name: str, device: str) -> Model:
        """Open the file at `path`, called `name` in messages. Raises ModelError."""
        opened: Model = called(self.loader)(path, name, device)
        return opened

    def tuner(self) -> Any:
        """The class behind `tunes`; only a job process may ask."""
        return called(self.tunes)

    def refitter(self) -> Any:
        """The class behind `refits`; only a job process may ask."""
        return called(self.refits)


def _is_onnx(content: Content) -> bool:
    """A protobuf message that opens with ONNX's version number, then one of the fields that follow it."""
    return content.head[:1] == b"\x08" and content.head[2:3] in _AFTER_VERSION


_AFTER_VERSION = (b"\x12", b"\x1a", b"\x22", b"\x28", b"\x32", b"\x3a", b"\x42")

# What a folder that transformers saved holds beside its config; a Keras file has a config of its own.
_MODEL_FILES = words(
    "model.safetensors model.safetensors.index.json pytorch_model.bin tokenizer.json tokenizer_config.json"
)

FORMATS = table(
    Format("onnx", "ONNX", "an ONNX file", "onnx", _is_onnx, "core.models.onnx:open_onnx"),
    Format(
        "huggingface",
        "a Hugging Face folder of texts (zip)",
        "a Hugging Face folder",
        "zip",
        lambda content: "config.json" in content.entries and not _MODEL_FILES.isdisjoint(content.entries),
        "core.models.huggingface:open_huggingface",
        gradients=True,
        tunes="core.mitigate.training.fine_tuning_text:TunableText",
    ),
    Format(
        "skops",
        "skops (scikit-learn)",
        "a skops file",
        "skops",
        lambda content: "schema.json" in content.entries,
        "core.models.skops:open_skops",
        refits="core.mitigate.training.refitting:Refittable",
    ),
    Format(
        "pt2",
        ".pt2 (torch.export)",
        "a .pt2 file",
        "pt2",
        lambda content: bool(
            content.entries & {"archive_format", "models/model.json", "serialized_exported_program.json"}
        ),
        "core.models.pt2:open_pt2",
        gradients=True,
        tunes="core.mitigate.training.fine_tuning_pt2:TunableProgram",
    ),
)


def readable() -> str:
    """What can be opened, in words: "ONNX, skops (scikit-learn) or .pt2 (torch.export)"."""
    return either(row.words for row in FORMATS.values())


def tunable() -> str:
    """Files whose models can be trained on from their weights, in words: "a Hugging Face folder or a .pt2 file"."""
    return either(row.file for row in FORMATS.values() if row.tunes)


def followed() -> str:
    """Files whose models' scores can be followed back, in words: "a Hugging Face folder or a .pt2 file"."""
    return either(row.file for row in FORMATS.values() if row.gradients)


def either(names: Iterable[str]) -> str:
    """Names of which one is to be chosen: "a", "a or b", "a, b or c"."""
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last


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
    raise ModelError(f'"{name}" is not a model file that Plumbline knows. Choose {readable()}.')
