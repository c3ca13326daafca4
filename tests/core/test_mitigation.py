"""`plumbline mitigate` and the job behind it: honest parts, what is written, what is taken away, what is refused."""

import csv
import io
import json
import re
import shutil
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from core.cli import main
from core.cli_mitigate import Files, mitigated
from core.collect_mitigation import collect_mitigation
from core.command_files import sha256
from core.compare import Direction
from core.errors import JobError, PlanError
from core.fix_effect import effect
from core.fix_places import places
from core.fixes import offer
from core.intervals import z_value
from core.mitigate.goals import price
from core.mitigate.mitigations import MITIGATIONS
from core.mitigate.settings import Settings
from core.mitigated import Mitigated
from core.plan import Plan
from core.record import AuditRecord
from core.rules import confusion
from core.stated_rule import stated_rule
from tests.core.supervised import supervising

pytestmark = pytest.mark.jobs

PLAN = """plumbline = 1
[data]
file = "people.csv"
label = "y"
favourable = 1
[decision]
{decision}
[groups]
sensitive = ["g", "h"]
intersections = 1
[mitigate]
goal = "demographic_parity"
at_most = 0.02
"""
SCORE = 'score = "s"\nthreshold = 0.5'
DRAW = np.random.default_rng(11)


def people(n: int = 1500) -> pd.DataFrame:
    """Group b has the good outcome less often, and lower scores still; h has nothing to do with anything."""
    group = DRAW.choice(["a", "b"], n, p=[0.6, 0.4])
    merit = DRAW.normal(0, 1, n)
    seen = merit - 0.8 * (group == "b") + DRAW.normal(0, 0.4, n)
    return pd.DataFrame(
        {
            "g": group,
            "h": DRAW.choice(["x", "y"], n),
            "y": (merit + DRAW.normal(0, 0.5, n) > 0.7 * (group == "b")).astype(int),
            "s": (1 / (1 + np.exp(-2 * seen))).round(2),
            "x1": seen.round(4),
            "x2": (group == "b").astype(int),
            "job": DRAW.choice(["clerk", "nurse"], n),
        }
    )


PEOPLE = people()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    PEOPLE.to_csv(tmp_path / "people.csv", index=False)
    (tmp_path / "plan.toml").write_text(PLAN.format(decision=SCORE))
    return tmp_path


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


def fixed(folder: Path, name: str, out: str = "out") -> dict[str, Any]:
    """What the command writes: every JSON by its path in the folder."""
    assert main(["mitigate", str(folder / "plan.toml"), "--with", name, "--out", str(folder / out)]) == 0
    found = {str(path.relative_to(folder / out)): path for path in (folder / out).rglob("*.json")}
    return {name: json.loads(path.read_text()) for name, path in found.items()}


def rate(result: dict[str, Any], group: str, metric: str = "selection_rate") -> tuple[int, int]:
    (found,) = (g for g in result["groups"] if g["group"] == {"g": group})
    return found["metrics"][metric]["numerator"], found["metrics"][metric]["denominator"]


def gap(result: dict[str, Any]) -> float:
    (a, n), (b, m) = (rate(result, group) for group in "ab")
    return abs(a / n - b / m)


def audited(folder: Path, plan: Path) -> dict[str, Any]:
    assert main(["audit", str(plan), "--out", str(folder / "again")]) == 0
    return dict(json.loads((folder / "again" / "result.json").read_text()))


# ---------------------------------------------------------------- thresholds


def test_thresholds_close_the_gap_on_people_they_were_not_fitted_on(folder: Path) -> None:
    written = fixed(folder, "thresholds")
    before, after, compared = (written[n] for n in ("before/result.json", "after/result.json", "comparison.json"))
    assert compared["parts"]["report"] == before["rows"]["kept"] == after["rows"]["kept"] == pytest.approx(750, abs=6)
    assert sum(compared["parts"].values()) == len(PEOPLE)
    assert gap(before) > 0.2 > 0.1 > gap(after)
    assert compared["fit"]["gap"] <= 0.02
    (change,) = (g for g in compared["gaps"] if g["measure"] == "statistical_parity_difference" and g["by"] == ["g"])
    assert change["paired"] and change["verdict"] == "better"
    assert change["change"] == pytest.approx(change["after"] - change["before"])
    assert before["aif360"]["agrees"] and after["aif360"]["agrees"]
    assert compared["needs_attribute"] is True
    told = compared["goal"]
    assert told["kept"] in ("met", "unclear") and told["low"] <= told["gap"] <= told["high"] and told["said"]
    assert [AuditRecord.from_json(written[f"{when}/record.json"]).digest for when in ("before", "after")] == [
        compared["before"],
        compared["after"],
    ]
    assert written["after/record.json"]["parent"] == compared["before"]


def test_the_plan_it_writes_audits_the_people_whom_the_fix_was_judged_on(folder: Path) -> None:
    written = fixed(folder, "thresholds")
    again = audited(folder, folder / "out" / "after" / "plan.toml")
    assert again["groups"] == written["after/result.json"]["groups"]
    assert again["rows"]["kept"] == written["comparison.json"]["parts"]["report"] < again["rows"]["read"] == len(PEOPLE)


def test_people_who_change_sides_are_counted_exactly(folder: Path) -> None:
    written = fixed(folder, "thresholds")
    (before, _), (after, _) = (rate(written[f"{when}/result.json"], "b") for when in ("before", "after"))
    (moved,) = (p for p in written["comparison.json"]["people"] if p["group"] == {"g": "b"})
    assert moved["newly_selected"] - moved["newly_refused"] == after - before
    assert written["comparison.json"]["price"][0].startswith("Of 1,000 people like these, ")


def test_one_shared_threshold_needs_no_attribute(folder: Path) -> None:
    written = fixed(folder, "shared_threshold")
    assert written["rule.json"]["by"] == [] and written["comparison.json"]["needs_attribute"] is False


def test_a_second_file_is_the_report_part(folder: Path) -> None:
    people(400).to_csv(folder / "second.csv", index=False)
    (folder / "plan.toml").write_text(PLAN.format(decision=SCORE) + 'evaluate = "second.csv"\n')
    written = fixed(folder, "thresholds")
    assert written["comparison.json"]["parts"]["report"] == 400
    again = audited(folder, folder / "out" / "after" / "plan.toml")
    assert [rate(again, g) for g in "ab"] == [rate(written["after/result.json"], g) for g in "ab"]


def test_a_score_beside_decisions_is_decided_anew(folder: Path) -> None:
    PEOPLE.assign(d=(PEOPLE["s"] > 0.6).astype(int)).to_csv(folder / "people.csv", index=False)
    (folder / "plan.toml").write_text(PLAN.format(decision='score = "s"\nprediction = "d"\nfavourable = [1]'))
    written = fixed(folder, "thresholds")
    assert gap(written["before/result.json"]) > 0.2 > 0.1 > gap(written["after/result.json"])
    assert gap(audited(folder, folder / "out" / "after" / "plan.toml")) == gap(written["after/result.json"])


def test_a_score_of_which_low_is_good(folder: Path) -> None:
    PEOPLE.assign(s=(10 * (1 - PEOPLE["s"])).round()).to_csv(folder / "people.csv", index=False)
    (folder / "plan.toml").write_text(PLAN.format(decision='score = "s"\nfavourable = {below = 5}'))
    written = fixed(folder, "thresholds")
    assert written["rule.json"]["direction"] == "below"
    assert gap(written["after/result.json"]) < gap(written["before/result.json"])
    assert gap(audited(folder, folder / "out" / "after" / "plan.toml")) == gap(written["after/result.json"])


# ---------------------------------------------------------------- lots, and AIF360's


@pytest.mark.parametrize("name", ["threshold_mix", "eq_odds_postprocessing", "reject_option"])
def test_rules_that_are_fitted_in_the_job(folder: Path, name: str) -> None:
    plan = PLAN.format(decision=SCORE)
    if name == "eq_odds_postprocessing":  # knows one goal, which then need not be stated
        plan = plan.replace('goal = "demographic_parity"\n', "")
    (folder / "plan.toml").write_text(plan)
    written = fixed(folder, name)
    assert gap(written["after/result.json"]) < gap(written["before/result.json"])
    again = audited(folder, folder / "out" / "after" / "plan.toml")
    for group in "ab":
        (all_selected, everybody), (selected, n) = (rate(r, group) for r in (again, written["after/result.json"]))
        assert all_selected / everybody == pytest.approx(selected / n, abs=0.06)


def test_lots_are_drawn_alike_for_equal_rows_and_in_every_run(folder: Path) -> None:
    (folder / "plan.toml").write_text(PLAN.format(decision=SCORE).replace("demographic_parity", "equalized_odds"))
    first, second = (fixed(folder, "equalized_odds_mix", out)["after/result.json"] for out in ("one", "two"))
    assert first["groups"] == second["groups"]


# ---------------------------------------------------------------- training


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
    written = fixed(network, "fairness_loss")
    compared = written["comparison.json"]
    assert compared["picked"].startswith("fairness_loss_") and len(compared["choose"]) == 6
    best = min(compared["choose"], key=lambda at: at["gap"])
    assert {at["id"]: at["gap"] for at in compared["choose"]}[compared["picked"]] <= max(0.02, best["gap"])
    (change,) = (
        g for g in compared["retrained"] if g["measure"] == "statistical_parity_difference" and g["by"] == ["g"]
    )
    assert abs(change["after"]) < 0.5 * abs(change["before"])
    again = audited(network, network / "out" / "after" / "plan.toml")
    assert again["provenance"]["model_sha256"] == written["after/result.json"]["provenance"]["model_sha256"]
    first = (network / "out" / "after" / "result.json").read_text()
    second = fixed(network, "fairness_loss", "twice")["after/result.json"]
    assert json.loads(first)["groups"] == second["groups"]


def test_weights_for_a_model_that_cannot_be_trained_come_with_a_stand_in(folder: Path) -> None:
    written = fixed(folder, "reweighing")
    compared = written["comparison.json"]
    assert compared["is_stand_in"] is True and any("stand-in" in warning for warning in compared["warnings"])
    assert (folder / "out" / "stand-in.skops").is_file() and not (folder / "out" / "model.skops").exists()
    assert gap(audited(folder, folder / "out" / "after" / "plan.toml")) == gap(written["after/result.json"])


def test_a_stand_in_learns_from_numbers_alone(folder: Path) -> None:
    PEOPLE.drop(columns="job").to_csv(folder / "people.csv", index=False)
    written = fixed(folder, "reweighing")
    assert gap(written["after/result.json"]) < gap(written["before/result.json"])
    assert gap(audited(folder, folder / "out" / "after" / "plan.toml")) == gap(written["after/result.json"])


def test_what_is_refused_does_not_stop_the_others_and_says_why(folder: Path) -> None:
    plan = Plan.from_toml((folder / "plan.toml").read_text().replace("demographic_parity", "equalized_odds"))
    files = Files.of(folder / "plan.toml", plan, None)
    with mitigated(plan, files, ["fairness_loss", "equalized_odds_mix", "thresholds"]) as found:
        assert list(found.refused) == ["fairness_loss"] and "a model with gradients" in found.refused["fairness_loss"]
        tried = offer(found, ("fairness_loss", "equalized_odds_mix", "thresholds"))
    assert {fix.mechanism for fix in tried.fixes} == {"thresholds", "equalized_odds_mix"}
    assert tried.refused == found.refused


# ---------------------------------------------------------------- the job's files


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Plan, str]:
    """What a job wrote, the plan it was given, and the table's digest."""
    folder = tmp_path_factory.mktemp("job")
    PEOPLE.to_csv(folder / "people.csv", index=False)
    plan = Plan.from_toml(PLAN.format(decision=SCORE).replace("demographic_parity", "equalized_odds"))
    with supervising(folder / "work", program="core.job") as supervisor:
        request = {"plan": plan.to_toml(), "with": ["equalized_odds_mix"]}
        name = supervisor.submit("mitigate", request, {"table": folder / "people.csv"})
        status = supervisor.wait(name, 120)
        assert status.state == "done", status
        shutil.copytree(supervisor.output(name), folder / "kept" / "out")
    return folder / "kept" / "out", plan, sha256(folder / "people.csv")


def collected(out: Path, plan: Plan, digest: str) -> Mitigated:
    return collect_mitigation(out, plan, (len(PEOPLE),), digest, None)


def test_parts_and_joint_tables_agree(job: tuple[Path, Plan, str]) -> None:
    made = collected(*job)
    (proposal,) = made.proposals
    for part in ("choose", "report"):
        joint = proposal.joint[part].n
        for decided, selected in (
            (made.present, joint[:, :, 1].sum(axis=2)),
            (proposal.decided, joint[..., 1].sum(axis=2)),
        ):
            counts = decided.counts[part]
            assert (confusion(counts, stated_rule(counts, decided.plan)).selected == selected.sum(axis=1)).all()


def test_a_mix_that_needs_no_lots_is_not_listed_beside_the_thresholds_that_it_comes_to(
    job: tuple[Path, Plan, str],
) -> None:
    made = collected(*job)
    names, (thresholds, *_) = ("thresholds", "threshold_mix"), offer(made, ("thresholds",)).fixes
    with_lots = replace(made.proposals[0], id="threshold_mix", mechanism="threshold_mix")
    listed = offer(replace(made, proposals=(with_lots,)), names).fixes
    assert listed[-1].mechanism == "threshold_mix" and listed[-1].draws_lots
    without = replace(with_lots, rule=thresholds.rule)
    assert "threshold_mix" not in {f.mechanism for f in offer(replace(made, proposals=(without,)), names).fixes}
    assert [f.mechanism for f in offer(replace(made, proposals=(without,)), ("threshold_mix",)).fixes] == [
        "threshold_mix"
    ]


def test_a_fix_that_is_wrong_more_often_than_one_answer_for_all_is_not_recommended(job: tuple[Path, Plan, str]) -> None:
    made = collected(*job)
    (proposal,) = made.proposals
    assert offer(made, ()).fixes[0].is_recommended
    n = proposal.joint["choose"].n
    wrong = np.zeros_like(n)
    wrong[:, 0, :, 1], wrong[:, 1, :, 0] = n[:, 0].sum(axis=2), n[:, 1].sum(axis=2)
    blunt = replace(proposal, joint={**proposal.joint, "choose": replace(proposal.joint["choose"], n=wrong)})
    (fix,) = offer(replace(made, proposals=(blunt,)), ()).fixes
    assert "More of its decisions are wrong than if everybody got the same answer." in fix.against


def test_a_fix_that_tells_nobody_apart_any_more_is_not_recommended(job: tuple[Path, Plan, str]) -> None:
    made = collected(*job)
    (proposal,) = made.proposals
    n = proposal.joint["choose"].n
    blind = np.zeros_like(n)
    blind[..., 1] = np.rint(0.96 * n.sum(axis=3))
    blind[..., 0] = n.sum(axis=3) - blind[..., 1]
    nearly_all = replace(proposal, joint={**proposal.joint, "choose": replace(proposal.joint["choose"], n=blind)})
    (fix,) = offer(replace(made, proposals=(nearly_all,)), ()).fixes
    (said,) = (words for words in fix.against if "hardly better" in words)
    assert said.startswith("It says yes to 97 of 100 people whose g is a (now 49) and") and not fix.is_recommended


@pytest.mark.parametrize(
    ("without", "alone"), [(("unclear",), True), (("worse",), True), (("unclear", "better"), False), ((), False)]
)
def test_a_gap_that_training_alone_may_have_closed_is_no_success_of_the_fix(
    job: tuple[Path, Plan, str], without: tuple[Direction, ...], alone: bool
) -> None:
    made = collected(*job)
    seen = effect(made, offer(made, ()).fixes[0])
    closed = replace(seen.aimed[0], verdict="better")
    against = tuple(replace(seen.aimed[0], verdict=verdict) for verdict in without)
    assert replace(seen, aimed=(closed,), retrained=against).may_be_training_alone is alone
    assert not replace(seen, aimed=(replace(closed, verdict="unclear"),), retrained=against).may_be_training_alone


@pytest.mark.parametrize(("denied", "granted", "speaks_against"), [(100.0, 1.0, False), (1.0, 100.0, True)])
def test_what_a_mistake_costs_decides_whether_selecting_nearly_all_is_recommended(
    job: tuple[Path, Plan, str], denied: float, granted: float, speaks_against: bool
) -> None:
    made = collected(*job)
    (proposal,) = made.proposals
    n = proposal.joint["choose"].n
    generous = np.zeros_like(n)
    generous[..., 1] = n.sum(axis=3)
    everybody = replace(proposal, joint={**proposal.joint, "choose": replace(proposal.joint["choose"], n=generous)})
    settings = replace(made.settings, cost=price(denied, granted))
    (fix,) = offer(replace(made, settings=settings, proposals=(everybody,)), ()).fixes
    assert any("By what you let mistakes cost" in said for said in fix.against) == speaks_against


def test_a_suggestion_goes_by_the_gap_of_fit_and_choose_together_with_its_error(job: tuple[Path, Plan, str]) -> None:
    made = collected(*job)
    laid = places(made, offer(made, ("equalized_odds_mix",)).fixes)
    for place, decided in zip(laid, (made.present, made.proposals[0].decided), strict=True):
        counts = decided.counts["fit"] + decided.counts["choose"]
        people = confusion(counts, stated_rule(counts, decided.plan), ("g",))
        ends = []
        for hits, all_of in ((people.tp, people.tp + people.fn), (people.fp, people.fp + people.tn)):
            (k, m), (n, o) = hits.tolist(), all_of.tolist()
            low, high = confint_proportions_2indep(k, n, m, o, method="wald", compare="diff")
            ends.append((abs(k / n - m / o), (high - low) / 2 / z_value(0.95)))
        assert place.pooled == pytest.approx(max(ends))
        assert place.pooled[0] == pytest.approx(float(made.settings.goal.gap(people)))


def change_array(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Path], None]:
    return lambda out: np.save(out / name, change(np.load(out / name)))


def change_facts(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    def tamper(out: Path) -> None:
        facts = json.loads((out / "mitigation.json").read_text())
        change(facts)
        (out / "mitigation.json").write_text(json.dumps(facts))

    return tamper


def one_more(n: np.ndarray) -> np.ndarray:
    return np.where(np.arange(n.size).reshape(n.shape) == 0, n + 1, n)


@pytest.mark.parametrize(
    "tamper",
    [
        change_array("present_fit_n.npy", one_more),
        change_array("present_report_n.npy", lambda n: -n),
        change_array("equalized_odds_mix_fit_n.npy", one_more),
        change_array("equalized_odds_mix_report_joint.npy", one_more),
        change_array("equalized_odds_mix_report_joint.npy", lambda n: n[..., 0]),
        change_array("equalized_odds_mix_choose_joint.npy", lambda n: n[:, :, ::-1]),
        change_facts(lambda f: f["proposals"].append(f["proposals"][0])),
        change_facts(lambda f: f["proposals"][0].update(mechanism="magic")),
        change_facts(lambda f: f["proposals"][0].update(id="../../etc")),
        change_facts(lambda f: f["proposals"][0].update(rule=None, file="../../secret.pt2")),
        change_facts(lambda f: f["refused"].update(magic="no")),
        change_facts(lambda f: f["tables"][0].update(read=7)),
        change_facts(lambda f: f["tables"][0]["groups"].update(attributes=["g", "z"])),
        change_facts(lambda f: f["present"].update(axes=[])),
        lambda out: (out / "mitigation.json").unlink(),
    ],
)
def test_files_that_do_not_fit_together_are_refused(
    job: tuple[Path, Plan, str], tmp_path: Path, tamper: Callable[[Path], None]
) -> None:
    out, plan, digest = job
    shutil.copytree(out, tmp_path / "out")
    tamper(tmp_path / "out")
    with pytest.raises((JobError, PlanError)):
        collected(tmp_path / "out", plan, digest)


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("mitigate", "name", "said"),
    [
        ("", "magic", 'no mitigation named "magic"; known are thresholds, shared_threshold'),
        ('goal = "niceness"', "thresholds", "no goal named"),
        ("at_most = 1.5", "thresholds", "plan.toml: \\[mitigate\\] at_most is the largest gap you accept"),
        ('by = ["job"]', "thresholds", "by names \\['job'\\]; it takes sensitive columns"),
        ("holdout = 1.0", "thresholds", "holdout is the share"),
        ('cost = "money"', "thresholds", "no cost named"),
        ("price = {wrongly_denied = 1}", "thresholds", "lacks wrongly_granted"),
        ("colour = 1", "thresholds", "unknown key"),
        ("", "fairness_loss", "needs a model with gradients"),
        ('evaluate = "gone.csv"', "thresholds", "gone.csv is not there"),
    ],
)
def test_bad_input_is_refused_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], mitigate: str, name: str, said: str
) -> None:
    plan = PLAN.format(decision=SCORE).partition("[mitigate]")[0] + f"[mitigate]\n{mitigate}\n"
    (folder / "plan.toml").write_text(plan)
    assert main(["mitigate", str(folder / "plan.toml"), "--with", name, "--out", str(folder / "out")]) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.count("\n") == 1 and "Traceback" not in shown.err
    assert re.search(said, shown.err), shown.err
    assert not (folder / "out").exists()


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_tried(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def tried(*_: object, **__: object) -> None:
        raise AssertionError("a fix was tried")

    monkeypatch.setattr("core.jobs.Supervisor.submit", tried)
    (folder / "plan.toml").write_text(PLAN.format(decision=SCORE))
    (folder / "taken").write_text("")
    assert main(["mitigate", str(folder / "plan.toml"), "--with", "thresholds", "--out", str(folder / "taken")]) == 2
    said = capsys.readouterr().err
    assert "cannot be written" in said and said.count("\n") == 1


def test_settings_have_defaults_and_their_own_order() -> None:
    plan = Plan.from_toml(PLAN.format(decision=SCORE).partition("[mitigate]")[0])
    usual = Settings.of(plan)
    assert (usual.goal.name, usual.cost.name, usual.by, usual.at_most, usual.holdout) == (
        "equal_opportunity", "accuracy", ("g",), 0.01, 0.5,
    )  # fmt: skip
    crossed = Settings.of(
        replace(plan, mitigate={"by": ["h", "g"], "price": {"wrongly_denied": 2, "wrongly_granted": 1}})
    )
    assert crossed.by == ("g", "h") and crossed.cost.name == "price"


def test_every_mitigation_says_what_it_needs() -> None:
    assert list(MITIGATIONS) == [
        "thresholds", "shared_threshold", "threshold_mix", "equalized_odds_mix", "reweighing", "fairness_loss",
        "reject_option", "eq_odds_postprocessing", "calibrated_eq_odds",
    ]  # fmt: skip
    assert not MITIGATIONS["reweighing"].needs_attribute and MITIGATIONS["thresholds"].needs_attribute


# ---------------------------------------------------------------- a rule in a plan


RULE: dict[str, Any] = {
    "plumbline": 1,
    "by": ["g"],
    "groups": [{"group": {"g": "a"}, "threshold": 0.6}, {"group": {"g": "b"}, "threshold": 0.25}],
    "otherwise": 0.5,
    "score": "score",
    "direction": "at_or_above",
}
BY_RULE = 'score = "s"\nrule = "rule.json"'


def ruled(folder: Path, rule: object, decision: str = BY_RULE) -> Path:
    (folder / "rule.json").write_text(rule if isinstance(rule, str) else json.dumps(rule))
    (folder / "plan.toml").write_text(PLAN.format(decision=decision))
    return folder / "plan.toml"


def test_a_plan_can_name_a_rule_in_place_of_a_threshold(folder: Path) -> None:
    audit = audited(folder, ruled(folder, RULE))
    for group, limit in (("a", 0.6), ("b", 0.25)):
        of_group = PEOPLE[PEOPLE["g"] == group]
        assert rate(audit, group) == (int((of_group["s"] >= limit).sum()), len(of_group))
    record = json.loads((folder / "again" / "record.json").read_text())
    assert AuditRecord.from_json(record).judgement().gaps  # the record holds the rule: no file is needed


def test_lots_in_a_rule_are_drawn_about_as_often_as_it_says(folder: Path) -> None:
    lots = {**RULE, "groups": [{"group": {"g": g}, "probabilities": [[0.0, 0.3]]} for g in "ab"]}
    audit = audited(folder, ruled(folder, lots))
    selected, n = (sum(numbers) for numbers in zip(*(rate(audit, g) for g in "ab"), strict=True))
    assert selected / n == pytest.approx(0.3, abs=0.04)


@pytest.mark.parametrize(
    ("rule", "decision", "said"),
    [
        ("{", BY_RULE, "is not JSON"),
        ({"plumbline": 1}, BY_RULE, "rule.json: This is not a rule as Plumbline writes it: it lacks 'direction'"),
        ([], BY_RULE, "rule.json: This is not a rule as Plumbline writes it: a part of it is of another kind"),
        (RULE, 'score = "s"\nrule = "gone.json"', "gone.json cannot be read"),
        (RULE, BY_RULE + "\nthreshold = 0.5", "in place of a threshold|needs one of"),
        (RULE, 'prediction = "y"\nfavourable = [1]\nrule = "rule.json"', "applies to a score"),
        ({**RULE, "otherwise": None, "groups": RULE["groups"][:1]}, BY_RULE, "says nothing"),
    ],
)
def test_a_rule_that_cannot_be_applied_is_refused_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], rule: object, decision: str, said: str
) -> None:
    assert main(["audit", str(ruled(folder, rule, decision)), "--out", str(folder / "out")]) == 2
    shown = capsys.readouterr().err
    assert shown.count("\n") == 1 and re.search(said, shown), shown


def test_a_mitigation_starts_from_a_threshold(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mitigate", str(ruled(folder, RULE)), "--with", "thresholds", "--out", str(folder / "out")]) == 2
    assert "a mitigation starts from a threshold" in capsys.readouterr().err


# ---------------------------------------------------------------- real models


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
