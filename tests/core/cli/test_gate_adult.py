"""The gate on the Adult test set and a public model: unchanged it passes, worse it fails, noise hardly ever does."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from core.cli import main
from core.engine.earlier_record import open_record
from core.record import AuditRecord
from core.record.gated import gate_record

pytestmark = pytest.mark.jobs
PLAN = """plumbline = 1
[data]
file = "adult_test.csv"
label = "income"
favourable = ">50K"
[decision]
model = "adult.onnx"
threshold = 0.5
[groups]
sensitive = ["sex", "race"]
intersections = 1
[policy]
limits = [{measure = "statistical_parity_difference", most = 0.25}]
"""
# The coefficients of the two classes lie one behind the other; before sex come five numbers and 58 other categories.
FEATURES, FEMALE = 107, 63


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Path:
    """A plan with its table and model, the model again with women's scores lowered, and the audit of the first."""
    here = tmp_path_factory.mktemp("adult")
    (here / "plan.toml").write_text(PLAN)
    (here / "adult_test.csv").symlink_to(shared / "models" / "adult" / "adult_test.csv")
    content = (shared / "models" / "adult" / "adult_lr_rawcolumns.onnx").read_bytes()
    (here / "adult.onnx").write_bytes(content)
    worse = onnx.load_from_string(content)
    (classifier,) = [node for node in worse.graph.node if node.op_type == "LinearClassifier"]
    (weights,) = [each for each in classifier.attribute if each.name == "coefficients"]
    assert len(weights.floats) == 2 * FEATURES
    weights.floats[FEMALE] += 0.5
    weights.floats[FEATURES + FEMALE] -= 0.5
    onnx.save(worse, here / "worse.onnx")
    assert main(["audit", str(here / "plan.toml"), "--out", str(here / "before")]) == 0
    return here


def gate(folder: Path, *options: str) -> int:
    return main(["gate", str(folder / "plan.toml"), "--against", str(folder / "before"), *options])


def test_unchanged_it_passes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert gate(folder, "--strict") == 0
    said = capsys.readouterr().out
    assert said.startswith("PASSED: of 10 gated gaps none got worse by more than chance explains.\n")
    assert "PASSED women against men, disparate_impact: 0.30 before, 0.30 now." in said
    assert "PASSED women against men, statistical_parity_difference" in said


def test_worse_it_fails_on_the_same_people(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert gate(folder, "--model", str(folder / "worse.onnx")) == 1
    said = capsys.readouterr().out
    assert said.startswith("FAILED: of 10 gated gaps ") and "Both decided about the same people" in said
    assert "FAILED women against men, disparate_impact: 0.30 before" in said


def test_a_broken_table_or_model_ends_with_2(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x00\x01\xff not a file that anybody wrote")
    assert gate(folder, "--data", str(broken)) == gate(folder, "--model", str(broken)) == 2


def test_noise_of_the_same_size_passes(folder: Path) -> None:
    record, rng = open_record(folder / "before"), np.random.default_rng(1996)
    found = Counter(gate_record(again(record, rng), record).outcome for _ in range(200))
    assert found["failed"] <= 10


def again(record: AuditRecord, rng: np.random.Generator) -> AuditRecord:
    """As many people of the same population, drawn anew."""
    n = record.counts.n
    drawn = rng.multinomial(record.counts.people, (n / n.sum()).ravel()).reshape(n.shape)
    counts = replace(record.counts, n=drawn)
    return replace(record, counts=counts, provenance=replace(record.provenance, data_sha256="e" * 64))
