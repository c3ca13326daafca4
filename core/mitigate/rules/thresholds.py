"""One threshold for each group, or one for all: the exact optimum over the axis's edges, from counts alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from core.counts.counts import Axis, Floats, Ints
from core.counts.rules import Rule
from core.mitigate.goals import Goal
from core.mitigate.rules.levels import Candidates, cell_places, level_rule, thresholds_at, without_degenerate
from core.mitigate.rules.rule_outcome import Outcome
from core.mitigate.rules.solution import Question, Solution, left_out
from core.mitigate.rules.two_rates import cheapest, smallest_odds_gap
from core.mitigate.rules.windows import BestLevels, best_in_windows, best_of, smallest_gap, spread, windows


@dataclass(frozen=True)
class _Search:
    """One way of giving levels to groups: the cheapest within a gap, and the smallest gap (None where no choice is)."""

    mechanism: str
    needs_attribute: bool
    cheapest: Callable[[Candidates, Goal, Fraction], BestLevels]
    smallest: Callable[[Candidates, Goal], Fraction | None]


def search(question: Question) -> Solution:
    """One threshold for each group: the cheapest of all whose gap is accepted.

    Exact for goals of one rate. For two, `optimality_gap` says how far from the optimum it may be: 0 but for the
    hardest tables. Raises PlanError where the counts hold no score, or there are no two groups to make equal.
    """
    return _solved(question, _Search("thresholds", True, _cheapest, _smallest))


def shared(question: Question) -> Solution:
    """One threshold for everybody, which needs no sensitive value: the cheapest of all whose gap is accepted.

    Raises PlanError as `search` does.
    """
    return _solved(question, _Search("shared_threshold", False, _cheapest_shared, _smallest_shared))


def _solved(question: Question, way: _Search) -> Solution:
    """The optimum, and beside a degenerate one the best that is not: of the smallest gap where none is accepted."""
    counts, goal = question.counts, question.goal
    found = question.candidates
    solution = _solution(question, way, found, way.cheapest(found, goal, question.limit))
    if solution.recommended:
        return solution
    sensible = without_degenerate(found, counts, question.present)
    if sensible is None or (smallest := way.smallest(sensible, goal)) is None:
        return solution
    best = way.cheapest(sensible, goal, max(smallest, question.limit))
    return replace(solution, instead=_solution(question, way, sensible, best))


def _solution(question: Question, way: _Search, found: Candidates, best: BestLevels) -> Solution:
    counts, axis = question.counts, question.counts.axis
    levels = best.levels
    if way.needs_attribute:
        rule = _rule_of_groups(question, found, level_rule(axis, levels))
    else:
        rule = Rule(np.repeat(level_rule(axis, levels[:1]), len(counts.groups), axis=0))
    reached = question.outcome(rule)
    prices = question.cost.prices(*(int(counts.n[:, label].sum()) for label in (1, 0)))
    return Solution(
        way.mechanism,
        question,
        rule,
        _with_thresholds(reached, axis, levels),
        way.needs_attribute,
        least_cost=best.least_cost / prices.per if prices.per else None,
        unbound=found.unbound,
        notes=left_out(found.unbound, way.needs_attribute, question),
    )


def _rule_of_groups(question: Question, found: Candidates, by_group: Floats) -> Rule:
    """The rule of each cell from that of its group; groups that were not there keep the present one."""
    counts = question.counts
    where = cell_places(counts.groups, found.groups)
    present = np.broadcast_to(question.present.selected, (len(counts.groups), counts.axis.bins))
    return Rule(np.where((where >= 0)[:, None], by_group[where], present))


def _with_thresholds(reached: Outcome, axis: Axis, levels: Ints) -> Outcome:
    groups = (
        replace(group, threshold=threshold)
        for group, threshold in zip(reached.groups, thresholds_at(axis, levels), strict=True)
    )
    return replace(reached, groups=tuple(groups))


def _cheapest(found: Candidates, goal: Goal, at_most: Fraction) -> BestLevels:
    if len(found.ladders) == 2:
        return cheapest(found, at_most)
    return best_in_windows(found, windows(found, found.ladders[0], goal.kind, at_most))


def _smallest(found: Candidates, goal: Goal) -> Fraction:
    return smallest_odds_gap(found) if len(found.ladders) == 2 else smallest_gap(found, found.ladders[0], goal.kind)


def _cheapest_shared(found: Candidates, goal: Goal, at_most: Fraction) -> BestLevels:
    rows = _shared_levels(found)
    accepted = np.all([windows(found, ladder, goal.kind, at_most).meets(rows) for ladder in found.ladders], axis=0)
    return best_of(found, rows[accepted])


def _smallest_shared(found: Candidates, goal: Goal) -> Fraction | None:
    rows = _shared_levels(found)
    return min((max(spread(found, ladder, row, goal.kind) for ladder in found.ladders) for row in rows), default=None)


def _shared_levels(found: Candidates) -> Ints:
    """The levels that every bound group may take, the same for all: shape (levels, groups)."""
    first, last = found.start[found.bound].max(), found.stop[found.bound].min()
    return np.repeat(np.arange(first, max(first, last))[:, None], len(found.groups), axis=1)
