"""A solution as a rule to take away."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.counts.counts import Axis, Floats
from core.counts.rule_file import GroupRule, RuleFile
from core.errors import DataError
from core.mitigate.rules.levels import cell_places
from core.mitigate.rules.solution import Solution


def _steps(axis: Axis, chances: Floats) -> Iterator[tuple[float, float]]:
    """The first edge, and every edge at which the chance changes."""
    for i, (edge, chance) in enumerate(zip(axis.edges, chances.tolist(), strict=True)):
        if i == 0 or chance != chances[i - 1]:
            yield _plain(edge, axis), chance


def _plain(edge: float, axis: Axis) -> float:
    """The shortest decimal at which plain comparison parts scores of the axis's dtype as the edge itself does."""
    exact = np.asarray(edge, dtype=axis.dtype)
    short = float(str(exact))
    return short if np.nextafter(exact, np.asarray(-np.inf, dtype=axis.dtype)) < short <= float(exact) else edge


def _score_words(axis: Axis) -> str:
    if axis.kind != "probability":
        return "score"
    return f"probability of the {'other' if axis.lower_is_better else 'good'} outcome"


def rule_file_of(solution: Solution, otherwise: float | None = None) -> RuleFile:
    """The rule of a solution, and the threshold for people of groups that it was not fitted on.

    Raises DataError where people with the same score and group are decided differently, by another column.
    """
    counts = solution.question.counts
    by = solution.question.by if solution.needs_attribute else ()
    groups, _ = counts.places(by)
    axis = counts.axis
    chance = np.broadcast_to(solution.rule.selected, (len(counts.groups), axis.bins))
    by_score = chance.reshape(len(chance), -1, len(axis.edges))
    where = cell_places(counts.groups, groups)
    rows = []
    for g in range(len(groups)):
        every = by_score[where == g].reshape(-1, len(axis.edges))
        if (every != every[0]).any():
            known = " and ".join(["the score", *by])
            raise DataError(
                f"This way decides about {', '.join(groups.names(g).values())} by more than {known}."
                " A list of thresholds cannot say that, so it was left out."
            )
        rows.append(GroupRule(groups.names(g), tuple(_steps(axis, every[0]))))
    return RuleFile(by, tuple(rows), otherwise, _score_words(axis), axis.lower_is_better)
