"""Hugging Face folders that tell texts apart (sequence classification), as a zip of config, weights and tokenizer.

transformers opens only what `huggingface_zip` took out: local files, no code that comes with them, weights as
safetensors. It is the optional extra `[text]`.
"""

from __future__ import annotations

import contextlib
import copy
import importlib.util
import logging
import os
import shutil
import tempfile
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import ModelError
from core.models.device import kind_of, settle
from core.models.huggingface.archive import TO_SAVE, Unpacked, unpack
from core.models.inputs.tokens import Tokens
from core.models.library_errors import failed, first_line
from core.models.model import Array, Features, Input, Model, Outputs
from core.models.name_lists import words

if TYPE_CHECKING:
    import torch

# Models that read a text at once and whose own library has them: what is needed to read none is a step outside it.
KINDS = words(
    """albert bert camembert convbert deberta deberta-v2 distilbert electra ernie mobilebert modernbert mpnet roberta
    squeezebert xlm-roberta"""
)
OUT_OF_MEMORY = ("can't allocate memory", "Cannot allocate memory", "out of memory")
MOST_PIECES = 512
MOST_CLASSES = 1_000
# Of the positions that these count, the first ones stand for no piece.
OFFSET = {"roberta": 2, "xlm-roberta": 2, "camembert": 2, "mpnet": 2}
# Settings that choose a program or a file rather than a shape.
UNSAID = words("_name_or_path name_or_path dtype torch_dtype torchscript transformers_weights attn_implementation")
# Word pieces at once, filled up to the longest text: more only fill memory.
PIECES_AT_ONCE = {"cpu": 1 << 12, "cuda": 1 << 16}


def open_huggingface(path: Path, name: str, device: str) -> Model:
    """Open the zip at `path` on `device`. Raises ModelError with what to change."""
    _refuse_without_extra(name)
    settle(device)
    scratch = Path(tempfile.mkdtemp(prefix="text-"))
    try:
        unpacked = unpack(path, name, scratch)
        with _offline(scratch):
            config = _config(unpacked, name)
            network, tokenizer = _load(unpacked, config, name)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    network = network.to(device)
    most = _most_pieces(config, tokenizer)
    reader = _TextReader(name, network, tokenizer, most, device)
    return Model(
        format="huggingface",
        run=reader,
        inputs=(Input("text", "text"),),
        classes=tuple(str(config.id2label[i]) for i in range(config.num_labels)) if config.num_labels > 1 else None,
        device=device,
        logits=config.num_labels > 1,
        module=lambda: copy.deepcopy(network),
        tokens=reader.tokens,
        warnings=(f"The model reads the first {most:,} word pieces of a text; what stands after them counts nothing.",),
    )


def save_huggingface(source: Path, name: str, weights: Mapping[str, Any], target: Path) -> None:
    """Write the folder in the zip `source` once more as the zip `target`, with these weights by name.

    The weights are those of the module that `open_huggingface` gives; everything else stays as it came.
    """
    from safetensors.torch import save_file

    scratch = Path(tempfile.mkdtemp(prefix="text-"))
    try:
        unpacked = unpack(source, name, scratch)
        with _offline(scratch):
            network, _ = _load(unpacked, _config(unpacked, name), name)
        state = dict(network.state_dict())
        state |= {key: value.detach().to("cpu", state[key].dtype) for key, value in weights.items()}
        save_file({key: value.clone().contiguous() for key, value in state.items()}, scratch / "model.safetensors")
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for file in sorted(scratch.iterdir()):
                if file.is_file():
                    archive.write(file, file.name)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _refuse_without_extra(name: str) -> None:
    if any(importlib.util.find_spec(package) is None for package in ("transformers", "tokenizers", "safetensors")):
        raise ModelError(
            f'"{name}" is a Hugging Face model of texts, which needs an extra:'
            ' pip install --editable ".[text]", in the clone.'
        )


@contextlib.contextmanager
def _offline(home: Path) -> Iterator[None]:
    """Keep transformers from the network, and quiet: what goes wrong is said in words here."""
    os.environ |= {
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
    os.environ.setdefault("HF_HOME", str(home / "hub"))
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _config(unpacked: Unpacked, name: str) -> Any:
    """The folder's settings, as far as its kind of model knows them. Raises ModelError where they cannot be used."""
    from transformers import CONFIG_MAPPING

    config: Any
    kind, told = str(unpacked.config.get("model_type")), unpacked.config
    if kind not in KINDS:
        raise ModelError(
            f'"{name}" is a Hugging Face model of the kind "{kind[:40]}", which Plumbline does not open. It opens'
            f" {', '.join(sorted(KINDS))}; export others to ONNX."
        )
    layers = [value for key, value in told.items() if "layers" in key and isinstance(value, int)]
    labels = told.get("num_labels", 2)
    if max(layers, default=0) > len(unpacked.shapes) or not isinstance(labels, int) or labels > MOST_CLASSES:
        raise _does_not_fit(name)
    kind_of = CONFIG_MAPPING[kind]
    known = set(kind_of().to_dict()) | set(words("num_labels id2label label2id problem_type architectures"))
    try:
        config = kind_of(**{key: value for key, value in told.items() if key in known - UNSAID})
        kind_of_task = config.problem_type
        named = sorted(config.id2label) == list(range(config.num_labels))
    except Exception as error:  # each kind checks its settings in its own way
        raise _unusable(name, error) from None
    if kind_of_task == "multi_label_classification":
        raise ModelError(
            f'"{name}" gives several labels at once, which do not exclude each other (multi-label classification), so'
            " none of them is the decision. Choose one label, put its scores into a column of the table, and audit that"
            " column of scores.",
            in_plan="score = the column, under [decision]",
        )
    if kind_of_task == "regression":
        raise ModelError(
            f'"{name}" gives a quantity for each text and no class (regression). Put its numbers into a column of the'
            " table, and audit that column of scores.",
            in_plan="score = the column, under [decision]",
        )
    if not named:
        raise ModelError(
            f'"{name}" does not choose one of several classes for each text. Plumbline reads models of one outcome'
            " (single-label classification)."
        )
    return config


def _load(unpacked: Unpacked, config: Any, name: str) -> tuple[Any, Any]:
    """The network and its tokenizer."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    try:
        with torch.device("meta"):
            plain = AutoModelForSequenceClassification.from_config(config)  # type: ignore[no-untyped-call]
        if sum(p.numel() for p in plain.parameters()) > 2 * unpacked.numbers:
            raise _does_not_fit(name)
        network, found = AutoModelForSequenceClassification.from_pretrained(
            unpacked.folder,
            config=config,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=torch.float32,
            attn_implementation="eager",
            output_loading_info=True,
        )
        tokenizer = AutoTokenizer.from_pretrained(unpacked.folder, local_files_only=True, trust_remote_code=False)
    except (ModelError, MemoryError):
        raise
    except Exception as error:  # a damaged folder can fail anywhere inside transformers
        raise _unusable(name, error) from None
    if found["missing_keys"] or found["mismatched_keys"]:
        lacking = ", ".join(sorted(map(str, found["missing_keys"]))[:3]) or "some have another shape"
        raise ModelError(
            f'"{name}" lacks weights that its kind of model needs ({lacking}): it was probably not trained to tell'
            f" classes of texts apart. {TO_SAVE}",
            snippet="transformers",
        )
    if not tokenizer.is_fast or tokenizer.pad_token_id is None:
        raise ModelError(f'"{name}" has no fast tokenizer (tokenizer.json) with a padding piece. {TO_SAVE}')
    return network.eval(), tokenizer


def _does_not_fit(name: str) -> ModelError:
    return ModelError(f'"{name}": its config.json describes a larger model than its weights are. {TO_SAVE}')


def _unusable(name: str, error: Exception) -> Exception:
    if any(sign in str(error) for sign in OUT_OF_MEMORY):
        return MemoryError(str(error))
    return ModelError(
        f'"{name}" cannot be opened by transformers: {first_line(error)}. {TO_SAVE}', snippet="transformers"
    )


def _most_pieces(config: Any, tokenizer: Any) -> int:
    """The longest text that the model takes, in word pieces."""
    positions = int(getattr(config, "max_position_embeddings", MOST_PIECES)) - OFFSET.get(config.model_type, 0)
    return max(8, min(positions, int(tokenizer.model_max_length), MOST_PIECES))


class _TextReader:
    """Cuts texts into word pieces and runs the network on them, texts of like length together."""

    def __init__(self, name: str, network: Any, tokenizer: Any, most: int, device: str) -> None:
        self._name, self._network, self._tokenizer = name, network, tokenizer
        self._most, self._device = most, device

    def tokens(self, texts: Array) -> Tokens:
        """The word pieces of n texts."""
        given = self._cut(texts)
        lengths = [len(ids) for ids in given["input_ids"]]
        shape = (len(lengths), max(lengths, default=1))
        padding = int(self._tokenizer.pad_token_id)
        spans = np.zeros((*shape, 2), np.int64)
        filled = Tokens(np.full(shape, padding, np.int64), np.zeros(shape, np.int64), spans, padding)
        for row, length in enumerate(lengths):
            filled.ids[row, :length] = given["input_ids"][row]
            filled.mask[row, :length] = 1
            filled.spans[row, :length] = given["offset_mapping"][row]
        return filled

    def __call__(self, features: Features) -> Outputs:
        assert isinstance(features, Mapping)
        (texts,) = features.values()
        pieces = self._cut(texts)["input_ids"]
        order = np.argsort([len(ids) for ids in pieces], kind="stable")
        logits: list[Any] = [None] * len(pieces)
        for part in self._parts([len(pieces[place]) for place in order]):
            places = order[part]
            for place, given in zip(places, self._logits([pieces[place] for place in places]), strict=True):
                logits[place] = given
        return Outputs(np.stack(logits) if logits else np.zeros((0, self._network.config.num_labels), np.float32), None)

    def _cut(self, texts: Array) -> Any:
        try:
            return self._tokenizer(
                [str(text) for text in texts],
                truncation=True,
                max_length=self._most,
                return_offsets_mapping=True,
                return_attention_mask=False,
                return_token_type_ids=False,
            )
        except Exception as error:  # the tokenizer is the upload's own
            raise ModelError(f'"{self._name}" cannot cut the texts into word pieces: {first_line(error)}.') from None

    def _parts(self, rising: list[int]) -> Iterator[slice]:
        """Runs of texts, of rising length, that go through the network at once."""
        start = 0
        for stop in range(1, len(rising) + 1):
            if stop == len(rising) or rising[stop] * (stop + 1 - start) > PIECES_AT_ONCE[kind_of(self._device)]:
                yield slice(start, stop)
                start = stop

    def _logits(self, pieces: list[list[int]]) -> Array:
        import torch

        longest = max(map(len, pieces))
        ids = torch.full((len(pieces), longest), self._tokenizer.pad_token_id)
        mask = torch.zeros((len(pieces), longest), dtype=torch.int64)
        for row, given in enumerate(pieces):
            ids[row, : len(given)] = torch.tensor(given, dtype=torch.int64)
            mask[row, : len(given)] = 1
        try:
            with torch.inference_mode():
                logits: torch.Tensor = self._network(ids.to(self._device), mask.to(self._device)).logits
        except Exception as error:  # any operator can refuse a value, each in its own way
            if any(sign in str(error) for sign in OUT_OF_MEMORY) or isinstance(error, MemoryError):
                raise MemoryError(str(error)) from None
            raise failed(self._name, first_line(error)) from None
        return np.asarray(logits.float().cpu().numpy())
