"""Fixes for models that look at images: thresholds for any, training for `.pt2`, and what is taken away works."""

import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper

from core import Plan, find_fixes
from core.cli import main
from core.metrics.words.naming.terms import Terms
from core.mitigate.effect.learned_from import learned_from
from core.mitigate.training import rows
from tests.worlds.image_worlds import PLAN, archive, brightness, table

pytestmark = pytest.mark.jobs

FIXED = f"""{PLAN}[mitigate]
goal = "demographic_parity"
at_most = 0.05
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text(table())
    (tmp_path / "images.zip").write_bytes(archive({"7.png": None}))
    brightness(tmp_path / "model.pt2")
    (tmp_path / "plan.toml").write_text(FIXED)
    return tmp_path


def brightness_onnx(path: Path) -> None:
    graph = helper.make_graph(
        [
            helper.make_node("ReduceMean", ["image"], ["mean"], axes=[1, 2, 3], keepdims=0),
            helper.make_node("Clip", ["mean"], ["p"]),
        ],
        "graph",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["rows", 3, 8, 8])],
        [helper.make_tensor_value_info("p", TensorProto.FLOAT, ["rows"])],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


def mitigated(folder: Path, name: str) -> dict[str, Any]:
    assert main(["mitigate", str(folder / "plan.toml"), "--with", name, "--out", str(folder / "out")]) == 0
    return dict(json.loads((folder / "out" / "comparison.json").read_text()))


def test_thresholds_close_a_gap_between_images(folder: Path) -> None:
    comparison = mitigated(folder, "thresholds")
    before = json.loads((folder / "out" / "before" / "result.json").read_text())
    assert before["rows"]["kept"] == sum(group["n"] for group in comparison["people"])
    assert any("1 image could not be used" in warning["text"] for warning in before["warnings"])
    assert main(["audit", str(folder / "out" / "after" / "plan.toml"), "--out", str(folder / "again")]) == 0
    again = json.loads((folder / "again" / "result.json").read_text())
    after = json.loads((folder / "out" / "after" / "result.json").read_text())
    assert again["rows"]["read"] == 240 and again["groups"] == after["groups"]


def test_a_model_of_images_is_trained_with_weights_and_taken_away(folder: Path) -> None:
    mitigated(folder, "reweighing")
    assert (folder / "out" / "model.pt2").read_bytes() != (folder / "model.pt2").read_bytes()
    assert main(["audit", str(folder / "out" / "after" / "plan.toml"), "--out", str(folder / "again")]) == 0
    result = json.loads((folder / "again" / "result.json").read_text())
    assert result["provenance"]["images_sha256"]
    scores = [group["metrics"]["mean_score"]["value"] for group in result["groups"]]
    assert np.ptp(scores) > 0.1  # it still reads the images


def test_training_needs_a_pt2_and_says_so_beside_the_weights(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    brightness_onnx(folder / "model.onnx")
    (folder / "plan.toml").write_text(FIXED.replace("model.pt2", "model.onnx"))
    assert main(["mitigate", str(folder / "plan.toml"), "--with", "reweighing", "--out", str(folder / "out")]) == 0
    assert "is trained here only as a Hugging Face folder or a .pt2 file" in capsys.readouterr().out
    assert [path.name for path in (folder / "out").iterdir()] == ["weights.csv"]


def test_trainings_beside_each_other_give_what_they_give_one_after_another(folder: Path) -> None:
    told: set[str] = set()

    def losses(threads: int) -> list[Any]:
        torch.set_num_threads(threads)
        found = find_fixes(
            Plan.load(folder / "plan.toml"),
            ways=["fairness_loss"],
            progress=lambda *_: told.add(threading.current_thread().name),
        ).found
        return [(each.id, each.facts, each.decided.counts["report"].n.tolist()) for each in found.proposals]

    before = torch.get_num_threads()
    try:
        alone, beside = losses(1), losses(3)
    finally:
        torch.set_num_threads(before)
    assert alone == beside and len(alone) == 7
    assert told == {threading.current_thread().name}


def test_of_more_images_than_can_be_held_some_are_drawn_and_it_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trained() -> tuple[str, int, float]:
        found = find_fixes(Plan.load(folder / "plan.toml"), ways=["reweighing"])
        (fix,) = (fix for fix in found.fixes if fix.gives_weights)
        said = learned_from(fix, Terms.of(fix.decided.plan))
        return said, fix.decided.counts["fit"].people, (found.found.named("retrained").facts or {})["loss_after"]

    most = 60
    said, fit, loss = trained()
    assert fit > most and said == f"Trained on all {fit} images set aside for it."
    monkeypatch.setattr(rows, "MOST_IMAGE_BYTES", most * 3 * 8 * 8 * 4)
    said, _, other = trained()
    assert said == f"Trained on {most} of the {fit} images set aside for it, drawn by their content."
    assert other != loss


def test_the_same_people_are_drawn_in_any_order_of_rows_and_of_every_range_of_their_hashes() -> None:
    hashes = np.random.default_rng(1).integers(0, 2**64, 10_000, dtype=np.uint64)
    chosen = hashes < np.uint64(2**63)
    few = rows.drawn(chosen, hashes, 1_000)
    assert few.sum() == 1_000 and not (few & ~chosen).any()
    assert (rows.drawn(chosen[::-1], hashes[::-1], 1_000)[::-1] == few).all()
    lower = (hashes[few] < np.uint64(2**62)).sum()
    assert 430 < lower < 570
