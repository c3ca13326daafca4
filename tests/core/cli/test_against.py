"""`plumbline audit PLAN --against RECORD`: two models decide about the same people in one job."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from onnxruntime import InferenceSession
from onnxruntime.quantization import QuantType, quantize_dynamic
from scipy.stats import fisher_exact

from core.cli import main
from tests.worlds.models.smaller import half_precision, written_onnx

pytestmark = pytest.mark.jobs

FEATURES = [f"x{i}" for i in range(6)]
PLAN = f"""plumbline = 1
[data]
file = "people.csv"
label = "y"
favourable = 1
[decision]
model = "model.onnx"
features = {json.dumps(FEATURES)}
threshold = 0.5
[groups]
sensitive = ["g"]
reference = {{g = "b"}}
"""


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """Two groups; the features of "a" are small differences that coarse weights lose."""
    rng, n = np.random.default_rng(4), 1_600
    table = pd.DataFrame(rng.normal(size=(n, len(FEATURES))).round(4), columns=FEATURES)
    table["g"] = np.where(np.arange(n) % 4 == 0, "a", "b")
    table.loc[table.g == "a", FEATURES] *= 0.02
    table["y"] = (rng.random(n) < 0.5).astype(int)
    return table


@pytest.fixture
def folder(tmp_path: Path, people: pd.DataFrame) -> Path:
    people.to_csv(tmp_path / "people.csv", index=False)
    (tmp_path / "plan.toml").write_text(PLAN)
    written_onnx(tmp_path / "model.onnx", len(FEATURES))
    return tmp_path


def audited(folder: Path, out: str, *options: str) -> dict[str, Any]:
    code = main(["audit", str(folder / "plan.toml"), "--out", str(folder / out), *options])
    assert code == 0
    path = folder / out / "comparison.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def original(folder: Path) -> Path:
    """The folder of the original's audit, its model beside the record."""
    audited(folder, "original")
    (folder / "original" / "model.onnx").write_bytes((folder / "model.onnx").read_bytes())
    return folder / "original"


def decisions(path: Path, people: pd.DataFrame) -> np.ndarray[Any, Any]:
    scores = InferenceSession(path.read_bytes()).run(None, {"x": people[FEATURES].to_numpy(np.float32)})[0]
    return np.asarray(scores).reshape(-1) >= np.float32(0.5)


def test_int8_weights_against_their_original_flip_by_flip(
    folder: Path, people: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    record, small = original(folder), folder / "small.onnx"
    quantize_dynamic(folder / "model.onnx", small, weight_type=QuantType.QInt8)
    document = audited(folder, "out", "--model", str(small), "--against", str(record))
    before, after = decisions(folder / "model.onnx", people), decisions(small, people)
    flipped = before != after
    assert document["paired"] and 0 < flipped.sum() < len(people) / 4
    for row in (row for row in document["people"] if row["by"] == ["g"]):
        among = (people.g == row["group"]["g"]).to_numpy()
        assert row["n"] == among.sum()
        assert row["newly_selected"] == (among & ~before & after).sum()
        assert row["newly_refused"] == (among & before & ~after).sum()
    (first,) = [row for row in document["flips"] if row["group"] == {"g": "a"}]
    of_a, of_b = (flipped[(people.g == name).to_numpy()] for name in "ab")
    table = [[of_a.sum(), (~of_a).sum()], [of_b.sum(), (~of_b).sum()]]
    assert first["p_adjusted"] == pytest.approx(fisher_exact(table).pvalue, rel=1e-6)
    assert first["verdict"] == "more" and all(gap["paired"] for gap in document["gaps"])
    said = capsys.readouterr().out
    assert f"{flipped.sum()} of 1,600 decisions flip" in said
    assert "Chance hardly explains so many." in said
    again = json.loads((folder / "out" / "before" / "result.json").read_text())
    assert again["groups"] == json.loads((record / "result.json").read_text())["groups"]


def test_half_precision_against_its_original(folder: Path, people: pd.DataFrame) -> None:
    record = original(folder)
    half_precision(folder / "half.pt2", len(FEATURES))
    document = audited(folder, "out", "--model", str(folder / "half.pt2"), "--against", str(record))
    everybody = [row for row in document["people"] if row["by"] == ["g"]]
    assert sum(row["n"] for row in everybody) == len(people)
    assert sum(row["newly_selected"] + row["newly_refused"] for row in everybody) < len(people) / 20
    assert {"model", "versions"} >= {each["kind"] for each in document["differences"]}


def test_a_model_against_itself_flips_nothing_and_the_two_files_compare_paired_later(
    folder: Path, tmp_path: Path
) -> None:
    document = audited(folder, "out", "--against", str(original(folder)))
    assert {gap["verdict"] for gap in document["gaps"]} == {"same"}
    assert {row["flipped"] for row in document["flips"]} == {0}
    written_onnx(folder / "other.onnx", len(FEATURES), shift=0.3)
    made = audited(folder, "two", "--model", str(folder / "other.onnx"), "--against", str(folder / "original"))
    for first in ("original", "two/before"):
        assert main(["compare", str(folder / first), str(folder / "two"), "--out", str(folder / "later")]) == 0
        later = json.loads((folder / "later" / "comparison.json").read_text())
        assert later["gaps"] == made["gaps"] and later["flips"] == made["flips"] and later["paired"]
    assert audited(folder, "two") == {}, "its comparison was about the results that stood there before"


def test_other_people_are_asked_about_again_and_a_threshold_needs_no_model(
    folder: Path, people: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    table = people.assign(s=people.x0.round(1))
    table.to_csv(folder / "people.csv", index=False)
    table[:900].to_csv(folder / "earlier.csv", index=False)
    model = f'model = "model.onnx"\nfeatures = {json.dumps(FEATURES)}\nthreshold = 0.5'
    assert model in PLAN
    (folder / "plan.toml").write_text(PLAN.replace(model, 'score = "s"\nthreshold = 0.5'))
    audited(folder, "original", "--data", str(folder / "earlier.csv"))
    (folder / "plan.toml").write_text(PLAN.replace(model, 'score = "s"\nthreshold = 0.8'))
    document = audited(folder, "out", "--against", str(folder / "original" / "record.json"))
    lost = ((table.s >= 0.5) & (table.s < 0.8)).sum()
    assert sum(row["newly_refused"] for row in document["people"] if row["by"] == ["g"]) == lost
    assert "what decided there was asked again" in capsys.readouterr().out


def refused(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    capsys.readouterr()
    assert main(["audit", str(folder / "plan.toml"), "--out", str(folder / "out"), *options]) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1 and not (folder / "out").exists()
    return said.err


def test_what_a_pair_needs_is_said_before_a_job_is_started(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = original(folder)
    elsewhere = (record / "model.onnx").rename(folder / "elsewhere.onnx")
    written_onnx(folder / "model.onnx", len(FEATURES), shift=1.0)
    said = refused(folder, capsys, "--against", str(record))
    assert '"model.onnx", is not beside it' in said and "--against-model" in said
    other = refused(folder, capsys, "--against", str(record), "--against-model", str(folder / "model.onnx"))
    assert "is not the model of" in other and "its content differs" in other
    assert "Say with which record" in refused(folder, capsys, "--against-model", str(elsewhere))
    found = audited(folder, "out", "--against", str(record), "--against-model", str(elsewhere))
    assert found["paired"]


def test_people_who_weigh_differently_cannot_be_paired(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = original(folder)
    (folder / "plan.toml").write_text(PLAN.replace("favourable = 1\n", 'favourable = 1\nweight = "x0"\n', 1))
    assert "cannot pair two decisions yet" in refused(folder, capsys, "--against", str(record))
