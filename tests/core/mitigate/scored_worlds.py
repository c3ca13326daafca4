"""Worlds of scores for the searches, and what a search must find, the slow way: every combination of thresholds."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np

from core.counts.counts import Axis, Counts, Groups, tally
from core.counts.rules import Rule
from core.mitigate.rules.solution import Question, Solution

RATES = {"selection_rate": None, "true_positive_rate": 1, "false_positive_rate": 0}


def tiny(seed: int, groups: int, edges: int, lower_is_better: bool = False, decided: bool = False) -> Counts:
    """40 to 120 people of few scores: by "g", crossed with a second attribute that nothing is made equal over."""
    draw = np.random.default_rng(seed)
    n = int(draw.integers(40, 120))
    scores = np.sort(draw.choice(np.arange(1, 40), edges, replace=False)) / 40
    axis = Axis.of(scores, kind="probability", lower_is_better=lower_is_better, decided=decided)
    cells = Groups.product(("g", "h"), (tuple(f"g{i}" for i in range(groups)), ("a", "b")))
    cell, label = draw.choice(len(cells), n), draw.choice(3, n, p=[0.45, 0.45, 0.1])
    return tally(cells, axis, cell, label, draw.choice(scores, n), draw.integers(0, 2, n) if decided else None)


def large(seed: int, groups: int, n: int, edges: int = 1001, apart: float = 0.6) -> Counts:
    """Scores of a noisy model that ranks and calibrates the groups differently."""
    draw = np.random.default_rng(seed)
    g = draw.choice(groups, n, p=draw.dirichlet(np.full(groups, 3.0)))
    merit = draw.normal(0, 1, n) + draw.normal(0, apart, groups)[g]
    label = (draw.random(n) < 1 / (1 + np.exp(-1.5 * merit * draw.uniform(0.7, 1.5, groups)[g]))).astype(np.int64)
    score = 1 / (1 + np.exp(-(merit + draw.normal(0, 1, n))))
    axis = Axis.probabilities("float64", 0.5)
    if edges != 1001:
        score = np.round(score * (edges - 1)) / (edges - 1)
        axis = Axis.of(np.unique(score), kind="probability")
    return tally(Groups.product(("g",), (tuple(f"g{i}" for i in range(groups)),)), axis, g, label, score)


@dataclass(frozen=True)
class Row:
    """One group at one threshold."""

    split: int
    cost: int
    changed: int
    selected: int
    n: int
    rates: dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Best:
    """What decides between choices, in order; `degenerate` ones stand apart."""

    gap: Fraction
    cost: int
    changed: int
    splits: tuple[int, ...]


def every_row(question: Question) -> list[list[Row]]:
    """For each group every threshold: each edge, and one beyond the last."""
    counts, axis = question.counts, question.counts.axis
    _, where = counts.places(question.by)
    grouped = counts.by(question.by)
    prices = question.cost.prices(int(counts.n[:, 1].sum()), int(counts.n[:, 0].sum()))
    present = np.broadcast_to(question.present.selected, (len(counts.groups), axis.bins))
    edges = len(axis.edges)
    table = []
    for g in range(len(grouped.groups)):
        people = grouped.scores()[g]
        rows = []
        for split in range(edges + 1):
            chosen = [e for e in range(edges) if (e < split) == axis.lower_is_better]
            changed = sum(
                int(counts.n[cell, :, b].sum())
                for cell in np.flatnonzero(where == g)
                for b in range(axis.bins)
                if (present[cell, b] == 1) != (b % edges in chosen)
            )
            hits = {name: (people if of is None else people[of][None])[:, chosen].sum() for name, of in RATES.items()}
            sizes = {name: (people if of is None else people[of]).sum() for name, of in RATES.items()}
            wrong = prices.denied * (sizes["true_positive_rate"] - hits["true_positive_rate"])
            cost = int(wrong + prices.granted * hits["false_positive_rate"])
            rates = {name: (int(hits[name]), int(sizes[name])) for name in RATES}
            rows.append(Row(split, cost, changed, rates["selection_rate"][0], int(people.sum()), rates))
        table.append(rows)
    return table


def brute_force(question: Question) -> tuple[Best, Best | None]:
    """The best choice within the accepted gap, and the best of those that leave no group (nearly) without or with all.

    The second has the smallest gap where none is accepted.
    """
    goal, limit, table = question.goal, question.limit, every_row(question)
    fewest = max(1, question.fewest)
    bound = [all(rows[0].rates[name][1] >= fewest for name in goal.rates) for rows in table]
    now = selected_now(question)
    table = [
        rows if is_bound else [min(rows, key=lambda row: (row.changed, row.split))]
        for rows, is_bound in zip(table, bound, strict=True)
    ]
    accepted, sensible = [], []
    for choice in product(*table):
        judged = [row for row, is_bound in zip(choice, bound, strict=True) if is_bound]
        gap = max(spread([Fraction(*row.rates[name]) for row in judged], goal.kind) for name in goal.rates)
        key = (sum(row.cost for row in choice), sum(row.changed for row in choice), tuple(row.split for row in choice))
        if gap <= limit:
            accepted.append(Best(Fraction(0), *key))
        if not any(is_bound and extreme(row, n) for row, n, is_bound in zip(choice, now, bound, strict=True)):
            sensible.append(Best(max(gap, limit), *key))
    return best(accepted), best(sensible) if sensible else None


def best(choices: list[Best]) -> Best:
    return min(choices, key=lambda b: (b.gap, b.cost, b.changed, b.splits))


def spread(rates: list[Fraction], kind: str) -> Fraction:
    low, high = min(rates), max(rates)
    if kind == "difference":
        return high - low
    return 1 - low / high if high else Fraction(0)


def selected_now(question: Question) -> list[float]:
    counts = question.counts
    _, where = counts.places(question.by)
    present = np.broadcast_to(question.present.selected, (len(counts.groups), counts.axis.bins))
    people = (counts.n.sum(axis=1) * present).sum(axis=1)
    return [float(people[where == g].sum()) for g in range(where.max() + 1)]


def extreme(row: Row, now: float) -> bool:
    """Whether under 1 % or over 99 % are selected, though it was not so before."""
    nobody = 100 * row.selected < row.n <= 100 * now
    refused, refused_now = row.n - row.selected, row.n - now
    return nobody or 100 * refused < row.n <= 100 * refused_now


def chosen(solution: Solution) -> tuple[int, int, tuple[int, ...]]:
    """Cost in whole prices, changed decisions and the positions of the thresholds."""
    counts = solution.question.counts
    prices = solution.question.cost.prices(int(counts.n[:, 1].sum()), int(counts.n[:, 0].sum()))
    edges = counts.axis.edges
    splits = tuple(
        len(edges) if group.threshold == float("inf") else edges.index(group.threshold or 0.0)
        for group in solution.outcome.groups
    )
    return round((solution.outcome.cost or 0.0) * prices.per), int(solution.outcome.changed), splits


def present_rule(counts: Counts, draw: np.random.Generator) -> Rule:
    """The decision column, or a threshold at some edge."""
    if counts.axis.decided:
        return Rule.as_decided(counts.axis)
    return Rule.threshold(counts.axis, float(draw.choice(counts.axis.edges)))
