"""Models of texts by the command: the public tweets, and a Hugging Face folder made on the spot."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.cli import main
from tests.core.models.text_folders import folder_of, zipped

pytestmark = pytest.mark.jobs

IDENTITY = ("girl", "woman", "women", "lady", "she ")


def plan(folder: Path, model: str, text: str, extra: str = "") -> Path:
    (folder / "plan.toml").write_text(
        f"""plumbline = 1
[data]
file = "said.csv"
label = "hurtful"
favourable = 0
[decision]
model = "{model}"
text = "{text}"
favourable_class = 0
{extra}
[groups]
sensitive = ["about"]
"""
    )
    return folder / "plan.toml"


def audited(folder: Path) -> dict[str, Any]:
    assert main(["audit", str(folder / "plan.toml"), "--out", str(folder / "out")]) == 0
    return dict(json.loads((folder / "out" / "result.json").read_text()))


def by_group(result: dict[str, Any], metric: str) -> dict[str, Any]:
    return {g["group"]["about"]: g["metrics"][metric] for g in result["groups"] if g["by"] == ["about"]}


@pytest.mark.parametrize("file", ["davidson_tfidf_lr.onnx", "davidson_tfidf_lr.skops"])
def test_public_tweets_by_a_group_that_a_word_makes(shared: Path, tmp_path: Path, file: str) -> None:
    """Selection rates equal those of the probabilities that the model's own library gave."""
    folder = shared / "models" / "davidson"
    text = (folder / "davidson_expected_first500.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    known = np.array([float(row["prob_onnx" if file.endswith("onnx") else "prob_sklearn"]) for row in rows])
    about = ["women" if any(word in row["tweet"].lower() for word in IDENTITY) else "others" for row in rows]
    with (tmp_path / "said.csv").open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target)
        writer.writerow(["about", "hurtful", "tweet"])
        writer.writerows([a, row["offensive_or_hate"], row["tweet"]] for a, row in zip(about, rows, strict=True))
    (tmp_path / file).symlink_to(folder / file)
    plan(tmp_path, file, "tweet")
    found = by_group(audited(tmp_path), "selection_rate")
    for group, rate in found.items():
        inside = np.array([a == group for a in about])
        assert rate["numerator"] == ((1 - known[inside]) >= 0.5).sum()
        assert rate["denominator"] == inside.sum()


@pytest.mark.process
def test_a_hugging_face_folder_is_audited_in_the_sandbox(tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="the text extra is not installed")
    from core.models import open_model

    texts = [f"{a} {b} {c}" for a in ("the", "a") for b in ("good", "bad", "nice", "awful") for c in ("day", "people")]
    rows = [["xy"[i % 3 == 0], str(i % 2), texts[i % len(texts)]] for i in range(300)]
    with (tmp_path / "said.csv").open("w", newline="", encoding="utf-8") as target:
        csv.writer(target).writerows([["about", "hurtful", "said"], *rows])
    zipped(folder_of(tmp_path / "bert"), tmp_path / "bert.zip", "bert/")
    plan(tmp_path, "bert.zip", "said", 'output = "logit"')
    found = by_group(audited(tmp_path), "mean_score")
    model = open_model(tmp_path / "bert.zip", "bert.zip")
    logits = model.run({"text": np.array([row[2] for row in rows], dtype=object)}).scores
    assert logits is not None
    chance = 1 / (1 + np.exp(logits[:, 1] - logits[:, 0]))
    for group, mean in found.items():
        assert mean["value"] == pytest.approx(chance[[row[0] == group for row in rows]].mean(), abs=1e-6)


def test_a_hugging_face_folder_is_explained_by_its_words(tmp_path: Path) -> None:
    """The recommended method needs the network's slopes, in the sandbox too; its checks are made."""
    pytest.importorskip("transformers", reason="the text extra is not installed")
    texts = ("0,the good day", "1,a bad day", "1,the awful night", "0,nice people")
    rows = [f"{about},{text}" for about in "xy" for text in texts] * 15
    (tmp_path / "said.csv").write_text("\n".join(["about,hurtful,said", *rows]) + "\n")
    zipped(folder_of(tmp_path / "bert"), tmp_path / "bert.zip")
    plan(tmp_path, "bert.zip", "said", 'output = "logit"')
    assert main(["explain", str(tmp_path / "plan.toml"), "--out", str(tmp_path / "out")]) == 0
    found = json.loads((tmp_path / "out" / "attribution.json").read_text())
    assert found["method"] == "layer_integrated_gradients"
    assert {"day", "(other words)"} <= set(found["features"])
    assert found["checks"]["randomisation"]["state"] != "not_checkable"


def test_hostile_zips_and_columns_end_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("transformers", reason="the text extra is not installed")
    (tmp_path / "said.csv").write_text("about,hurtful,said\n" + "x,0,good\ny,1,bad\n" * 20)
    folder = folder_of(tmp_path / "bert")
    zipped(folder, tmp_path / "bert.zip")
    plan(tmp_path, "bert.zip", "sayd")
    assert main(["audit", str(tmp_path / "plan.toml"), "--out", str(tmp_path / "out")]) == 2
    assert 'no column "sayd", named as the one that holds the texts' in capsys.readouterr().err
    (folder / "modeling.py").write_text("open('/tmp/evil', 'w')")
    zipped(folder, tmp_path / "bert.zip")
    plan(tmp_path, "bert.zip", "said")
    assert main(["audit", str(tmp_path / "plan.toml"), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "brings code of its own" in said and said.count("\n") == 1
