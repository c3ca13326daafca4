"""What a mitigation makes equal, and what it must not cost: two tables of rows.

A goal names rates of `core.metrics.group_metrics` that are to be equal over the groups. A cost is a price on the two
kinds of wrong decision, in whole numbers, so that sums over people are exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from core.catalogue import table
from core.counts.rules import Confusion
from core.errors import PlanError
from core.metrics.gaps import Kind
from core.metrics.group_metrics import METRICS
from core.metrics.words.naming.terms import Terms

DIGITS = 10**9
PRICE_UNIT = 1000
ROUNDED = 12
MOST = 10**6

Exact = Fraction | float


@dataclass(frozen=True)
class Goal:
    """One row: which rates are to be equal, and how far apart they may stay.

    Attributes
    ----------
    name
        What plans call it.
    words
        The goal in plain words, as `Terms.said` reads them.
    rates
        The metrics that it equalises; over several, the largest of their gaps counts.
    measures
        The names in GAPS by which an audit sees this goal.
    at_most
        The gap that is accepted where the plan names none.
    kind
        "difference": a gap is the largest rate less the smallest. "ratio": it is 1 less smallest over largest.
    """

    name: str
    words: str
    rates: tuple[str, ...]
    measures: tuple[str, ...]
    at_most: float = 0.01
    kind: Kind = "difference"

    @property
    def needs_label(self) -> bool:
        """Whether it needs to know what really happened."""
        return any(METRICS[name].needs_label for name in self.rates)

    def said(self, terms: Terms) -> str:
        """The goal in the words of a plan: "every group is approved equally often"."""
        return terms.said(self.words)

    def gap(self, people: Confusion, fewest: int = 1, asked: npt.NDArray[np.bool_] | None = None) -> Exact:
        """How far apart the groups are that have `fewest` people behind every rate: the largest gap of any rate.

        A Fraction; where the rule draws lots a float, to 12 digits. 0 where nobody at all is selected. `asked`, of
        shape (groups,), says of which groups the goal is asked; of every one where it is None.
        """
        rates = [(np.asarray(METRICS[name].num(people)), np.asarray(METRICS[name].den(people))) for name in self.rates]
        bound = np.all([n >= max(1, fewest) for _, n in rates], axis=0) & (True if asked is None else asked)
        widest = max(self._apart(k[bound], n[bound]) for k, n in rates)
        return widest if isinstance(widest, Fraction) else round(widest, ROUNDED)

    def _apart(self, k: npt.NDArray[np.number], n: npt.NDArray[np.number]) -> Exact:
        """How far apart the rates k / n are; those whose nearest floats are neither lowest nor highest need no care."""
        near = k / n
        if not len(near):
            return Fraction(0)
        low, high = (
            best([rate(k[g].item(), n[g].item()) for g in np.flatnonzero(near == best(near))]) for best in (min, max)
        )
        if self.kind == "difference":
            return high - low
        return 1 - low / high if high else Fraction(0)


def rate(k: float, n: float) -> Exact:
    """K of n, exactly where both are whole."""
    return Fraction(k, n) if isinstance(k, int) and isinstance(n, int) else k / n


def exact(at_most: float) -> Fraction:
    """The largest accepted gap as a fraction, to nine digits. Raises PlanError where it is no share."""
    if not 0 <= at_most < 1:
        raise PlanError(
            f"The largest gap that you accept is from 0 to under 1; it is {at_most:g}.",
            in_plan="another at_most under [mitigate]",
        )
    return Fraction(round(at_most * DIGITS), DIGITS)


GOALS = table(
    Goal(
        "demographic_parity", "every group is {selected} equally often", ("selection_rate",),
        ("statistical_parity_difference", "disparate_impact"),
    ),
    Goal(
        "equal_opportunity", "of those with the good outcome, every group is {selected} equally often",
        ("true_positive_rate",), ("equal_opportunity_difference", "false_negative_rate_difference"),
    ),
    Goal(
        "predictive_equality", "of those without the good outcome, every group is {selected} equally often",
        ("false_positive_rate",), ("false_positive_rate_difference",),
    ),
    Goal(
        "equalized_odds", "whatever the outcome, every group is {selected} equally often",
        ("true_positive_rate", "false_positive_rate"),
        ("equal_opportunity_difference", "false_positive_rate_difference", "average_odds_difference"),
    ),
    Goal(
        "four_fifths", "every group is {selected} at least four fifths as often as the group most often {selected}",
        ("selection_rate",), ("disparate_impact",), at_most=0.2, kind="ratio",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Prices:
    """What one wrongly denied and one wrongly granted person cost, and by what their sum is divided."""

    denied: int
    granted: int
    per: int

    def value(self, people: Confusion) -> float | None:
        """The cost of everybody's decisions; None where no outcome is known."""
        total = self.denied * np.sum(people.fn) + self.granted * np.sum(people.fp)
        return float(total) / self.per if self.per else None


@dataclass(frozen=True)
class Cost:
    """One row: what a wrong decision costs, given how many people have the good and the other outcome."""

    name: str
    reads: str
    prices: Callable[[int, int], Prices]


def _balanced(good: int, other: int) -> Prices:
    if not good or not other:
        raise PlanError(
            "Weighing both outcomes alike needs people with the good outcome and people without it, and this table"
            " has only one kind. Count every wrong decision alike.",
            in_plan='cost = "accuracy" under [mitigate]',
        )
    return Prices(other, good, 2 * good * other)


def price(wrongly_denied: float, wrongly_granted: float) -> Cost:
    """The person's own price of one wrongful denial and one wrongful grant, to three decimals.

    Raises PlanError where it is no price.
    """
    given = (wrongly_denied, wrongly_granted)
    if not all(0 <= p <= MOST for p in given) or not any(round(p * PRICE_UNIT) for p in given):
        raise PlanError(
            "The prices of a wrong denial and of a wrong grant are two numbers from 0 to a million, not both 0, such as"
            f" 1 and 5; they are {wrongly_denied:g} and {wrongly_granted:g}.",
            in_plan="price = {wrongly_denied = 1, wrongly_granted = 5} under [mitigate]",
        )
    denied, granted = (round(p * PRICE_UNIT) for p in given)
    reads = f"the price of wrong decisions, {wrongly_denied:g} for a denial and {wrongly_granted:g} for a grant"
    return Cost("price", reads, lambda good, other: Prices(denied, granted, (good + other) * PRICE_UNIT))


COSTS = table(
    Cost("accuracy", "the share of decisions that are wrong", lambda good, other: Prices(1, 1, good + other)),
    Cost("balanced_accuracy", "the share of wrong decisions, averaged over both outcomes", _balanced),
    price(1, 1),
)
