"""The entries of a `.pt2` archive: which of them may be there, how they lie in it, and a clean one made of some."""

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

from core.errors import ModelError

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


def read_entries(path: Path, name: str) -> dict[str, bytes]:
    """The archive's allowed entries, without their common folder. Raises ModelError for what does not belong there."""
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
        snippet="torch",
    )


def old(name: str) -> ModelError:
    """The error for a file of an older PyTorch."""
    return ModelError(
        f'"{name}" was saved by an older PyTorch. Export the model again with torch.export to a .pt2 file, PyTorch '
        "2.9 or later.",
        snippet="torch",
    )


def read_document(entries: dict[str, bytes], entry: str, name: str) -> dict[str, Any]:
    """An entry of JSON, as an object. Raises ModelError where it is not one."""
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


def pack(entries: dict[str, bytes]) -> io.BytesIO:
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
