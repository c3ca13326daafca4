"""A tiny Hugging Face folder, made on the spot: a BERT of 16 words whose answers depend on each of them."""

import json
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

MARKS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = [*MARKS, "good", "bad", "day", "night", "people", "nice", "awful", "the", "a", "is", "was"]
MOST = 32


def folder_of(path: Path, kind: str = "bert", words: Sequence[str] = WORDS, **settings: object) -> Path:
    """A folder as `save_pretrained` writes it, of a model that knows these words, with random weights and a seed."""
    import torch
    from transformers import AutoConfig, AutoModelForSequenceClassification, BertTokenizer

    path.mkdir(parents=True)
    (path / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    tokenizer = BertTokenizer(vocab=str(path / "vocab.txt"), model_max_length=MOST)
    shape = {
        "vocab_size": len(words),
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": MOST + 2,
        "id2label": {0: "ok", 1: "hurtful"},
        "initializer_range": 0.5,
        "pad_token_id": 0,
        **settings,
    }
    torch.manual_seed(0)
    network = AutoModelForSequenceClassification.from_config(AutoConfig.for_model(kind, **shape))
    torch.nn.init.normal_(network.get_input_embeddings().weight)
    network.save_pretrained(path)
    tokenizer.save_pretrained(path)
    return path


def zipped(folder: Path, target: Path, top: str = "") -> Path:
    """The folder's files in a zip, perhaps under one folder."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, top + file.name)
    return target


def changed(path: Path, **settings: object) -> None:
    """A JSON file with other settings."""
    path.write_text(json.dumps({**json.loads(path.read_text()), **settings}))
