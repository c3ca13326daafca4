"""The searches find what trying every combination of thresholds finds, and nothing better can be drawn at random."""

import time
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from core.counts.counts import Axis, Counts, Groups, of_selection, tally
from core.counts.rules import Rule, confusion
from core.errors import PlanError
from core.mitigate.goals import COSTS, GOALS, Goal, exact, price
from core.mitigate.rules.levels import candidates
from core.mitigate.rules.solution import Question
from core.mitigate.rules.thresholds import search, shared
from core.mitigate.rules.two_rates import cheapest
from tests.core.mitigate.scored_worlds import (
    Best,
    brute_force,
    chosen,
    every_row,
    extreme,
    large,
    present_rule,
    selected_now,
    spread,
    tiny,
)

EVERY_COST = [*COSTS.values(), price(1, 5), price(2.5, 0.1)]
SIZES = [(2, 12), (2, 5), (3, 9), (3, 12), (4, 6), (5, 4), (5, 6)]
LIMITS = [None, 0.0, 0.001, 0.05, 0.2]


def asked(goal: Goal, seed: int, groups: int, edges: int) -> Question:
    draw = np.random.default_rng(seed)
    counts = tiny(seed, groups, edges, bool(seed % 2), seed % 3 == 0)
    limit, cost = LIMITS[seed % len(LIMITS)], EVERY_COST[seed % len(EVERY_COST)]
    return Question(
        counts, ("g",), goal, cost, present_rule(counts, draw), limit, fewest=1 + (seed % 2 if groups > 2 else 0)
    )


@pytest.mark.parametrize("groups, edges", SIZES)
@pytest.mark.parametrize("goal", GOALS.values(), ids=GOALS.keys())
def test_the_optimum_is_that_of_every_combination(goal: Goal, groups: int, edges: int) -> None:
    for seed in range(2 if edges**groups > 1000 else 12):
        question = asked(goal, 100 * edges + seed, groups, edges)
        best, sensible = brute_force(question)
        found = search(question)
        assert Best(Fraction(0), *chosen(found)) == best
        assert found.meets and found.optimality_gap == pytest.approx(0, abs=1e-12)
        if found.instead is not None:
            assert Best(max(Fraction(found.instead.outcome.gap), question.limit), *chosen(found.instead)) == sensible
        elif not found.recommended:
            assert sensible is None


@pytest.mark.parametrize("goal", GOALS.values(), ids=GOALS.keys())
def test_seventeen_million_times_as_many_people_get_the_same_thresholds(goal: Goal) -> None:
    for seed in range(8):
        question = asked(goal, seed, 2 + seed % 2, 4 + seed)
        counts = question.counts
        many = replace(question, counts=replace(counts, n=counts.n * 17_000_000), fewest=question.fewest * 17_000_000)
        few, found = search(question), search(many)
        assert found.outcome.gap == few.outcome.gap
        assert [g.threshold for g in found.outcome.groups] == [g.threshold for g in few.outcome.groups]


@pytest.mark.parametrize("goal", GOALS.values(), ids=GOALS.keys())
@pytest.mark.parametrize("seed, limit", [(3, 0.01), (4, 0.0005), (5, 0.1)])
def test_of_a_million_pairs_of_thresholds_the_best_is_found(goal: Goal, seed: int, limit: float) -> None:
    counts = large(seed, 2, 3_000 * 10 ** (seed % 3))
    found = search(Question(counts, ("g",), goal, price(1, 2), Rule.threshold(counts.axis, 0.5), limit))
    other, good = (np.pad(counts.n[:, label, ::-1].cumsum(axis=1), ((0, 0), (1, 0))) for label in (0, 1))
    prices = good[:, -1:] - good + 2 * other
    rates = {"selection_rate": good + other, "true_positive_rate": good, "false_positive_rate": other}
    accepted = np.logical_and.reduce([within(*rates[name], Fraction(str(limit)), goal.kind) for name in goal.rates])
    assert chosen(found)[0] == 1000 * np.add.outer(*prices)[accepted].min()
    assert found.meets and found.optimality_gap == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("goal", GOALS.values(), ids=GOALS.keys())
def test_one_threshold_for_all_is_the_best_of_those(goal: Goal) -> None:
    for seed in range(30):
        question = asked(goal, seed, 2 + seed % 3, 2 + seed % 9)
        table = every_row(question)
        bound = [all(rows[0].rates[name][1] >= question.fewest for name in goal.rates) for rows in table]
        accepted, sensible = [], []
        for choice in zip(*table, strict=True):
            judged = [row for row, is_bound in zip(choice, bound, strict=True) if is_bound]
            gap = max(spread([Fraction(*row.rates[name]) for row in judged], goal.kind) for name in goal.rates)
            key = (sum(r.cost for r in choice), sum(r.changed for r in choice), tuple(r.split for r in choice))
            accepted += [key] if gap <= question.limit else []
            now = selected_now(question)
            if not any(b and extreme(row, n) for row, n, b in zip(choice, now, bound, strict=True)):
                sensible.append((max(gap, question.limit), *key))
        found = shared(question)
        assert chosen(found) == min(accepted)
        assert not found.needs_attribute
        assert len({group.threshold for group in found.outcome.groups}) == 1
        assert (found.instead is None) == (found.recommended or not sensible)
        if found.instead is not None:
            assert (max(Fraction(found.instead.outcome.gap), question.limit), *chosen(found.instead)) == min(sensible)


@pytest.mark.parametrize("goal", GOALS.values(), ids=GOALS.keys())
@pytest.mark.parametrize("edges", [30, 1001])
def test_no_random_thresholds_are_better(goal: Goal, edges: int) -> None:
    counts = large(5, 4, 20_000, edges)
    draw = np.random.default_rng(1)
    question = Question(counts, ("g",), goal, COSTS["accuracy"], Rule.threshold(counts.axis, 0.5), 0.06)
    found = search(question)
    assert found.outcome.cost is not None and found.meets
    table = candidates(counts, ("g",), goal, question.cost, question.present, 1)
    near = np.asarray([len(counts.axis.edges) - chosen(found)[2][g] for g in range(4)])
    levels = np.clip(near + draw.integers(-edges // 10 - 2, edges // 10 + 3, (40_000, 4)), 0, table.levels - 1)
    each = np.arange(4)
    ranges = [np.ptp(ladder.rates[each, levels], axis=1) for ladder in table.ladders]
    if goal.kind == "ratio":
        rates = table.ladders[0].rates[each, levels]
        ranges = [1 - rates.min(axis=1) / np.maximum(rates.max(axis=1), 1e-9)]
    accepted = np.max(ranges, axis=0) <= 0.06
    assert accepted.sum() > 3
    assert table.cost[each, levels].sum(axis=1)[accepted].min() >= chosen(found)[0]


def test_the_rule_gives_what_the_solution_says() -> None:
    counts = large(2, 3, 5_000, 40)
    question = Question(counts, ("g",), GOALS["equal_opportunity"], COSTS["accuracy"], Rule.threshold(counts.axis, 0.5))
    found = search(question)
    people = confusion(counts, found.rule, ("g",))
    rates = [Fraction(int(k), int(n)) for k, n in zip(people.tp, people.tp + people.fn, strict=True)]
    assert found.outcome.gap == max(rates) - min(rates) <= Fraction(1, 100)
    assert [group.selected for group in found.outcome.groups] == people.selected.tolist()
    for g, group in enumerate(found.outcome.groups):
        assert group.threshold is not None
        assert (found.rule.selected[g] == Rule.threshold(counts.axis, group.threshold).selected).all()
        assert group.selected - group.selected_before == group.newly_selected - group.newly_refused
    wrong = int((people.fp + people.fn).sum())
    assert found.outcome.cost == pytest.approx(wrong / counts.labelled)


def test_ten_groups_take_milliseconds_and_equalized_odds_under_a_second() -> None:
    counts = large(0, 10, 100_000)
    for goal in GOALS.values():
        question = Question(counts, ("g",), goal, COSTS["accuracy"], Rule.threshold(counts.axis, 0.5))
        spent = []
        for _ in range(3):
            start = time.process_time()
            found = search(question)
            spent.append(time.process_time() - start)
            assert found.optimality_gap == pytest.approx(0, abs=1e-12)
        assert min(spent) < (1.0 if goal.name == "equalized_odds" else 0.25)


def test_a_search_that_ends_early_states_a_true_lower_bound() -> None:
    counts = large(3, 6, 50_000)
    arguments = (counts, ("g",), GOALS["equalized_odds"], COSTS["accuracy"], Rule.threshold(counts.axis, 0.5), 1)
    table = candidates(*arguments)
    best, early = cheapest(table, exact(0.05)), cheapest(table, exact(0.05), most_boxes=1)
    assert best.least_cost == best.cost
    assert early.least_cost <= best.cost <= early.cost
    assert early.least_cost < early.cost


@pytest.mark.parametrize("goal", GOALS.values(), ids=GOALS.keys())
def test_groups_too_many_to_keep_every_window_of_give_the_same_thresholds(
    goal: Goal, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = large(6, 5, 20_000)
    question = Question(counts, ("g",), goal, COSTS["accuracy"], Rule.threshold(counts.axis, 0.5), 0.02)
    found = search(question)
    monkeypatch.setattr("core.mitigate.rules.windows._MOST_KEPT", 0)
    assert chosen(search(question)) == chosen(found)


def test_what_selects_everybody_is_shown_and_not_recommended() -> None:
    counts = of_scores({"a": ([50, 0, 0], [0, 0, 50]), "b": ([10, 0, 0], [0, 0, 90])})
    present = Rule.threshold(counts.axis, 0.3)
    found = search(Question(counts, ("g",), GOALS["demographic_parity"], COSTS["accuracy"], present))
    assert found.meets and not found.recommended
    assert [group.selected for group in found.outcome.groups] == [100, 100]
    assert found.degenerate == ({"g": "a"}, {"g": "b"})
    assert found.instead is not None and not found.instead.degenerate
    assert found.instead.outcome.gap == Fraction(40, 100) and not found.instead.meets


def test_a_group_that_is_wholly_selected_already_may_stay_so() -> None:
    counts = of_scores({"a": ([0, 0, 50], [0, 0, 50]), "b": ([0, 50, 0], [0, 0, 50])})
    question = Question(counts, ("g",), GOALS["demographic_parity"], price(5, 1), Rule.threshold(counts.axis, 0.2))
    found = search(question)
    assert [(group.selected, group.n) for group in found.outcome.groups] == [(100, 100), (100, 100)]
    assert found.recommended


def test_a_group_without_the_outcome_is_not_bound_and_hardly_touched() -> None:
    counts = of_scores({"a": ([5, 5, 5], [5, 5, 9]), "b": ([5, 9, 5], [5, 5, 5]), "c": ([3, 3, 4], [0, 0, 0])})
    present = Rule.threshold(counts.axis, 0.2)
    found = search(Question(counts, ("g",), GOALS["equal_opportunity"], COSTS["accuracy"], present))
    assert found.unbound == ({"g": "c"},)
    assert found.outcome.groups[2].newly_selected == found.outcome.groups[2].newly_refused == 0


@pytest.mark.parametrize("lower_is_better", [False, True])
def test_a_group_too_small_to_fit_on_keeps_its_threshold_where_none_of_its_people_score(lower_is_better: bool) -> None:
    counts = of_scores({"a": ([9, 5, 5], [5, 5, 20]), "b": ([20, 5, 5], [5, 9, 5]), "c": ([3, 0, 0], [4, 0, 0])})
    counts = replace(counts, axis=Axis.of([0.1, 0.2, 0.3], lower_is_better=lower_is_better))
    for now in (0.2, 0.3):  # either treats all the people of c alike, but not those to come
        present = Rule.threshold(counts.axis, now)
        asked = Question(counts, ("g",), GOALS["equal_opportunity"], COSTS["accuracy"], present, fewest=10)
        found = search(asked)
        assert (found.rule.selected[2] == present.selected).all()
        left_out = "There are too few people whose g is c to go by, so the goal is not asked for them"
        assert found.notes == (f"{left_out}, and their decisions change as little as possible.",)
        assert shared(asked).notes == (f"{left_out}.",)


@pytest.mark.parametrize("lower_is_better", [False, True])
def test_a_group_too_small_to_fit_on_gets_the_threshold_that_everybodys_decisions_follow(lower_is_better: bool) -> None:
    axis = Axis.of([1, 2, 3, 4, 5], lower_is_better=lower_is_better, decided=True)
    is_selected = (np.arange(5) < 3) if lower_is_better else (np.arange(5) >= 3)
    n = np.zeros((3, 3, 10), dtype=np.int64)
    for group, people in enumerate(([9, 8, 7, 6, 5], [4, 5, 6, 7, 8], [2, 0, 0, 0, 2])):
        n[group, 0], n[group, 1] = (np.concatenate([people * ~is_selected, people * is_selected]) for _ in range(2))
    counts = Counts(Groups.product(("g",), (("a", "b", "c"),)), axis, n, np.zeros((2, 3, 3), dtype=np.int64))
    question = Question(counts, ("g",), GOALS["equal_opportunity"], COSTS["accuracy"], Rule.as_decided(axis), fewest=10)
    found = search(question)
    assert found.unbound == ({"g": "c"},)
    assert found.rule.selected[2, :5].tolist() == is_selected.tolist(), "and nobody's of the four, at any level"


def test_a_cell_nobody_was_seen_in_gets_its_groups_threshold() -> None:
    cells = Groups.product(("g", "h"), (("a", "b"), ("x", "y")))
    n = np.zeros((4, 3, 3), np.int64)
    n[[0, 2, 3], :2] = [[1, 2, 8], [8, 2, 1]], [[5, 9, 5], [5, 2, 5]], [[3, 3, 3], [4, 2, 4]]
    axis = Axis.of([0.1, 0.2, 0.3])
    counts = Counts(cells, axis, n, np.zeros((2, 4, 3), np.int64))
    found = search(Question(counts, ("g",), GOALS["demographic_parity"], COSTS["accuracy"], Rule.threshold(axis, 0.2)))
    assert (found.rule.selected[1] == found.rule.selected[0]).all()


def test_without_outcomes_the_fewest_decisions_change() -> None:
    counts = of_scores({"a": ([0, 0, 0], [0, 0, 0]), "b": ([0, 0, 0], [0, 0, 0])})
    unknown = counts.n.copy()
    unknown[:, 2] = [[4, 2, 4], [2, 4, 4]]
    counts = replace(counts, n=unknown)
    present = Rule.threshold(counts.axis, 0.2)
    question = Question(counts, ("g",), GOALS["demographic_parity"], COSTS["accuracy"], present)
    found = search(question)
    assert found.outcome.cost is None and found.optimality_gap is None
    assert (found.outcome.changed, [group.threshold for group in found.outcome.groups]) == (6, [0.1, 0.1])
    assert found.instead is not None
    assert (found.instead.outcome.changed, [g.threshold for g in found.instead.outcome.groups]) == (6, [0.3, 0.3])
    with pytest.raises(PlanError, match="outcome is known"):
        search(replace(question, goal=GOALS["equal_opportunity"]))


def test_decisions_alone_have_no_threshold() -> None:
    groups = Groups.product(("g",), (("a", "b"),))
    counts = of_selection(groups, np.full((2, 3, 2), 5))
    with pytest.raises(PlanError, match="no score here"):
        search(Question(counts, ("g",), GOALS["demographic_parity"], COSTS["accuracy"], Rule.as_decided(counts.axis)))


def test_one_group_is_nothing_to_make_equal() -> None:
    counts = of_scores({"a": ([5, 5, 5], [5, 5, 9])})
    with pytest.raises(PlanError, match="only one group"):
        search(Question(counts, ("g",), GOALS["four_fifths"], COSTS["accuracy"], Rule.threshold(counts.axis, 0.2)))


def test_balanced_accuracy_needs_both_outcomes() -> None:
    counts = of_scores({"a": ([5, 5, 5], [0, 0, 0]), "b": ([5, 5, 5], [0, 0, 0])})
    present = Rule.threshold(counts.axis, 0.2)
    with pytest.raises(PlanError, match="only one kind"):
        search(Question(counts, ("g",), GOALS["demographic_parity"], COSTS["balanced_accuracy"], present))


def of_scores(people: dict[str, tuple[list[int], list[int]]]) -> Counts:
    """From {group: (people with the other outcome by score 0.1, 0.2, 0.3, people with the good one)}."""
    groups = Groups.product(("g",), (tuple(people),))
    n = np.zeros((len(people), 3, 3), np.int64)
    for g, (other, good) in enumerate(people.values()):
        n[g, 0], n[g, 1] = other, good
    empty = tally(groups, Axis.of([0.1, 0.2, 0.3]), np.zeros(0, int), np.zeros(0, int), np.zeros(0))
    return replace(empty, n=n)


def within(k: np.ndarray, other: np.ndarray, limit: Fraction, kind: str) -> np.ndarray:
    """For each pair of levels whether the two groups' rates are within the limit, in whole numbers."""
    a, b = np.multiply.outer(k, np.full_like(other, other[-1])), np.multiply.outer(np.full_like(k, k[-1]), other)
    whole = k[-1] * other[-1] if kind == "difference" else np.maximum(a, b)
    return np.asarray(abs(a - b) * limit.denominator <= whole * limit.numerator)
