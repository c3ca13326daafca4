"""Zipped Hugging Face folders: the same scores as transformers gives, and what is refused before it is unpacked."""

import json
import shutil
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import ModelError
from core.models import open_model
from core.models.huggingface import save_huggingface
from core.models.model import Input
from tests.core.models.text_folders import MOST, changed, folder_of, zipped

pytest.importorskip("transformers", reason="the text extra is not installed")

SAID = np.array(
    ["Good day", "bad people", "", "the night was awful and the day was nice", "ZZZ", "a " * 100], dtype=object
)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all tests; copied before it is changed."""
    return folder_of(tmp_path_factory.mktemp("text") / "bert")


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "bert")
    return tmp_path / "bert"


def by_transformers(folder: Path, texts: Any) -> np.ndarray:
    """One text at a time, without padding."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    network = AutoModelForSequenceClassification.from_pretrained(folder, local_files_only=True).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    given = []
    with torch.no_grad():
        for text in texts:
            given.append(network(**tokenizer(text, return_tensors="pt", truncation=True, max_length=MOST)).logits[0])
    return torch.stack(given).numpy()


@pytest.mark.parametrize("top", ["", "my model/"])
def test_scores_equal_transformers_own(folder: Path, tmp_path: Path, top: str) -> None:
    model = open_model(zipped(folder, tmp_path / "m.zip", top), "m.zip")
    assert (model.format, model.inputs, model.classes) == ("huggingface", (Input("text", "text"),), ("ok", "hurtful"))
    assert model.logits
    assert f"first {MOST} word pieces" in model.warnings[0]
    scores = model.run({"text": SAID}).scores
    assert scores is not None
    np.testing.assert_allclose(scores, by_transformers(folder, SAID), atol=1e-5)
    assert np.ptp(scores[:, 0]) > 0.01


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("distilbert", {"dim": 16, "n_layers": 2, "n_heads": 2, "hidden_dim": 32}),
        ("roberta", {"max_position_embeddings": MOST + 2}),
        ("electra", {"embedding_size": 16}),
        ("deberta-v2", {"relative_attention": True, "pos_att_type": ["p2c", "c2p"]}),
        ("modernbert", {"cls_token_id": 2, "sep_token_id": 3, "bos_token_id": 2, "eos_token_id": 3}),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_other_kinds_of_encoder(tmp_path: Path, kind: str, settings: dict[str, Any]) -> None:
    folder = folder_of(tmp_path / "folder", kind, **settings)
    scores = open_model(zipped(folder, tmp_path / "m.zip"), "m.zip").run({"text": SAID[:4]}).scores
    np.testing.assert_allclose(scores, by_transformers(folder, SAID[:4]), atol=1e-5)


def test_the_module_takes_the_models_own_tokens(folder: Path, tmp_path: Path) -> None:
    """Ids and mask in, the same logits out; each piece's place in its text."""
    import torch

    model = open_model(zipped(folder, tmp_path / "m.zip"), "m.zip")
    assert model.tokens is not None and model.module is not None
    cut = model.tokens(SAID)
    with torch.no_grad():
        logits = model.module()(torch.from_numpy(cut.ids), torch.from_numpy(cut.mask)).logits
    np.testing.assert_allclose(logits.numpy(), model.run({"text": SAID}).scores, atol=1e-5)
    assert [SAID[0][begin:end] for begin, end in cut.spans[0, :4]] == ["", "Good", "day", ""]


def test_weights_written_back_are_read_back(folder: Path, tmp_path: Path) -> None:
    import torch

    source = zipped(folder, tmp_path / "m.zip")
    model = open_model(source, "m.zip")
    assert model.module is not None
    weights = {name: p.detach() + 0.01 for name, p in model.module().named_parameters()}
    save_huggingface(source, "m.zip", weights, tmp_path / "n.zip")
    again = open_model(tmp_path / "n.zip", "n.zip")
    assert again.module is not None
    for name, p in again.module().named_parameters():
        torch.testing.assert_close(p.detach(), weights[name])
    assert again.classes == model.classes


def refused(path: Path) -> str:
    with pytest.raises(ModelError) as raised:
        open_model(path, "m.zip")
    assert "\n" not in str(raised.value)
    return str(raised.value)


def with_entry(folder: Path, target: Path, name: str, content: bytes = b"", mode: int = 0) -> Path:
    """The good folder's zip with one entry more."""
    zipped(folder, target)
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns about a name that is there twice
        with zipfile.ZipFile(target, "a") as archive:
            archive.writestr(info, content)
    return target


@pytest.mark.parametrize(
    ("name", "content", "mode", "words"),
    [
        ("../evil.json", b"", 0, "outside its folder"),
        ("/etc/cron.d/evil", b"", 0, "outside its folder"),
        ("..\\evil.json", b"", 0, "outside its folder"),
        ("merges.txt", b"/etc/passwd", stat.S_IFLNK | 0o777, "is a link"),
        ("modeling_evil.py", b"import os", 0, "brings code of its own"),
        ("pytorch_model.bin", b"\x80\x02.", 0, "can run code when it is opened"),
        ("optimizer.pt", b"", 0, "can run code when it is opened"),
        ("config.json", b"{}", 0, 'holds "config.json" twice'),
    ],
)
def test_an_entry_that_shows_bad_intent_refuses_the_zip(
    folder: Path, tmp_path: Path, name: str, content: bytes, mode: int, words: str
) -> None:
    assert words in refused(with_entry(folder, tmp_path / "m.zip", name, content, mode))
    assert not (tmp_path / "evil.json").exists()


def test_files_that_are_not_needed_stay_where_they_are(folder: Path, tmp_path: Path) -> None:
    for name in ("README.md", "trainer_state.json"):
        (folder / name).write_text("anything")
    assert open_model(zipped(folder, tmp_path / "m.zip"), "m.zip").run({"text": SAID}).scores is not None


def test_a_bomb_is_not_unpacked(folder: Path, tmp_path: Path) -> None:
    (folder / "tokenizer.json").write_bytes(b" " * (64 << 20))
    assert "out of next to nothing" in refused(zipped(folder, tmp_path / "m.zip"))
    (folder / "config.json").write_bytes(b" " * (2 << 20))
    assert "more than such a file needs" in refused(zipped(folder, tmp_path / "m.zip"))


def test_too_many_files_and_a_password(folder: Path, tmp_path: Path) -> None:
    path = zipped(folder, tmp_path / "m.zip")
    locked = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = locked.find(mark)
        while at >= 0:
            locked[at + place] |= 1
            at = locked.find(mark, at + 1)
    (tmp_path / "locked.zip").write_bytes(locked)
    assert "password" in refused(tmp_path / "locked.zip")
    with zipfile.ZipFile(path, "a") as archive:
        for i in range(1001):
            archive.writestr(f"{i}.txt", "")
    assert "1,006 files" in refused(path)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"auto_map": {"AutoModel": "modeling_evil.Evil"}}, "asks for code"),
        ({"text_config": {"auto_map": {}}}, "asks for code"),
        ({"quantization_config": {"quant_method": "awq"}}, "quantized"),
        ({"model_type": "llama"}, 'of the kind "llama"'),
        ({"model_type": ["bert"]}, "which Plumbline does not open"),
        ({"problem_type": "multi_label_classification"}, "several labels at once"),
        ({"vocab_size": 10**9}, "larger model than its weights"),
        ({"num_hidden_layers": 10**9}, "larger model than its weights"),
        ({"num_labels": 10**9, "id2label": None}, "larger model than its weights"),
        ({"hidden_act": "__import__"}, "cannot be opened by transformers"),
        ({"hidden_size": 8}, "cannot be opened by transformers"),
    ],
    ids=["code", "nested_code", "packed", "kind", "no_kind", "labels", "vocab", "layers", "classes", "act", "size"],
)
def test_settings_that_are_not_followed(folder: Path, tmp_path: Path, settings: dict[str, Any], words: str) -> None:
    changed(folder / "config.json", **settings)
    assert words in refused(zipped(folder, tmp_path / "m.zip"))


def test_a_tokenizer_that_asks_for_code_or_names_files(folder: Path, tmp_path: Path) -> None:
    """A path among its settings is not followed: the words are those of the folder's own tokenizer."""
    good = open_model(zipped(folder, tmp_path / "m.zip"), "m.zip").run({"text": SAID}).scores
    changed(folder / "tokenizer_config.json", tokenizer_file="/etc/passwd", vocab_file="/etc/passwd")
    again = open_model(zipped(folder, tmp_path / "m.zip"), "m.zip").run({"text": SAID}).scores
    np.testing.assert_array_equal(good, again)
    changed(folder / "tokenizer_config.json", auto_map={"AutoTokenizer": ["evil.Evil", None]})
    assert "asks for code" in refused(zipped(folder, tmp_path / "m.zip"))


def test_a_model_that_was_never_trained_to_tell_classes_apart(folder: Path, tmp_path: Path) -> None:
    """Without its head transformers would make one up at random, and every score would be chance."""
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    save_file({k: v for k, v in weights.items() if "classifier" not in k}, folder / "model.safetensors")
    assert "lacks weights that its kind of model needs (classifier" in refused(zipped(folder, tmp_path / "m.zip"))


@pytest.mark.parametrize(
    "header",
    [
        {"a": {"dtype": "F32", "shape": [10**12], "data_offsets": [0, 4]}},
        {name: {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]} for name in "ab"},
        {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}},
        {"a": {"dtype": "F32", "shape": [-1], "data_offsets": [4, 0]}},
        {"a": {"dtype": "OBJECT", "shape": [1], "data_offsets": [0, 4]}},
        {"a": []},
        [],
    ],
    ids=["numel", "overlap", "beyond", "negative", "type", "no_tensor", "no_header"],
)  # fmt: skip
def test_weights_that_are_not_as_large_as_they_say(folder: Path, tmp_path: Path, header: object) -> None:
    text = json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + bytes(4))
    assert "damaged" in refused(zipped(folder, tmp_path / "m.zip"))


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        (["model.safetensors"], "no model.safetensors"),
        (["tokenizer.json", "vocab.txt"], "no tokenizer"),
        (["config.json"], "not a model file that Plumbline knows"),
    ],
)
def test_a_folder_that_is_not_whole(folder: Path, tmp_path: Path, missing: list[str], words: str) -> None:
    for name in missing:
        (folder / name).unlink(missing_ok=True)
    assert words in refused(zipped(folder, tmp_path / "m.zip"))


def test_weights_in_several_files(folder: Path, tmp_path: Path) -> None:
    (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors")
    (folder / "model.safetensors.index.json").write_text("{}")
    assert "split over several files" in refused(zipped(folder, tmp_path / "m.zip"))


def test_a_cut_zip_ends_in_words(folder: Path, tmp_path: Path) -> None:
    path = zipped(folder, tmp_path / "m.zip")
    content = bytearray(path.read_bytes())
    content[200:260] = bytes(60)
    path.write_bytes(content)
    assert "m.zip" in refused(path)


def test_without_the_extra_it_is_said_how_to_install_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    found: Callable[..., Any] = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "transformers" else found(name))
    assert 'which needs an extra: pip install --editable ".[text]", in the clone.' in refused(
        zipped(folder, tmp_path / "m.zip")
    )
