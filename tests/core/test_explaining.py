"""`plumbline explain` and the job behind it: what it finds, what it writes, and what of a job is refused."""

import json
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.cli import main
from core.collect_explanation import collect_explanation, collect_person
from core.errors import JobError, PlanError
from core.explanation import Explanation
from core.plan import Plan
from tests.core.supervised import supervising

pytestmark = pytest.mark.jobs

PLAN = """plumbline = 1
[data]
file = "people.csv"
[decision]
{decision}
[groups]
sensitive = ["gender", "town"]
"""
NETWORK = 'model = "net.pt2"\nfeatures = ["merit", "hobby", "noise"]'
FAIRER = NETWORK.replace("net.pt2", "fairer.pt2")
DRAW = np.random.default_rng(3)
N = 600


def people() -> pd.DataFrame:
    """A hobby that goes along with gender and with nothing that matters."""
    gender = DRAW.choice(["Woman", "Man"], N)
    return pd.DataFrame(
        {
            "gender": gender,
            "town": DRAW.choice(["North", "South"], N),
            "merit": DRAW.normal(0, 1, N).round(3),
            "hobby": np.where(DRAW.random(N) < 0.9, gender == "Man", gender != "Man").astype(int),
            "noise": DRAW.normal(0, 1, N).round(3),
        }
    )


PEOPLE = people()
# A woman without the hobby who was turned down, although her merit is above the middle.
ROW = int(np.flatnonzero((PEOPLE["gender"] == "Woman") & (PEOPLE["hobby"] == 0) & PEOPLE["merit"].between(0.5, 1))[0])


def save_network(path: Path, weights: list[float]) -> None:
    """A model that weighs merit, hobby and noise so."""
    import torch

    from core.models.export import save_pt2

    layer = torch.nn.Linear(3, 1)
    layer.weight.data, layer.bias.data = torch.tensor([weights]), torch.tensor([-weights[1] / 2])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns about its own parts while it exports
        save_pt2(torch.nn.Sequential(layer, torch.nn.Sigmoid()), 3, path)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    save_network(folder / "net.pt2", [0.5, 3.0, 0.0])
    save_network(folder / "fairer.pt2", [0.5, 0.3, 0.0])
    return folder


@pytest.fixture
def folder(tmp_path: Path, models: Path) -> Path:
    shutil.copytree(models, tmp_path, dirs_exist_ok=True)
    PEOPLE.to_csv(tmp_path / "people.csv", index=False)
    (tmp_path / "plan.toml").write_text(PLAN.format(decision=NETWORK))
    return tmp_path


def explained(folder: Path, *options: str) -> dict[str, Any]:
    assert main(["explain", str(folder / "plan.toml"), "--out", str(folder / "out"), *options]) == 0
    return dict(json.loads((folder / "out" / "attribution.json").read_text()))


def rows_of(found: dict[str, Any], selected: bool | None, **group: str) -> dict[str, Any]:
    (row,) = (g for g in found["groups"] if g["group"] == group and g["selected"] is selected)
    return dict(row)


@pytest.mark.parametrize("method", [None, "shapley_sampling"])
def test_a_planted_proxy_is_what_most_rests_on_and_is_marked(folder: Path, method: str | None) -> None:
    found = explained(folder, *([] if method is None else ["--method", method]))
    assert found["method"] == (method or "integrated_gradients")
    for gender, sign in (("Woman", -1), ("Man", 1)):
        row = rows_of(found, None, gender=gender)
        assert max(zip(row["share"], found["features"], strict=True))[1] == "hobby"
        assert row["low"][1] <= row["mean"][1] <= row["high"][1] and sign * row["mean"][1] > 0.2
        assert row["n"] == int((PEOPLE["gender"] == gender).sum())
    along = dict(zip(found["features"], found["goes_along_with"]["gender"], strict=True))
    assert along["hobby"] > 0.7 and along["merit"] < 0.2 and along["noise"] < 0.2


def test_a_model_that_only_answers_is_explained_by_whole_columns(folder: Path) -> None:
    import skops.io
    from sklearn.compose import make_column_transformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    club = np.where(PEOPLE["hobby"] == 1, DRAW.choice(["chess", "darts"], N), DRAW.choice(["bridge", "go"], N))
    table = PEOPLE.assign(club=club)
    table.to_csv(folder / "people.csv", index=False)
    columns = make_column_transformer((OneHotEncoder(), ["club"]), remainder="passthrough")
    outcome = (table["hobby"] + 0.2 * table["merit"] > 0.5).astype(int)
    fitted = make_pipeline(columns, LogisticRegression()).fit(table[["merit", "club"]], outcome)
    skops.io.dump(fitted, folder / "model.skops")
    (folder / "plan.toml").write_text(PLAN.format(decision='model = "model.skops"'))
    found = explained(folder)
    assert found["method"] == "shapley_sampling" and sorted(found["features"]) == ["club", "merit"]
    row = rows_of(found, None, gender="Woman")
    assert row["share"][found["features"].index("club")] > 0.7


def test_values_of_a_group_add_up_to_its_mean_score_less_the_base(folder: Path) -> None:
    found = explained(folder)
    scores = 1 / (1 + np.exp(-(0.5 * PEOPLE["merit"] + 3 * PEOPLE["hobby"] - 1.5)))
    for gender in ("Woman", "Man"):
        row = rows_of(found, None, gender=gender)
        assert sum(row["mean"]) + found["base"] == pytest.approx(scores[PEOPLE["gender"] == gender].mean(), abs=1e-3)
        refused = rows_of(found, False, gender=gender)
        assert refused["n"] == int((scores[PEOPLE["gender"] == gender] < 0.5).sum())


def test_the_order_of_rows_changes_nothing(folder: Path) -> None:
    first = explained(folder)
    PEOPLE.sample(frac=1, random_state=1).to_csv(folder / "people.csv", index=False)
    again = explained(folder)
    for one, other in zip(first["groups"], again["groups"], strict=True):
        assert one["group"] == other["group"] and one["n"] == other["n"]
        np.testing.assert_allclose(
            np.asarray(one["mean"], dtype=float), np.asarray(other["mean"], dtype=float), atol=1e-6
        )


@pytest.mark.parametrize(
    ("decision", "method", "said"),
    [
        (NETWORK, "magic", 'no explainer named "magic"; known are integrated_gradients'),
        ('score = "merit"\nthreshold = 0', None, "a column cannot be asked why"),
        (NETWORK.replace("net", "gone"), None, "gone.pt2 is not there"),
        (NETWORK.replace("noise", "noises"), None, "noises"),
    ],
)
def test_bad_input_is_refused_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], decision: str, method: str | None, said: str
) -> None:
    (folder / "plan.toml").write_text(PLAN.format(decision=decision))
    options = [] if method is None else ["--method", method]
    assert main(["explain", str(folder / "plan.toml"), "--out", str(folder / "out"), *options]) == 2
    shown = capsys.readouterr()
    assert shown.err.count("\n") == 1 and "Traceback" not in shown.err and said in shown.err
    assert not (folder / "out").exists()


def test_a_method_that_needs_gradients_is_refused_for_a_model_without(folder: Path) -> None:
    import skops.io
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression().fit(PEOPLE[["merit", "hobby"]], PEOPLE["hobby"])
    skops.io.dump(fitted, folder / "model.skops")
    (folder / "plan.toml").write_text(PLAN.format(decision='model = "model.skops"'))
    assert main(["explain", str(folder / "plan.toml"), "--method", "saliency", "--out", str(folder / "out")]) == 2


# ---------------------------------------------------------------- two models, and the job's files


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory, models: Path) -> tuple[Path, Plan, Plan]:
    """What a job wrote of two models on the same people, and both plans."""
    folder = tmp_path_factory.mktemp("job")
    PEOPLE.to_csv(folder / "people.csv", index=False)
    plan, after = (Plan.from_toml(PLAN.format(decision=decision)) for decision in (NETWORK, FAIRER))
    inputs = {"table": folder / "people.csv", "model": models / "net.pt2", "model_after": models / "fairer.pt2"}
    with supervising(folder / "work", program="core.job") as supervisor:
        name = supervisor.submit("explain", {"plan": plan.to_toml(), "plan_after": after.to_toml()}, inputs)
        status = supervisor.wait(name, 120)
        assert status.state == "done", status
        shutil.copytree(supervisor.output(name), folder / "kept" / "out")
        request = {"plan": plan.to_toml(), "plan_after": after.to_toml(), "row": ROW, "unchangeable": ["noise"]}
        name = supervisor.submit("explain_person", request, inputs)
        status = supervisor.wait(name, 120)
        assert status.state == "done", status
        shutil.copy(supervisor.output(name) / "person.json", folder / "kept" / "out")
    return folder / "kept" / "out", plan, after


def collected(out: Path, plan: Plan, after: Plan | None) -> Explanation:
    return collect_explanation(out, plan, after, N, "0" * 64, None)


def test_after_the_repair_the_proxy_has_left_and_who_changed_is_listed(job: tuple[Path, Plan, Plan]) -> None:
    from core.explain.moved import moved, moved_sentence

    found = collected(*job)
    assert found.paired is not None and found.after is not None
    first = next(m for m in moved(found.paired, ("gender",), False, 0.95) if m.group["gender"] == "Woman")
    assert first.feature == "hobby" and first.verdict == "less" and first.high is not None and first.high < 0.3
    assert "relied on “hobby”" in moved_sentence(first)
    before, after = (
        1 / (1 + np.exp(-(0.5 * PEOPLE["merit"] + w * (PEOPLE["hobby"] - 0.5)))).to_numpy() for w in (3.0, 0.3)
    )
    changed = np.flatnonzero((before >= 0.5) != (after >= 0.5))
    assert 0 < len(found.changed) <= min(50, len(changed))
    assert {person.row for person in found.changed} <= set(changed.tolist())
    sizes = [abs(person.score_after - person.score_before) for person in found.changed]
    assert sizes == sorted(sizes, reverse=True)
    for person in found.changed:
        assert person.group["gender"] == PEOPLE["gender"][person.row]
        assert person.score_before == pytest.approx(before[person.row], abs=1e-6)
        assert person.selected_after == (after[person.row] >= 0.5)


def change_array(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Path], None]:
    return lambda out: np.save(out / name, change(np.load(out / name)))


def change_json(name: str, change: Callable[[Any], None]) -> Callable[[Path], None]:
    def tamper(out: Path) -> None:
        document = json.loads((out / name).read_text())
        change(document)
        (out / name).write_text(json.dumps(document))

    return tamper


def of_facts(**changes: Any) -> Callable[[Path], None]:
    return change_json("explanation.json", lambda facts: facts.update(changes))


@pytest.mark.parametrize(
    "tamper",
    [
        change_array("before_n.npy", lambda n: n + 1),
        change_array("before_n.npy", lambda n: -n),
        change_array("before_n.npy", lambda n: n.astype(np.float64)),
        change_array("before_sums.npy", lambda s: s * np.nan),
        change_array("before_sums.npy", lambda s: s[:, :, :, :1]),
        change_array("before_sums.npy", lambda s: s * np.asarray([10.0, 1.0, 1.0])[:, None, None, None]),
        change_array("before_sums.npy", lambda s: s * np.asarray([1.0, 10.0, 1.0])[:, None, None, None]),
        change_array("after_sums.npy", lambda s: s * 2),
        change_array("paired_change_sums.npy", lambda s: s * 0),
        change_array("paired_before_n.npy", lambda n: n[:, ::-1]),
        change_array("paired_products.npy", lambda p: p * 100),
        change_array("paired_products.npy", lambda p: p[0]),
        of_facts(method="magic"),
        of_facts(kept=N + 1),
        of_facts(kept=1),
        of_facts(features=["merit", "merit", "noise"]),
        of_facts(features=[]),
        of_facts(base=[0.5]),
        of_facts(base=[0.5, 7]),
        of_facts(proxies={"town": [0, 0, 0]}),
        of_facts(proxies={"gender": [0, 0, 2], "town": [0, 0, 0]}),
        change_json("explanation.json", lambda facts: facts["checks"][0][1].update(state="passed", value=None)),
        change_json("explanation.json", lambda facts: facts["checks"][0][1].update(name="magic")),
        change_json("explanation.json", lambda facts: facts["checks"][0][1].update(state="splendid")),
        change_json("explanation.json", lambda facts: facts["checks"][1].pop()),
        of_facts(checks=[]),
        change_json("explanation.json", lambda facts: facts["groups"].update(attributes=["gender", "z"])),
        change_json("changed.json", lambda people: people.append(people[0])),
        change_json("changed.json", lambda people: people[0].update(row=N)),
        change_json("changed.json", lambda people: people[0].update(cell=-1)),
        change_json("changed.json", lambda people: people[0].update(score_after=3)),
        lambda out: (out / "explanation.json").unlink(),
        lambda out: (out / "paired_products.npy").unlink(),
    ],
)
def test_files_that_do_not_fit_together_are_refused(
    job: tuple[Path, Plan, Plan], tmp_path: Path, tamper: Callable[[Path], None]
) -> None:
    out, plan, after = job
    shutil.copytree(out, tmp_path / "out")
    tamper(tmp_path / "out")
    with pytest.raises((JobError, PlanError)):
        collected(tmp_path / "out", plan, after)


# ---------------------------------------------------------------- one person


def score(merit: float, hobby: float, weight: float) -> float:
    return float(1 / (1 + np.exp(-(0.5 * merit + weight * (hobby - 0.5)))))


def test_a_person_sees_the_decision_the_reasons_and_the_smallest_changes_that_turn_it(
    job: tuple[Path, Plan, Plan],
) -> None:
    out, plan, _ = job
    person = collect_person(out, plan, ROW, 2)
    them = PEOPLE.iloc[ROW]
    assert person.group == {"gender": "Woman", "town": them["town"]}
    assert dict(zip(person.features, person.cells, strict=True))["merit"] == f"{them['merit']:g}"
    before, after = person.sides
    assert (before.selected, after.selected) == (False, True)
    for side, weight in ((before, 3.0), (after, 0.3)):
        assert side.score == pytest.approx(score(them["merit"], 0, weight), abs=1e-6)
        assert sum(side.values) == pytest.approx(side.score - side.base, abs=1e-3)
        assert side.changes
        for change in side.changes:
            cells = {**them.to_dict(), **{c: float(text) for c, text in zip(change.columns, change.then, strict=True)}}
            turned = score(cells["merit"], cells["hobby"], weight)
            assert change.score == pytest.approx(turned, abs=1e-6) and (turned >= 0.5) != side.selected
    assert person.features[person.by_weight(0)[0]] == "hobby"
    (taken_up,) = (c for c in before.changes if c.columns == ("hobby",))
    assert (taken_up.now, taken_up.then) == (("0",), ("1",))
    assert not any({"noise", "gender", "town"} & set(c.columns) for side in person.sides for c in side.changes)
    (down,) = (c for c in after.changes if c.columns == ("merit",))
    nearest = PEOPLE["merit"][PEOPLE["merit"] < 0.3].max()
    assert nearest - 0.1 < float(down.then[0]) <= nearest


@pytest.mark.parametrize(
    "change",
    [
        {"row": 1},
        {"features": ["merit"]},
        {"cells": ["1"]},
        {"cells": ["x" * 20_000] * 3},
        {"group": {"gender": "Woman"}},
        {"sides": []},
    ],
)
def test_a_person_that_does_not_fit_is_refused(
    job: tuple[Path, Plan, Plan], tmp_path: Path, change: dict[str, Any]
) -> None:
    out, plan, _ = job
    (tmp_path / "out").mkdir()
    document = json.loads((out / "person.json").read_text())
    (tmp_path / "out" / "person.json").write_text(json.dumps({**document, **change}))
    with pytest.raises(JobError):
        collect_person(tmp_path / "out", plan, ROW, 2)


@pytest.mark.parametrize(
    "change",
    [
        {"score": 2},
        {"values": [0.1]},
        {"spread": [-1, 0, 0]},
        {"changes": [{"columns": ["gender"], "now": ["Woman"], "then": ["Man"], "score": 0.6}]},
        {"changes": [{"columns": ["merit"], "now": ["1"], "then": ["2", "3"], "score": 0.6}]},
        {"changes": [{"columns": ["merit"], "now": ["1"], "then": ["2"], "score": 6}]},
    ],
)
def test_a_side_of_a_person_that_does_not_fit_is_refused(
    job: tuple[Path, Plan, Plan], tmp_path: Path, change: dict[str, Any]
) -> None:
    out, plan, _ = job
    (tmp_path / "out").mkdir()
    document = json.loads((out / "person.json").read_text())
    document["sides"][0].update(change)
    (tmp_path / "out" / "person.json").write_text(json.dumps(document))
    with pytest.raises(JobError):
        collect_person(tmp_path / "out", plan, ROW, 2)


def test_another_cut_off_moves_no_reason_and_changes_who_is_refused(folder: Path) -> None:
    plan = Plan.from_toml(PLAN.format(decision=NETWORK))
    after = Plan.from_toml(PLAN.format(decision=NETWORK + "\nthreshold = 0.8"))
    with supervising(folder / "work", program="core.job") as supervisor:
        inputs = {"table": folder / "people.csv", "model": folder / "net.pt2"}
        name = supervisor.submit("explain", {"plan": plan.to_toml(), "plan_after": after.to_toml()}, inputs)
        status = supervisor.wait(name, 120)
        assert status.state == "done", status
        found = collected(supervisor.output(name), plan, after)
    assert found.paired is not None and found.after is not None
    assert not found.paired.change.sums.any()
    assert found.after.n[:, 0].sum() > found.before.n[:, 0].sum()
    assert found.checks_after == found.checks and found.base[0] == found.base[1]
    assert all(not person.selected_after for person in found.changed)
