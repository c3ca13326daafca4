"""German credit, 1,000 people: on so few a fix must end in "Can't tell yet" wherever the paired range includes none."""

import html
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.preprocessing import StandardScaler

from core.counts.rules import Confusion
from core.metrics.comparison import GapChange
from core.metrics.gaps import GAPS
from core.metrics.group_metrics import METRICS
from core.mitigate.advice.duplicates import distinct
from core.mitigate.candidate import REPORT, Mitigated
from core.mitigate.effect.effect import Effect, effect
from core.mitigate.fix import Fix
from core.mitigate.goals import GOALS
from core.mitigate.goals.goal_test import KEPT_WORDS
from core.mitigate.search import offer
from core.plan.parts import MitigationPlan
from core.plan.plan import Plan
from core.store.workspace import Workspace
from tests.pages.on_fix_page import choose
from tests.pages.whole_app import WAIT_SECONDS, audited, opened

pytestmark = pytest.mark.jobs

NAMES = ("thresholds", "shared_threshold", "equalized_odds_mix", "reweighing")
NUMBERS = ["duration_in_month", "credit_amount", "installment_as_income_perc", "age", "credits_this_bank"]
PLAN = Plan.from_toml("""plumbline = 1
[data]
file = "german.csv"
label = "default"
favourable = 0
[decision]
score = "chance_of_repaying"
threshold = 0.7
[groups]
sensitive = ["sex", "age"]
bins = {age = [26]}
intersections = 1
""")
REPLICATES = 2_000


@pytest.fixture(scope="module")
def table(shared: Path) -> str:
    """The people, and a score that was learned from other people's rows."""
    people = pd.read_csv(shared / "data" / "german_credit_giskard.csv")
    words = ["account_check_status", "savings", "credit_history", "housing"]
    known = np.hstack([StandardScaler().fit_transform(people[NUMBERS]), pd.get_dummies(people[words]).to_numpy(float)])
    chances = cross_val_predict(
        LogisticRegression(max_iter=2_000), known, people["default"] == 0, cv=5, method="predict_proba"
    )
    kept = people[[*NUMBERS, "sex", "default"]].assign(chance_of_repaying=chances[:, 1].round(3))
    return kept.to_csv(index=False)


def searched(space: Workspace, table: str, goal: str, by: str) -> tuple[str, Mitigated]:
    audit_id = audited(space, PLAN, table)
    space.mitigate(audit_id, replace(PLAN, mitigate=MitigationPlan(goal=goal, by=(by,))), NAMES, "no")
    space.wait(audit_id, WAIT_SECONDS)
    found = space.mitigation(audit_id)
    assert found is not None, space.get(audit_id).problem
    return audit_id, found


def resampled_distance(found: Mitigated, fix: Fix, change: GapChange) -> np.ndarray:
    """How the gap's distance from equality changes among people drawn anew from those it was judged on."""
    joint, draw = fix.joint[REPORT].by(change.by), np.random.default_rng(0)
    metric, sides = METRICS[GAPS[change.measure].metrics[0]], []
    for group in (change.group, change.reference):
        (place,) = (g for g in range(len(joint.groups)) if joint.groups.names(g) == group)
        people = joint.n[place]
        again = draw.multinomial(int(people.sum()), people.ravel() / people.sum(), REPLICATES).reshape(
            -1, *people.shape
        )
        rates = []
        for decided in (again.sum(axis=3), again.sum(axis=2)):
            (tn, fp), (fn, tp), (refused, selected) = np.moveaxis(decided, 0, -1)
            counted = Confusion(tp, fp, fn, tn, selected, refused)
            rates.append(np.asarray(metric.num(counted)) / np.asarray(metric.den(counted)))
        sides.append(rates)
    before, after = (group - reference for group, reference in zip(*sides, strict=True))
    return np.abs(after) - np.abs(before)


def shown(effect_of: Effect) -> list[str]:
    """What the page should say of the goal, of each gap that was to be closed, and of what mistakes cost."""
    turns = [change.verdict for change in effect_of.aimed]
    turns += [] if effect_of.mistakes is None else [effect_of.mistakes.turn]
    return [KEPT_WORDS[effect_of.goal_then.kept]] + [
        {"better": "Better", "worse": "Worse", "same": "No change", "unclear": "Can't tell yet"}[turn] for turn in turns
    ]


@pytest.mark.parametrize(
    ("goal", "by"), [("demographic_parity", "sex"), ("equal_opportunity", "sex"), ("demographic_parity", "age")]
)
def test_no_success_is_claimed_on_so_few_people(space: Workspace, table: str, goal: str, by: str) -> None:
    audit_id, found = searched(space, table, goal, by)
    fixes = [same[0] for same in distinct(offer(found, NAMES).fixes).values()]
    unclear = 0
    for fix in fixes:
        told = effect(found, fix)
        assert told.aimed and {change.measure for change in told.aimed} <= set(GOALS[goal].measures)
        for change in told.aimed:
            assert change.paired and change.low is not None and change.high is not None
            moved = resampled_distance(found, fix, change)
            if change.low <= 0 <= change.high or np.mean(moved >= 0) > 0.1:
                assert change.verdict != "better", (fix.id, change)
            unclear += change.verdict == "unclear"
    assert unclear, "nothing was unclear here, so this test shows nothing"
    at = opened("fix", audit_id)
    for fix in fixes[:4]:
        choose(at, fix.id)
        marks = [html.unescape(box.proto.body) for box in at.get("html") if "<img" in box.proto.body]
        expected = shown(effect(found, fix))
        assert len(marks) >= len(expected)
        assert all(word in mark for word, mark in zip(expected, marks, strict=False)), (fix.id, expected)
