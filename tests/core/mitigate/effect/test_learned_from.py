"""Whom a fix was trained on: all, those whose outcome is known, or so many in each round of very many."""

from dataclasses import replace

import numpy as np
import pytest

from core import Plan, find_fixes
from core.metrics.words.naming.terms import Terms
from core.mitigate.effect.learned_from import learned_from
from core.mitigate.fix import Fix
from tests.worlds.mitigated_people import PLAN, SCORE, people

pytestmark = pytest.mark.jobs


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Fix:
    """A training of some people of a table."""
    folder = tmp_path_factory.mktemp("learned")
    people(400).to_csv(folder / "people.csv", index=False)
    (folder / "plan.toml").write_text(PLAN.format(decision=SCORE))
    (fix,) = (f for f in find_fixes(Plan.load(folder / "plan.toml"), ways=["reweighing"]).fixes if f.gives_weights)
    return fix


def words(fix: Fix, times: int = 1, **facts: float) -> str:
    """What is said of a training with these facts, of so many times as many people."""
    assert fix.proposed is not None
    counts = {part: replace(each, n=each.n * np.int64(times)) for part, each in fix.decided.counts.items()}
    made = replace(fix, decided=replace(fix.decided, counts=counts), proposed=replace(fix.proposed, facts=facts))
    return learned_from(made, Terms.of(fix.decided.plan))


def test_each_training_says_whom_it_learned_from(trained: Fix) -> None:
    fit = trained.decided.counts["fit"].people
    assert learned_from(trained, Terms.of(trained.decided.plan)) == f"Trained on all {fit} people set aside for it."
    some = f"Trained on the {fit - 5} of {fit} people set aside for it whose outcome is known."
    assert words(trained, people=fit - 5, people_a_round=fit) == some
    many = f"Trained on {10_000 * fit:,} people: each round on 204,800 of them, drawn anew by chance."
    assert words(trained, 10_000, people=10_000 * fit, people_a_round=204_800) == many
    assert max(len(said.split()) for said in (some, many)) <= 20


def test_nothing_is_said_where_nothing_was_trained_or_more_people_are_told_of_than_there_are(trained: Fix) -> None:
    assert words(trained) == words(trained, people=1e9) == words(trained, people=-1) == ""
    assert words(trained, people=5, people_a_round=-5) == words(trained, people=5, people_a_round=0) == ""
    assert learned_from(replace(trained, proposed=None), Terms.of(trained.decided.plan)) == ""
