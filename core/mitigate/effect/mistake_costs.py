"""What wrong decisions cost before and after a fix, by the one measure that was chosen: in the list and the judgement.

For the share of wrong decisions the change's interval is Newcombe's paired one. Of the other two measures, weighted
sums of both outcomes' error rates, it is MOVER's (Zou and Donner 2008) over each outcome's own paired interval.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from core.counts.counts import FAVOURABLE, UNFAVOURABLE, UNKNOWN, Ints
from core.metrics.distance import is_as_before
from core.metrics.group_metrics import METRICS
from core.metrics.joint import Change, rate_change
from core.mitigate.goals import Cost

Turn = Literal["better", "worse", "same", "unclear"]


@dataclass(frozen=True)
class Mistakes:
    """What wrong decisions cost before and after, with the plausible range of the change; shares, as `Cost` has them.

    `cost` is the name of the measure. `is_unmoved` says that nobody whose outcome is known is decided otherwise. What
    is suspected to have learned the answer is never called better.
    """

    cost: str
    before: float
    after: float
    change: Change
    is_suspected: bool = False
    is_unmoved: bool = False

    @property
    def turn(self) -> Turn:
        """Whether mistakes cost less or more, and the range leaves out 0; no change where it holds nothing else."""
        low, high = self.change[1]
        if self.is_unmoved or (
            self.cost != "price" and is_as_before("difference", (self.before, self.after), (low, high))
        ):
            return "same"
        if high < 0 and self.is_suspected:
            return "unclear"
        return "better" if high < 0 else "worse" if low > 0 else "unclear"


def mistakes(people: Ints, cost: Cost, z: float) -> Mistakes | None:
    """Those of int64 `people` of shape (3 labels, 2 before, 2 after); None where no outcome is known.

    Raises PlanError as `Cost.prices` does.
    """
    good, other = (int(people[label].sum()) for label in (FAVOURABLE, UNFAVOURABLE))
    if not people[:UNKNOWN].any():
        return None
    prices = cost.prices(good, other)
    before, after = (
        (prices.denied * refused + prices.granted * selected) / prices.per
        for refused, selected in (
            (float(people[FAVOURABLE, 0].sum()), float(people[UNFAVOURABLE, 1].sum())),
            (float(people[FAVOURABLE, :, 0].sum()), float(people[UNFAVOURABLE, :, 1].sum())),
        )
    )
    is_unmoved = not people[:UNKNOWN, [0, 1], [1, 0]].any()
    if cost.name == "accuracy":
        value, (low, high) = rate_change(METRICS["accuracy"], people, z)
        return Mistakes(cost.name, before, after, (-value, (-high, -low)), is_unmoved=is_unmoved)
    each = (("false_negative_rate", prices.denied * good), ("false_positive_rate", prices.granted * other))
    parts = [(weight / prices.per, rate_change(METRICS[name], people, z)) for name, weight in each if weight]
    below = math.hypot(*(weight * (value - low) for weight, (value, (low, _)) in parts))
    above = math.hypot(*(weight * (high - value) for weight, (value, (_, high)) in parts))
    change = after - before, (after - before - below, after - before + above)
    return Mistakes(cost.name, before, after, change, is_unmoved=is_unmoved)


def cost_words(share: float, cost: str, has_outcome: bool = True) -> str:
    """What a place costs: "36.5 of 100 decisions wrong", by the chosen measure."""
    return f"{100 * share:.1f}{_UNITS[cost] if has_outcome else ' of 100 decisions change'}"


_UNITS = {
    "accuracy": " of 100 decisions wrong",
    "balanced_accuracy": " of 100 wrong, both outcomes alike",
    "price": ", the price of mistakes for 100 people",
}


def mistakes_sentence(found: Mistakes) -> str:
    """What mistakes cost before and after, with the plausible change."""
    before, after = (f"{100 * share:.1f}" for share in (found.before, found.after))
    low, high = found.change[1]
    after = "as many" if found.is_unmoved and found.cost != "price" else after
    said = {
        "accuracy": f"Of 100 decisions {before} are wrong before the fix, and {after} after it",
        "balanced_accuracy": (
            f"Of 100 decisions {before} are wrong before the fix, both outcomes counted alike, and {after} after it"
        ),
        "price": f"Mistakes about 100 people cost {before} before the fix, and {after} after it",
    }[found.cost]
    if found.is_unmoved:
        return f"{said}."
    return f"{said} (plausible change {_range(100 * low, 100 * high)})."


def _range(low: float, high: float) -> str:
    if low < 0 < high:
        return f"{-low:.1f} fewer to {high:.1f} more"
    least, most = sorted((abs(low), abs(high)))
    return f"{least:.1f} to {most:.1f} {'fewer' if low < 0 else 'more'}"
