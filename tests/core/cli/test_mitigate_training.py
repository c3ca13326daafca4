"""`plumbline mitigate` with training: weights, a price on the gap, stand-ins, and models that people have."""

import csv
import io
import json
import warnings
from collections import Counter
from pathlib import Path

import pytest

from tests.worlds.jobs.forked import short_trainings
from tests.worlds.mitigated_people import PEOPLE, PLAN, audited, fixed, gap, rate
from tests.worlds.mitigated_people import folder as folder

pytestmark = pytest.mark.jobs
ROUNDS = 10


@pytest.fixture
def network(folder: Path) -> Path:
    """The folder with a plan that audits a `.pt2` file."""
    import torch

    from core.models.export import save_pt2

    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1), torch.nn.Sigmoid())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns about its own parts while it exports
        save_pt2(net, 2, folder / "net.pt2")
    (folder / "plan.toml").write_text(PLAN.format(decision='model = "net.pt2"\nfeatures = ["x1", "x2"]'))
    return folder


@pytest.fixture
def pipeline(folder: Path) -> Path:
    """The folder with a plan that audits a skops file."""
    import skops.io
    from sklearn.compose import make_column_transformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    columns = make_column_transformer((StandardScaler(), ["x1", "x2"]), (OneHotEncoder(), ["job"]))
    fitted = make_pipeline(columns, LogisticRegression()).fit(PEOPLE[["x1", "x2", "job"]], PEOPLE["y"])
    skops.io.dump(fitted, folder / "model.skops")
    (folder / "plan.toml").write_text(PLAN.format(decision='model = "model.skops"'))
    return folder


@pytest.mark.process
def test_reweighing_fits_a_pipeline_again_and_shows_what_the_weights_did(pipeline: Path) -> None:
    written = fixed(pipeline, "reweighing")
    compared = written["comparison.json"]
    assert gap(written["after/result.json"]) < gap(written["before/result.json"])
    (change,) = (
        g for g in compared["retrained"] if g["measure"] == "statistical_parity_difference" and g["by"] == ["g"]
    )
    assert change["paired"] and abs(change["after"]) < abs(change["before"])
    weights = list(csv.DictReader(io.StringIO((pipeline / "out" / "weights.csv").read_text())))
    assert sum(int(w["people"]) for w in weights) == compared["parts"]["fit"]
    assert [float(w["weight"]) for w in weights] == pytest.approx(expected_weights(weights), abs=1e-12)
    again = audited(pipeline, pipeline / "out" / "after" / "plan.toml")
    assert again["provenance"]["model_sha256"] == written["after/result.json"]["provenance"]["model_sha256"]
    assert gap(again) == gap(written["after/result.json"])


def expected_weights(table: list[dict[str, str]]) -> list[float]:
    """n_g * n_y / (n * n_gy), from the people of the table itself."""
    n = [int(row["people"]) for row in table]
    alike: dict[str, Counter[str]] = {"g": Counter(), "outcome": Counter()}
    for row, size in zip(table, n, strict=True):
        for key, totals in alike.items():
            totals[row[key]] += size
    return [alike["g"][r["g"]] * alike["outcome"][r["outcome"]] / (sum(n) * k) for r, k in zip(table, n, strict=True)]


def test_fine_tuning_with_a_price_on_the_gap(network: Path) -> None:
    with short_trainings(ROUNDS):
        written = fixed(network, "fairness_loss")
        second = fixed(network, "fairness_loss", "twice")["after/result.json"]
    compared = written["comparison.json"]
    assert compared["picked"].startswith("fairness_loss_") and len(compared["choose"]) == 6
    assert compared["trained_on"] == f"Trained on all {compared['parts']['fit']} people set aside for it."
    best = min(compared["choose"], key=lambda at: at["gap"])
    assert {at["id"]: at["gap"] for at in compared["choose"]}[compared["picked"]] <= max(0.02, best["gap"])
    (change,) = (
        g for g in compared["retrained"] if g["measure"] == "statistical_parity_difference" and g["by"] == ["g"]
    )
    assert abs(change["after"]) < 0.5 * abs(change["before"])
    again = audited(network, network / "out" / "after" / "plan.toml")
    assert again["provenance"]["model_sha256"] == written["after/result.json"]["provenance"]["model_sha256"]
    first = (network / "out" / "after" / "result.json").read_text()
    assert json.loads(first)["groups"] == second["groups"]


def test_weights_for_a_model_that_cannot_be_trained_come_with_a_stand_in(folder: Path) -> None:
    written = fixed(folder, "reweighing")
    compared = written["comparison.json"]
    assert compared["is_stand_in"] is True and any("stand-in" in warning for warning in compared["warnings"])
    assert (folder / "out" / "stand-in.skops").is_file() and not (folder / "out" / "model.skops").exists()
    assert gap(audited(folder, folder / "out" / "after" / "plan.toml")) == gap(written["after/result.json"])


def test_a_stand_in_selects_those_it_finds_good_where_the_good_outcome_is_called_0(folder: Path) -> None:
    PEOPLE.assign(y=1 - PEOPLE["y"]).to_csv(folder / "people.csv", index=False)
    plan = (folder / "plan.toml").read_text().replace("favourable = 1", "favourable = 0")
    (folder / "plan.toml").write_text(plan)
    turned = fixed(folder, "reweighing")
    right, people = rate(turned["after/result.json"], "a", "accuracy")
    assert right > 0.7 * people
    assert not any(
        "Which of them is good?" in w["text"] for w in audited(folder, folder / "out/after/plan.toml")["warnings"]
    )


def test_a_stand_in_learns_from_numbers_alone_and_says_of_whose(folder: Path) -> None:
    known = PEOPLE["y"].astype(str).where(PEOPLE.index % 10 != 3, "")
    PEOPLE.drop(columns="job").assign(y=known).to_csv(folder / "people.csv", index=False)
    written = fixed(folder, "reweighing")
    weights = list(csv.DictReader(io.StringIO((folder / "out" / "weights.csv").read_text())))
    people, fit = sum(int(row["people"]) for row in weights), written["comparison.json"]["parts"]["fit"]
    words = f"Trained on the {people} of {fit:,} people set aside for it whose outcome is known."
    assert people < fit and written["comparison.json"]["trained_on"] == words
    assert gap(written["after/result.json"]) < gap(written["before/result.json"])
    assert gap(audited(folder, folder / "out" / "after" / "plan.toml")) == gap(written["after/result.json"])


@pytest.mark.parametrize(
    ("model", "file"), [("adult_lr.skops", "model.skops"), ("adult_gbt_rawcolumns.onnx", "stand-in.skops")]
)
def test_reweighing_models_that_people_have(shared: Path, tmp_path: Path, model: str, file: str) -> None:
    adult = shared / "models" / "adult"
    text = f"""plumbline = 1
[data]
file = "{adult / "adult_test.csv"}"
label = "income"
favourable = ">50K"
[decision]
model = "{adult / model}"
[groups]
sensitive = ["sex"]
[mitigate]
goal = "demographic_parity"
"""
    (tmp_path / "plan.toml").write_text(text)
    written = fixed(tmp_path, "reweighing")
    (change,) = (g for g in written["comparison.json"]["retrained"] if g["measure"] == "statistical_parity_difference")
    assert abs(change["after"]) < 0.75 * abs(change["before"]) and change["verdict"] == "better"
    assert (tmp_path / "out" / file).is_file() and (tmp_path / "out" / "weights.csv").is_file()
