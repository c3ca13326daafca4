"""The job behind `plumbline mitigate`: what it wrote, which fixes that recommends, and what of it is refused."""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.counts.rules import confusion
from core.errors import JobError, PlanError
from core.metrics.comparison import Direction
from core.metrics.stated_rule import stated_rule
from core.mitigate.candidate import Mitigated
from core.mitigate.effect.effect import effect
from core.mitigate.goals import price
from core.mitigate.results import read
from core.mitigate.search import offer
from core.plan.plan import Plan
from core.record import Digests
from tests.worlds.jobs.supervised import supervising
from tests.worlds.jobs.tampered import Tamper, change_array, change_json
from tests.worlds.mitigated_people import PEOPLE, PLAN, SCORE

pytestmark = pytest.mark.jobs


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Plan, str]:
    """What a job wrote, the plan it was given, and the table's digest."""
    folder = tmp_path_factory.mktemp("job")
    PEOPLE.to_csv(folder / "people.csv", index=False)
    plan = Plan.from_toml(PLAN.format(decision=SCORE).replace("demographic_parity", "equalized_odds"))
    with supervising(folder / "work", program="core.jobs.job") as supervisor:
        request = {"plan": plan.to_toml(), "with": ["equalized_odds_mix"]}
        name = supervisor.submit("mitigate", request, {"table": folder / "people.csv"})
        status = supervisor.wait(name, 120)
        assert status.state == "done", status
        shutil.copytree(supervisor.output(name), folder / "kept" / "out")
    return folder / "kept" / "out", plan, hashlib.sha256((folder / "people.csv").read_bytes()).hexdigest()


def collected(out: Path, plan: Plan, digest: str) -> Mitigated:
    return read(out, plan, (len(PEOPLE),), Digests(digest))


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
    assert said.startswith("It says yes to 97 of 100 people whose g is a (49 before) and") and not fix.is_recommended


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
        change_json("mitigation.json", lambda f: f["proposals"].append(f["proposals"][0])),
        change_json("mitigation.json", lambda f: f["proposals"][0].update(mechanism="magic")),
        change_json("mitigation.json", lambda f: f["proposals"][0].update(id="../../etc")),
        change_json("mitigation.json", lambda f: f["proposals"][0].update(rule=None, file="../../secret.pt2")),
        change_json("mitigation.json", lambda f: f["refused"].update(magic="no")),
        change_json("mitigation.json", lambda f: f["tables"][0].update(read=7)),
        change_json("mitigation.json", lambda f: f["tables"][0]["groups"].update(attributes=["g", "z"])),
        change_json("mitigation.json", lambda f: f["present"].update(axes=[])),
        lambda out: (out / "mitigation.json").unlink(),
    ],
)
def test_files_that_do_not_fit_together_are_refused(
    job: tuple[Path, Plan, str], tmp_path: Path, tamper: Tamper
) -> None:
    out, plan, digest = job
    shutil.copytree(out, tmp_path / "out")
    tamper(tmp_path / "out")
    with pytest.raises((JobError, PlanError)):
        collected(tmp_path / "out", plan, digest)
