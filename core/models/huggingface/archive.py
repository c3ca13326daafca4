"""A zipped Hugging Face folder: what it may hold, checked before anything of it is unpacked.

Only files of a fixed list are taken out, each under its own name and up to a size; what could run code ends in words.
"""

from __future__ import annotations

import json
import math
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from core.errors import ModelError
from core.models.name_lists import words

MIB = 1 << 20
# What is taken out, and how large it may be.
TAKEN = {
    "config.json": MIB,
    "model.safetensors": 8 << 30,
    "tokenizer.json": 128 * MIB,
    "tokenizer_config.json": 8 * MIB,
    "special_tokens_map.json": MIB,
    "added_tokens.json": MIB,
    "vocab.txt": 32 * MIB,
    "vocab.json": 32 * MIB,
    "merges.txt": 32 * MIB,
}
MOST_ENTRIES = 1_000
MOST_HEADER_BYTES = 100 * MIB
MOST_RATIO = 200
RATIO_MATTERS = 16 * MIB
BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}

CODE = words(".py .pyc .pyd .so .dll .dylib .sh .ipynb")
PICKLES = words(".bin .pt .pth .pkl .pickle .ckpt .joblib .npy .npz .h5 .msgpack")
# Settings that make transformers fetch or run code of the folder's, or need a library beside it.
CODE_SETTINGS = words("auto_map custom_pipelines trust_remote_code")
PACKED_SETTINGS = words("quantization_config compression_config")
# What says how a tokenizer cuts, and nothing that names a file or a program.
TOKENIZER_SETTINGS = words(
    """add_prefix_space added_tokens_decoder additional_special_tokens bos_token clean_up_tokenization_spaces cls_token
    do_basic_tokenize do_lower_case eos_token extra_special_tokens keep_accents mask_token model_input_names
    model_max_length never_split pad_token padding_side remove_space sep_token split_special_tokens strip_accents
    tokenize_chinese_chars tokenizer_class trim_offsets truncation_side unk_token vocab_type"""
)

TO_SAVE = 'Save it with model.save_pretrained("folder") and tokenizer.save_pretrained("folder"), and zip that folder.'


@dataclass(frozen=True)
class Unpacked:
    """A folder that was taken out: its settings, and the shape of each weight by name."""

    folder: Path
    config: dict[str, Any]
    shapes: dict[str, tuple[int, ...]]

    @property
    def numbers(self) -> int:
        """How many numbers the weights are."""
        return sum(map(math.prod, self.shapes.values()))


def unpack(path: Path, name: str, folder: Path) -> Unpacked:
    """Take the model's files out of the zip at `path` into the empty `folder`. Raises ModelError, with advice."""
    try:
        with zipfile.ZipFile(path) as archive:
            for place, entry in _chosen(archive.infolist(), name).items():
                _take_out(archive, entry, folder / place, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # the disk's trouble, not the file's
            raise
        raise _refused(name, "it is damaged or was cut short") from None
    config = _settings(folder / "config.json", name)
    _rewrite(folder / "config.json", config)
    tokenizer = folder / "tokenizer_config.json"
    if tokenizer.exists():
        told = _settings(tokenizer, name)
        _rewrite(tokenizer, {key: value for key, value in told.items() if key in TOKENIZER_SETTINGS})
    return Unpacked(folder, config, _shapes(folder / "model.safetensors", name))


def _refused(name: str, why: str) -> ModelError:
    return ModelError(f'"{name}" is not opened: {why}. {TO_SAVE}', snippet="transformers")


def _chosen(entries: list[zipfile.ZipInfo], name: str) -> dict[str, zipfile.ZipInfo]:
    """The entries to take out, by the name each gets. Raises ModelError where any entry shows bad intent."""
    if len(entries) > MOST_ENTRIES:
        raise _refused(name, f"it holds {len(entries):,} files, where a model has about ten")
    files = [entry for entry in entries if not entry.is_dir() and not entry.filename.startswith("__MACOSX/")]
    for entry in files:
        _refuse_entry(entry, name)
    found: dict[str, zipfile.ZipInfo] = {}
    top = _top_folder(files)
    for entry in files:
        place = entry.filename[len(top) :]
        if place in TAKEN:
            if place in found:
                raise _refused(name, f'it holds "{place}" twice')
            _refuse_size(entry, place, name)
            found[place] = entry
    if "model.safetensors" not in found:
        split = any(entry.filename.endswith(".safetensors") for entry in files)
        why = "its weights are split over several files" if split else "it holds no model.safetensors"
        raise _refused(name, f"{why}, and Plumbline reads one such file")
    if not found.keys() & {"tokenizer.json", "vocab.txt", "vocab.json"}:
        raise _refused(name, "it holds no tokenizer (tokenizer.json), so its texts cannot be cut into word pieces")
    return found


def _top_folder(files: list[zipfile.ZipInfo]) -> str:
    """The one folder that all files lie in, with its slash; empty where they lie at the top."""
    tops = {entry.filename.partition("/")[0] for entry in files}
    return f"{min(tops)}/" if len(tops) == 1 and all("/" in entry.filename for entry in files) else ""


def _refuse_entry(entry: zipfile.ZipInfo, name: str) -> None:
    place = PurePosixPath(entry.filename)
    if place.is_absolute() or ".." in place.parts or "\\" in entry.filename or ":" in entry.filename:
        raise _refused(name, f'"{entry.filename[:80]}" in it would be written outside its folder')
    mode = entry.external_attr >> 16
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        raise _refused(name, f'"{entry.filename[:80]}" in it is a link or a device, not a file')
    if entry.flag_bits & 1:
        raise _refused(name, "it is locked with a password")
    if place.suffix.lower() in CODE:
        raise _refused(
            name,
            f'it brings code of its own ("{entry.filename[:80]}"), which Plumbline never runs; leave it out where the'
            " model works without it",
        )
    if place.suffix.lower() in PICKLES:
        raise _refused(
            name,
            f'it holds "{entry.filename[:80]}", which can run code when it is opened; leave it out, model.safetensors'
            " holds the weights",
        )


def _refuse_size(entry: zipfile.ZipInfo, place: str, name: str) -> None:
    if entry.file_size > TAKEN[place]:
        raise _refused(name, f'"{place}" in it is {entry.file_size / MIB:,.0f} MB, more than such a file needs')
    if entry.file_size > RATIO_MATTERS and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
        raise _refused(name, f'"{place}" in it unpacks to {entry.file_size / MIB:,.0f} MB out of next to nothing')


def _take_out(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, name: str) -> None:
    """Write one entry, and no byte more than it was announced with."""
    left = entry.file_size
    with archive.open(entry) as source, open(target, "xb") as sink:
        while chunk := source.read(min(MIB, left + 1)):
            left -= len(chunk)
            if left < 0:
                raise _refused(name, f'"{target.name}" in it is larger than it says')
            sink.write(chunk)


def _settings(path: Path, name: str) -> dict[str, Any]:
    """The settings in a JSON file. Raises ModelError where they ask for code, or are none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        found = None
    except FileNotFoundError:
        raise _refused(name, f"it holds no {path.name}") from None
    if not isinstance(found, dict):
        raise _refused(name, f'"{path.name}" in it is not the JSON that it should be')
    asked = _keys(found)
    if asked & CODE_SETTINGS:
        raise _refused(
            name, f"its {path.name} asks for code that comes with it ({min(asked & CODE_SETTINGS)}), which never runs"
        )
    if asked & PACKED_SETTINGS:
        raise _refused(name, "its weights are packed (quantized), which needs a library of its own")
    return found


def _keys(found: object) -> set[str]:
    """Every key, however deep."""
    if isinstance(found, dict):
        return set(map(str, found)).union(*map(_keys, found.values()))
    return set().union(*map(_keys, found)) if isinstance(found, list) else set()


def _rewrite(path: Path, settings: dict[str, Any]) -> None:
    path.write_text(json.dumps(settings, ensure_ascii=False), encoding="utf-8")


def _shapes(path: Path, name: str) -> dict[str, tuple[int, ...]]:
    """The shapes in a safetensors file, whose header must account for every byte."""
    size = path.stat().st_size
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= min(MOST_HEADER_BYTES, size - 8):
            raise _bad_weights(name)
        header = file.read(length)
    try:
        found = json.loads(header)
        listed = {str(key): value for key, value in found.items() if key != "__metadata__"}
        shapes = {key: tuple(map(int, each["shape"])) for key, each in listed.items()}
        sizes = {key: math.prod(shapes[key]) * BYTES[each["dtype"]] for key, each in listed.items()}
        spans = {key: (int(each["data_offsets"][0]), int(each["data_offsets"][1])) for key, each in listed.items()}
        fits = all(
            min(shapes[key], default=0) >= 0 and end - begin == sizes[key] for key, (begin, end) in spans.items()
        )
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        raise _bad_weights(name) from None
    begins, ends = zip(*sorted(spans.values()), strict=True) if spans else ((), (0,))
    if not fits or begins != (0, *ends[:-1]) or ends[-1] != size - 8 - length:
        raise _bad_weights(name)
    return shapes


def _bad_weights(name: str) -> ModelError:
    return _refused(name, "the weights in it (model.safetensors) are damaged, or are not as large as they say")
