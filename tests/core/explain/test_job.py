"""The job behind `plumbline explain`: two models, one person, and what of its files is refused."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import JobError, PlanError
from core.explain.explanation import Explanation
from core.explain.person.results import collect_person
from core.explain.results import read
from core.plan.plan import Plan
from core.record import Digests
from tests.worlds.explained_people import NETWORK, PEOPLE, PLAN, N
from tests.worlds.jobs.supervised import supervising
from tests.worlds.jobs.tampered import Tamper, change_array, change_json
from tests.worlds.models.hobby_network import network

pytestmark = pytest.mark.jobs

FAIRER = NETWORK.replace("net.pt2", "fairer.pt2")
# A woman without the hobby who was turned down, although her merit is above the middle.
ROW = int(np.flatnonzero((PEOPLE["gender"] == "Woman") & (PEOPLE["hobby"] == 0) & PEOPLE["merit"].between(0.5, 1))[0])


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The table, a model that leans on the hobby, and one that hardly does."""
    folder = tmp_path_factory.mktemp("inputs")
    PEOPLE.to_csv(folder / "people.csv", index=False)
    (folder / "net.pt2").write_bytes(network(0.5, 3.0))
    (folder / "fairer.pt2").write_bytes(network(0.5, 0.3))
    return {"table": folder / "people.csv", "model": folder / "net.pt2", "model_after": folder / "fairer.pt2"}


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory, inputs: dict[str, Path]) -> tuple[Path, Plan, Plan]:
    """What a job wrote of two models on the same people, and both plans."""
    folder = tmp_path_factory.mktemp("job")
    plan, after = (Plan.from_toml(PLAN.format(decision=decision)) for decision in (NETWORK, FAIRER))
    with supervising(folder / "work", program="core.jobs.job") as supervisor:
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
    return read(out, plan, after, N, Digests("0" * 64))


def test_after_the_repair_the_proxy_has_left_and_who_changed_is_listed(job: tuple[Path, Plan, Plan]) -> None:
    from core.explain.groups.importance_changes import moved, moved_sentence

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


def of_facts(**changes: Any) -> Tamper:
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
    job: tuple[Path, Plan, Plan], tmp_path: Path, tamper: Tamper
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
    assert person.features[person.by_weight()[0]] == "hobby"
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
    shutil.copytree(out, tmp_path / "out")
    change_json("person.json", lambda person: person.update(change))(tmp_path / "out")
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
    shutil.copytree(out, tmp_path / "out")
    change_json("person.json", lambda person: person["sides"][0].update(change))(tmp_path / "out")
    with pytest.raises(JobError):
        collect_person(tmp_path / "out", plan, ROW, 2)


def test_another_cut_off_moves_no_reason_and_changes_who_is_refused(tmp_path: Path, inputs: dict[str, Path]) -> None:
    plan = Plan.from_toml(PLAN.format(decision=NETWORK))
    after = Plan.from_toml(PLAN.format(decision=NETWORK + "\nthreshold = 0.8"))
    one = {name: inputs[name] for name in ("table", "model")}
    with supervising(tmp_path / "work", program="core.jobs.job") as supervisor:
        name = supervisor.submit("explain", {"plan": plan.to_toml(), "plan_after": after.to_toml()}, one)
        status = supervisor.wait(name, 120)
        assert status.state == "done", status
        found = collected(supervisor.output(name), plan, after)
    assert found.paired is not None and found.after is not None
    assert not found.paired.change.sums.any()
    assert found.after.n[:, 0].sum() > found.before.n[:, 0].sum()
    assert found.checks_after == found.checks and found.base[0] == found.base[1]
    assert all(not person.selected_after for person in found.changed)
