"""`[mitigate]`: what a search for fixes is to make equal, at what cost, and on whom a fix is judged."""

from __future__ import annotations

from typing import get_args

from core.errors import PlanError
from core.plan.parts import Mistake, MitigationPlan
from core.plan.reader import Section

MISTAKES: tuple[Mistake, ...] = get_args(Mistake)
PRICE = "price"


def read_mitigate(mitigate: Section) -> MitigationPlan:
    """The table as a part of the plan. Raises PlanError naming the key that is wrong."""
    plan = MitigationPlan(
        goal=mitigate.take("goal", str, default=None),
        at_most=mitigate.take_number("at_most", default=None),
        by=_names(mitigate, "by"),
        leave_out=_names(mitigate, "leave_out"),
        cost=(cost := mitigate.take("cost", str, default=None)),
        price=_read_price(mitigate, cost),
        holdout=mitigate.take_number("holdout", default=None),
        evaluate=mitigate.take("evaluate", str, default=None),
        features=_names(mitigate, "features"),
    )
    mitigate.done()
    return plan


def _names(mitigate: Section, key: str) -> tuple[str, ...] | None:
    return mitigate.take_list(key, str) if mitigate.has(key) else None


def _read_price(mitigate: Section, cost: str | None) -> dict[Mistake, float] | None:
    """What each mistake costs, in the plan's order; it goes with the cost "price", which is also meant by it alone."""
    if not mitigate.has("price") and cost != PRICE:
        return None
    prices = mitigate.section("price")
    if cost not in (None, PRICE):
        raise PlanError(f'{mitigate.name} price has no part in cost = "{cost}": remove one of the two.')
    order = [*prices.names(), *MISTAKES]
    given = {mistake: prices.take_number(mistake) for mistake in sorted(MISTAKES, key=order.index)}
    prices.done()
    return given
