"""A rule that is written, read and applied again decides as before; its example in plain Python too."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.counts.counts import Axis, Counts, Groups, tally
from core.counts.rule_file import RuleFile
from core.counts.rules import Rule
from core.errors import DataError, PlanError
from core.mitigate.goals import COSTS, GOALS
from core.mitigate.rules.randomised_odds import draw, mix
from core.mitigate.rules.randomised_rate import rate_mix
from core.mitigate.rules.solution import Question, Solution
from core.mitigate.rules.take_away import rule_file_of
from core.mitigate.rules.thresholds import search, shared
from tests.core.mitigate.scored_worlds import large, tiny


def solutions() -> list[Solution]:
    worlds = [tiny(4, 3, 9), tiny(5, 2, 12, lower_is_better=True), large(1, 3, 5_000), tiny(7, 2, 6, decided=True)]
    found = []
    for counts in worlds:
        present = Rule.as_decided(counts.axis) if counts.axis.decided else Rule.threshold(counts.axis, 0.5)
        question = Question(counts, ("g",), GOALS["equalized_odds"], COSTS["accuracy"], present)
        one_rate = rate_mix(replace(question, goal=GOALS["equal_opportunity"]))
        found += [search(question), shared(question), mix(question), one_rate]
    return found


@pytest.mark.parametrize("solution", solutions())
def test_a_rule_read_back_decides_the_same(solution: Solution) -> None:
    counts = solution.question.counts
    written = rule_file_of(solution, 0.5)
    document = json.loads(json.dumps(written.to_json(), allow_nan=False))
    read = RuleFile.from_json(document)
    assert read.to_json() == written.to_json()
    assert (read.rule(counts.groups, counts.axis).selected == solution.rule.selected).all()
    assert set(read.edges) <= {*counts.axis.edges, 0.5}


@pytest.mark.parametrize("solution", solutions())
def test_the_example_decides_the_same(solution: Solution, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = solution.question.counts
    written = rule_file_of(solution, 0.5)
    (tmp_path / "rule.json").write_text(json.dumps(written.to_json()))
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(written.example, names)
    for cell in range(len(counts.groups)):
        person = counts.groups.names(cell)
        chances = [names["chance"](person, edge) for edge in counts.axis.edges]
        assert chances == solution.rule.selected[cell, : len(chances)].tolist()
    draws_lots = bool(((solution.rule.selected > 0) & (solution.rule.selected < 1)).any())
    assert ("selected" in names) == draws_lots
    assert draws_lots or sum(bool(line) for line in written.example.splitlines()) == 10
    if not draws_lots:
        return
    people = [f"person {i}" for i in range(300)]
    score = counts.axis.edges[len(counts.axis.edges) // 2]
    person = counts.groups.names(0)
    expected = draw(people, 3) < names["chance"](person, score)
    assert [names["selected"](person, score, name, 3) for name in people] == expected.tolist()


@pytest.mark.parametrize("lower", [False, True])
def test_thresholds_of_float32_scores_part_them_in_plain_comparison(lower: bool) -> None:
    thousandths = np.arange(1, 1000, 7) / 1000
    axis = Axis.of(thousandths, "float32", kind="probability", lower_is_better=lower)
    groups = Groups.product(("g",), (("a", "b"),))
    draws = np.random.default_rng(0)
    for edge in np.asarray(axis.edges)[1::5]:
        near = np.asarray(edge, np.float32)
        scores = np.asarray([np.nextafter(near, np.float32(-1)), near, np.nextafter(near, np.float32(2))])
        counts = tally(groups, axis, draws.integers(0, 2, 3), np.asarray([0, 1, 1]), scores)
        solution = solution_of(counts, Rule.threshold(axis, float(edge)))
        (row, *_) = rule_file_of(solution).to_json()["groups"]
        plain = [bool(score < row["threshold"]) == lower for score in scores.astype(float)]
        assert plain == [False, True, True] if not lower else plain == [True, False, False]


def solution_of(counts: Counts, rule: Rule) -> Solution:
    """A rule for all, as a solution whose figures nobody reads."""
    every = Rule(np.broadcast_to(rule.selected, (len(counts.groups), counts.axis.bins)))
    question = Question(counts, ("g",), GOALS["demographic_parity"], COSTS["accuracy"], rule)
    return Solution("thresholds", question, every, question.outcome(every), needs_attribute=False)


def test_one_threshold_for_all_names_no_group() -> None:
    counts = large(1, 3, 5_000)
    question = Question(counts, ("g",), GOALS["four_fifths"], COSTS["accuracy"], Rule.threshold(counts.axis, 0.5))
    document = rule_file_of(shared(question), 0.5).to_json()
    assert document["by"] == [] and len(document["groups"]) == 1
    assert document["groups"][0]["group"] == {}
    assert document["score"] == "probability of the good outcome" and document["direction"] == "at_or_above"


def test_people_of_unknown_groups_take_the_other_threshold_or_are_refused() -> None:
    counts = large(1, 2, 2_000, 20)
    question = Question(counts, ("g",), GOALS["four_fifths"], COSTS["accuracy"], Rule.threshold(counts.axis, 0.5))
    axis, solution = counts.axis, search(question)
    later = Groups.product(("g",), (("g0", "g1", "new"),))
    threshold = axis.edges[4]
    applied = rule_file_of(solution, threshold).rule(later, axis)
    assert (applied.selected[2] == Rule.threshold(axis, threshold).selected).all()
    with pytest.raises(DataError, match="says nothing about people whose g is new"):
        rule_file_of(solution).rule(later, axis)
    with pytest.raises(DataError, match="decides by g"):
        rule_file_of(solution).rule(Groups.product(("h",), (("x",),)), axis)


def test_a_threshold_within_a_bin_is_refused() -> None:
    counts = large(1, 2, 2_000, 20)
    question = Question(counts, ("g",), GOALS["four_fifths"], COSTS["accuracy"], Rule.threshold(counts.axis, 0.5))
    with pytest.raises(DataError, match="no edge there"):
        rule_file_of(search(question)).rule(counts.groups, Axis.of([0.0, 1.0], kind="probability"))


def test_a_rule_by_more_than_score_and_group_cannot_be_written() -> None:
    counts = tiny(7, 2, 6, decided=True)
    with pytest.raises(DataError, match="by more than the score"):
        rule_file_of(solution_of(counts, Rule.as_decided(counts.axis)))


GOOD = {
    "plumbline": 1,
    "by": ["g"],
    "groups": [{"group": {"g": "a"}, "threshold": 0.4}],
    "otherwise": 0.5,
    "score": "score",
    "direction": "below",
}


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        None,
        GOOD | {"plumbline": 2},
        GOOD | {"direction": "up"},
        GOOD | {"otherwise": "0.5"},
        GOOD | {"otherwise": 10**400},
        GOOD | {"groups": [{"group": {"h": "a"}, "threshold": 0.4}]},
        GOOD | {"groups": [{"group": {"g": "a"}}]},
        GOOD | {"groups": [{"group": {"g": "a"}, "threshold": float("nan")}]},
        GOOD | {"groups": [{"group": {"g": "a"}, "probabilities": []}]},
        GOOD | {"groups": [{"group": {"g": "a"}, "probabilities": [[0.2, 0.5], [0.1, 1]]}]},
        GOOD | {"groups": [{"group": {"g": "a"}, "probabilities": [[0.2, 1.5]]}]},
        {key: value for key, value in GOOD.items() if key != "by"},
    ],
)
def test_what_is_no_rule_is_refused_in_words(wrong: Any) -> None:
    assert RuleFile.from_json(GOOD).lower_is_better
    with pytest.raises(PlanError, match=r"not a rule as Plumbline writes it"):
        RuleFile.from_json(wrong)
