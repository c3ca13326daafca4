"""`plumbline mitigate` without training: honest parts, thresholds, lots, AIF360's rules, and what is written."""

import json
from pathlib import Path

import pytest

from core.cli import main
from core.record import AuditRecord
from tests.worlds.mitigated_people import PEOPLE, PLAN, SCORE, audited, fixed, gap, people, rate
from tests.worlds.mitigated_people import folder as folder

pytestmark = pytest.mark.jobs


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
    records = [str(folder / "out" / when) for when in ("before", "after")]
    assert main(["compare", *records, "--out", str(folder / "later")]) == 0
    later = json.loads((folder / "later" / "comparison.json").read_text())
    assert later["paired"] and later["gaps"] == compared["gaps"] and later["people"] == compared["people"]


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
    people(400, seed=12).to_csv(folder / "second.csv", index=False)
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


@pytest.mark.parametrize(
    "name", ["threshold_mix", pytest.param("eq_odds_postprocessing", marks=pytest.mark.process), "reject_option"]
)
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


@pytest.mark.apart
def test_lots_are_drawn_alike_for_equal_rows_and_in_every_run(folder: Path) -> None:
    (folder / "plan.toml").write_text(PLAN.format(decision=SCORE).replace("demographic_parity", "equalized_odds"))
    first, second = (fixed(folder, "equalized_odds_mix", out)["after/result.json"] for out in ("one", "two"))
    assert first["groups"] == second["groups"]
