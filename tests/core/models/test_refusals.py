"""Files that are never opened: recognised by content whatever their name, with advice that fits."""

import bz2
import gzip
import io
import lzma
import pickle
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from core import samples
from core.errors import ModelError
from core.models import FORMATS, open_model
from core.models.recognition import HEAD_BYTES
from core.models.refusals import REFUSED
from core.models.refusals.glance import is_model, refuse_at_a_glance
from core.models.refusals.snippets import SNIPPETS

MODEL = LogisticRegression().fit(np.arange(8.0).reshape(4, 2), [0, 0, 1, 1])
TO_SKLEARN, TO_TORCH = ("skops", "ONNX"), ("torch.export", ".pt2")


class Bomb:
    """Unpickling this would end the test run."""

    def __reduce__(self) -> Any:
        return (exit, (3,))


class Unsafe(torch.nn.Linear):
    """A module of one's own, as people save them whole."""


def dumped(compress: Any) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(MODEL, buffer, compress=compress)
    return buffer.getvalue()


def torch_saved(value: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue()


def zipped(*entries: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for entry in entries:
            archive.writestr(entry, "x")
    return buffer.getvalue()


FILES: dict[str, tuple[bytes, tuple[str, ...]]] = {
    **{f"pickle_{protocol}": (pickle.dumps(MODEL, protocol), TO_SKLEARN) for protocol in range(6)},
    "bomb": (pickle.dumps(Bomb()), TO_SKLEARN),
    "pickled_dictionary": (pickle.dumps({"a": 1}, 1), TO_SKLEARN),
    "joblib": (dumped(0), TO_SKLEARN),
    **{
        f"joblib_{how}": (dumped((how, 3)), ("compressed pickle", *TO_SKLEARN))
        for how in ("zlib", "gzip", "bz2", "lzma", "xz")
    },
    "gzip_pickle": (gzip.compress(pickle.dumps(MODEL)), TO_SKLEARN),
    "state_dict": (torch_saved(torch.nn.Linear(2, 1).state_dict()), ("state dict", *TO_TORCH)),
    "whole_module": (torch_saved(torch.nn.Linear(2, 1)), ("whole PyTorch module", *TO_TORCH)),
    "own_module": (torch_saved(Unsafe(2, 1)), ("whole PyTorch module", *TO_TORCH)),
    "checkpoint": (torch_saved({"epoch": 3, "model": torch.nn.Linear(2, 1).state_dict()}), ("state dict", *TO_TORCH)),
    "old_torch": (torch_saved(torch.nn.Linear(2, 1), _use_new_zipfile_serialization=False), TO_TORCH),
    "torchscript": (zipped("m/data.pkl", "m/code/__torch__.py", "m/constants.pkl"), ("TorchScript", *TO_TORCH)),
    "keras": (zipped("config.json", "model.weights.h5"), ("Keras", "ONNX")),
    "saved_model": (zipped("m/saved_model.pb", "m/variables/x"), ("TensorFlow", "ONNX")),
    "h5": (b"\x89HDF\r\n\x1a\n" + b"\0" * 64, ("Keras", "ONNX")),
    "safetensors": ((16).to_bytes(8, "little") + b'{"a":{}}        ', ("weights alone", *TO_TORCH)),
    "lightgbm": (b"tree\nversion=v4\n", ("LightGBM", "ONNX")),
    "xgboost_json": (b'{"learner":{"attributes":{}}}', ("XGBoost", "ONNX")),
    "xgboost_ubj": (b"{L\0\0\0\0\0\0\0\x07learner{", ("XGBoost", "ONNX")),
    "pmml": (b'<?xml version="1.0"?>\n<PMML version="4.4">', ("PMML", "ONNX")),
    "catboost": (b"CBM1\0\0", ("CatBoost", "ONNX")),
    "tflite": (b"\x1c\0\0\0TFL3", ("TensorFlow Lite", "ONNX")),
    "lfs": (b"version https://git-lfs.github.com/spec/v1\n", ("pointer",)),
    "html": (b"\n<!DOCTYPE html><html>", ("web page",)),
    "empty": (b"", ("empty",)),
    "half_a_zip": (zipped("m/data.pkl")[:30], ("cut short",)),
    "other_zip": (zipped("readme.txt"), ("not a model file",)),
    "gzip_text": (gzip.compress(b"a,b\n1,2\n"), ("not a model file",)),
    "text": (b"hello", ("not a model file",)),
    "noise": (np.random.default_rng(1).bytes(4096), ("not a model file",)),
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("name", ["model.onnx", "model.pt2"])
def test_content_decides_and_the_message_helps(tmp_path: Path, kind: str, name: str) -> None:
    content, words = FILES[kind]
    path = tmp_path / "upload"
    path.write_bytes(content)
    with pytest.raises(ModelError) as raised:
        open_model(path, name)
    message = str(raised.value)
    assert "\n" not in message
    assert message.startswith(f'"{name}" ')
    assert all(word in message for word in words), message


AT_A_GLANCE = {kind for kind, (_, words) in FILES.items() if "not a model file" not in words} - {
    *("keras", "saved_model", "half_a_zip"),  # zips, which are looked into in a job
}


@pytest.mark.parametrize("kind", FILES)
def test_first_bytes_refuse_with_the_same_advice_and_only_what_is_never_opened(kind: str) -> None:
    content, words = FILES[kind]
    if kind not in AT_A_GLANCE:
        refuse_at_a_glance(content[:HEAD_BYTES], len(content), "model.onnx")
        return
    with pytest.raises(ModelError) as raised:
        refuse_at_a_glance(content[:HEAD_BYTES], len(content), "model.onnx")
    told = {"state dict", "whole PyTorch module", "TorchScript"}  # apart only inside the archive
    assert all(word in str(raised.value) for word in words if word not in told), str(raised.value)


# What is no model by itself, and may as well be a table or a zip of images gone wrong.
OTHER_FILES = {"lfs", "html", "empty", "half_a_zip", "other_zip", "gzip_text", "text", "noise"}


@pytest.mark.parametrize("kind", FILES)
def test_a_refused_model_beside_a_table_is_told_to_be_one_by_both_of_its_ends(kind: str) -> None:
    source = io.BytesIO(FILES[kind][0])
    assert is_model(source) == (kind not in OTHER_FILES)
    assert source.tell() == 0, "it is read again from its beginning"


@pytest.mark.parametrize("name", ["loans.pt2", "comments.skops", "loans.csv", "faces.csv", "faces.zip"])
def test_samples_are_told_apart(name: str) -> None:
    source = io.BytesIO((Path(samples.__file__).parent / name).read_bytes())
    assert is_model(source) == name.endswith((".pt2", ".skops"))


@pytest.mark.parametrize("table", [b"credit\nyes\nno\n", b"id\n1\n2\n", b"income,cost\n1,2\n", b"\x08\n\xff"])
def test_a_table_that_begins_like_a_model_is_none(table: bytes) -> None:
    assert not is_model(io.BytesIO(table))


def test_a_zip_that_lists_very_many_files_is_no_model() -> None:
    assert not is_model(io.BytesIO(zipped("data.pkl", *(f"faces/{i:090}.png" for i in range(2_000)))))


@pytest.mark.parametrize("name", SNIPPETS)
def test_every_snippet_is_python(name: str) -> None:
    compile(SNIPPETS[name], name, "exec")


def test_every_refusal_names_lines_that_there_are() -> None:
    assert {refusal.snippet for refusal in REFUSED} - {""} <= set(SNIPPETS)


@pytest.mark.parametrize(
    "pack",
    [zlib.compress, gzip.compress, bz2.compress, lzma.compress],
)
def test_a_bomb_of_zeros_is_not_unpacked(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(pack(bytes(50_000_000)))
    with pytest.raises(ModelError, match="not a model file"):
        open_model(path, "bomb")


def test_formats_and_refusals_have_names_of_their_own() -> None:
    names = [*FORMATS, *(refusal.name for refusal in REFUSED)]
    assert len(set(names)) == len(names)
