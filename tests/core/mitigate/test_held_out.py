"""Thresholds on public data, twenty seeded splits: met where they are fitted, and held on people who took no part."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.counts.rules import Rule, confusion
from core.metrics.group_metrics import METRICS
from core.mitigate.goals import GOALS
from core.mitigate.rules.solution import Question
from core.mitigate.rules.thresholds import search
from core.mitigate.splits import FIT, REPORT
from tests.core.mitigate.public_splits import AT_MOST, PLANS, Split, splits

SEEDS = 20
Splits = Callable[[str], list[Split]]


@pytest.fixture(scope="module")
def split(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Splits:
    made = {name: list(splits(name, shared, tmp_path_factory.mktemp(name), SEEDS)) for name in PLANS}
    return made.__getitem__


def signed_gap(question: Question, rule: Rule) -> float:
    """The goal's first rate among the second group less that among the first."""
    people, metric = confusion(question.counts, rule, question.by), METRICS[question.goal.rates[0]]
    first, second = np.asarray(metric.num(people)) / np.asarray(metric.den(people))
    return float(second - first)


def held_out_gaps(made: list[Split], goal: str) -> tuple[np.ndarray, np.ndarray]:
    """The signed gap on each split's report part, before and after thresholds that were fitted on its fit part."""
    rules = [search(split.question(FIT, goal)).rule for split in made]
    judged = [split.question(REPORT, goal) for split in made]
    pairs = [(signed_gap(q, q.present), signed_gap(q, rule)) for q, rule in zip(judged, rules, strict=True)]
    before, after = np.array(pairs).T
    return before, after


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("name", PLANS)
def test_every_goal_is_met_on_the_people_it_is_fitted_on(split: Splits, name: str, goal: str) -> None:
    at_most = GOALS[goal].at_most
    for each in split(name):
        question = each.question(FIT, goal, at_most)
        found = search(question)
        assert question.outcome(found.rule).gap <= question.limit
        assert found.recommended and found.optimality_gap == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("goal", ["demographic_parity", "equal_opportunity"])
@pytest.mark.parametrize("name", PLANS)
def test_on_people_who_took_no_part_the_gap_is_what_was_accepted_and_chance(
    split: Splits, name: str, goal: str
) -> None:
    before, after = held_out_gaps(split(name), goal)
    assert abs(after.mean()) <= AT_MOST + 3 * after.std(ddof=1) / np.sqrt(SEEDS)
    assert abs(after.mean()) < abs(before.mean()) / 2


def test_on_adult_the_gap_in_selection_rates_falls_by_four_fifths(split: Splits) -> None:
    before, after = held_out_gaps(split("adult"), "demographic_parity")
    assert (abs(after) <= 0.2 * abs(before)).sum() >= 18
