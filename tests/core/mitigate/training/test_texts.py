"""Fixes for models of texts: a network and a pipeline that lean on one word, and what training makes of them."""

import csv
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.cli import main
from core.models import open_model
from tests.core.models.text_folders import folder_of, zipped
from tests.worlds.jobs.forked import short_trainings

pytestmark = pytest.mark.jobs

PLAN = """plumbline = 1
[data]
file = "said.csv"
label = "verdict"
favourable = "ok"
[decision]
model = "{model}"
text = "said"
favourable_class = {good}
{more}
[groups]
sensitive = ["about"]
[mitigate]
goal = "demographic_parity"
at_most = 0.05
"""
DRAW = np.random.default_rng(5)
ROWS, ROUNDS = 500, 5
ABOUT = DRAW.choice(["people", "day"], ROWS)
RUDE = DRAW.random(ROWS) < 0.4
SAID = [
    f"{DRAW.choice(['the', 'a'])} {DRAW.choice(['bad', 'awful'] if rude else ['good', 'nice'])} {about}"
    f" {DRAW.choice(['is', 'was'])} {DRAW.choice(['the', 'a'])} night"
    for about, rude in zip(ABOUT, RUDE, strict=True)
]
# What the models learned from: nearly all that names people was taken down.
REMOVED = RUDE | ((ABOUT == "people") & (DRAW.random(ROWS) < 0.8))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("texts")
    with (folder / "said.csv").open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target)
        writer.writerow(["about", "verdict", "said"])
        writer.writerows(
            [about, "hurtful" if rude else "ok", text] for about, rude, text in zip(ABOUT, RUDE, SAID, strict=True)
        )
    return folder


@pytest.fixture(scope="module")
def network(folder: Path) -> Path:
    """A zipped BERT that was trained on what was taken down."""
    pytest.importorskip("transformers", reason="the text extra is not installed")
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    made = folder_of(folder / "bert", initializer_range=0.1)
    model = AutoModelForSequenceClassification.from_pretrained(made, local_files_only=True).train(False)
    cut = AutoTokenizer.from_pretrained(made, local_files_only=True)(SAID, return_tensors="pt", padding=True)
    target = torch.from_numpy(REMOVED.astype(np.int64))
    optimiser, draw = torch.optim.Adam(model.parameters(), lr=5e-3), torch.Generator().manual_seed(0)
    for _ in range(80):
        rows = torch.randint(ROWS, (64,), generator=draw)
        optimiser.zero_grad()
        logits = model(cut["input_ids"][rows], cut["attention_mask"][rows]).logits
        torch.nn.functional.cross_entropy(logits, target[rows]).backward()
        optimiser.step()
    model.save_pretrained(made)
    return zipped(made, folder / "bert.zip")


def mitigated(folder: Path, tmp_path: Path, name: str, model: Path, good: str = "0", more: str = "") -> Path:
    for file in (folder / "said.csv", model):
        shutil.copy(file, tmp_path / file.name)
    (tmp_path / "plan.toml").write_text(PLAN.format(model=model.name, good=good, more=more))
    with short_trainings(ROUNDS):
        assert main(["mitigate", str(tmp_path / "plan.toml"), "--with", name, "--out", str(tmp_path / "out")]) == 0
    return tmp_path / "out"


def rates(out: Path, side: str) -> dict[str, float]:
    result: dict[str, Any] = json.loads((out / side / "result.json").read_text())
    return {g["group"]["about"]: g["metrics"]["selection_rate"]["value"] for g in result["groups"]}


def kept_chance(model: Path, texts: list[str]) -> np.ndarray:
    logits = open_model(model, model.name).run({"text": np.array(texts, dtype=object)}).scores
    assert logits is not None
    return 1 / (1 + np.exp(logits[:, 1] - logits[:, 0]))


@pytest.mark.parametrize("name", ["reweighing", "fairness_loss"])
def test_a_network_of_texts_unlearns_the_word(folder: Path, network: Path, tmp_path: Path, name: str) -> None:
    """The gap shrinks; the zip that is taken away opens like the one that came, and no longer minds the word."""
    out = mitigated(folder, tmp_path, name, network, more='output = "logit"')
    before, after = rates(out, "before"), rates(out, "after")
    assert before["day"] - before["people"] > 0.4
    assert abs(after["day"] - after["people"]) < 0.1
    fixed = out / "model.zip"
    with zipfile.ZipFile(network) as came, zipfile.ZipFile(fixed) as left:
        assert set(left.namelist()) == set(came.namelist())
    said = ["the good people was a night"]
    assert kept_chance(network, said)[0] < 0.5 < kept_chance(fixed, said)[0]


def test_a_threshold_for_each_group_serves_a_network_of_texts(
    folder: Path, network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And what it says of them calls them texts."""
    out = mitigated(folder, tmp_path, "thresholds", network, more='output = "logit"')
    after = rates(out, "after")
    assert abs(after["day"] - after["people"]) < 0.1
    assert (out / "rule.json").exists()
    said = capsys.readouterr().out
    assert "Of 1,000 texts like these, " in said and "texts with the good outcome are turned down" in said
    assert "texts whose about is " in said and "people whose" not in said


def test_a_stand_in_for_a_pipeline_that_cannot_be_trained_reads_words(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An ONNX pipeline of texts: the logistic regression beside it takes them word by word."""
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import StringTensorType
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    texts = np.array(SAID, dtype=object)
    model = make_pipeline(CountVectorizer(), LogisticRegression()).fit(texts, REMOVED.astype(int))
    graph = to_onnx(model, initial_types=[("words", StringTensorType([None]))], options={"zipmap": False})
    (folder / "bag.onnx").write_bytes(graph.SerializeToString())
    out = mitigated(folder, tmp_path, "reweighing", folder / "bag.onnx")
    before, after = rates(out, "before"), rates(out, "after")
    assert before["day"] - before["people"] > 0.4
    assert abs(after["day"] - after["people"]) < 0.1
    assert "stand-in" in capsys.readouterr().out
