"""`plumbline mitigate`: what is refused and in what words, and the settings it takes where none are given."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from core.cli import main
from core.engine.plan_files import Files
from core.mitigate.api import search_isolated
from core.mitigate.mitigations import MITIGATIONS
from core.mitigate.search import offer
from core.mitigate.settings import Settings
from core.plan.parts import MitigationPlan
from core.plan.plan import Plan
from tests.worlds.mitigated_people import PLAN, SCORE
from tests.worlds.mitigated_people import folder as folder

pytestmark = pytest.mark.jobs


@pytest.mark.process
def test_what_is_refused_does_not_stop_the_others_and_says_why(folder: Path) -> None:
    plan = Plan.from_toml((folder / "plan.toml").read_text().replace("demographic_parity", "equalized_odds"))
    files = Files.beside(plan, folder)
    with search_isolated(plan, files, ["fairness_loss", "equalized_odds_mix", "thresholds"]) as found:
        assert list(found.refused) == ["fairness_loss"]
        assert "a model that can go on learning" in str(found.refused["fairness_loss"])
        tried = offer(found, ("fairness_loss", "equalized_odds_mix", "thresholds"))
    assert {fix.mechanism for fix in tried.fixes} == {"thresholds", "equalized_odds_mix"}
    assert tried.refused == found.refused


@pytest.mark.parametrize(
    ("mitigate", "name", "said"),
    [
        ("", "magic", 'no mitigation named "magic"; known are thresholds, shared_threshold'),
        ('goal = "niceness"', "thresholds", "no goal named"),
        ("at_most = 1.5", "thresholds", "plan.toml: The largest gap that you accept"),
        (
            'by = ["job"]',
            "thresholds",
            'The groups to make equal are those of "job". Name sensitive columns, each once: "g", "h"\\.',
        ),
        ("holdout = 1.0", "thresholds", "The share of people to judge on lies between 0 and 1"),
        ('cost = "money"', "thresholds", "no cost named"),
        ("price = {wrongly_denied = 1}", "thresholds", "lacks wrongly_granted"),
        ("colour = 1", "thresholds", "unknown key"),
        ("", "fairness_loss", "needs a model that can go on learning"),
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

    monkeypatch.setattr("core.jobs.supervisor.Supervisor.submit", tried)
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
        replace(plan, mitigate=MitigationPlan(by=("h", "g"), price={"wrongly_denied": 2, "wrongly_granted": 1}))
    )
    assert crossed.by == ("g", "h") and crossed.cost.name == "price"


def test_every_mitigation_says_what_it_needs() -> None:
    assert list(MITIGATIONS) == [
        "thresholds", "shared_threshold", "threshold_mix", "equalized_odds_mix", "reweighing", "fairness_loss",
        "reject_option", "eq_odds_postprocessing", "calibrated_eq_odds",
    ]  # fmt: skip
    assert not MITIGATIONS["reweighing"].needs_attribute and MITIGATIONS["thresholds"].needs_attribute
