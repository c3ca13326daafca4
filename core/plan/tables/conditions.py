"""`favourable`: which values of a column are good for the person, read and written."""

from __future__ import annotations

from typing import Any

from core.errors import PlanError
from core.plan.parts import Condition
from core.plan.reader import Section


def read_condition(section: Section) -> Condition | None:
    """The table's `favourable`; None where it has none. Raises PlanError where it names no value."""
    if not section.has("favourable"):
        return None
    if section.holds("favourable", dict):
        bounds = section.section("favourable")
        at_least = bounds.take("at_least", float, default=None)
        below = bounds.take("below", float, default=None)
        bounds.done()
        if (at_least is None) == (below is None):
            raise PlanError(
                f"{section.name} favourable: give exactly one of at_least and below, such as {{below = 5}}."
            )
        return Condition(at_least=at_least, below=below)
    if section.holds("favourable", list):
        values = section.take_list("favourable", str, int, float)
    else:
        values = (section.take("favourable", str, int, float),)
    if not values:
        raise PlanError(f"{section.name} favourable: name at least one value that is good for the person.")
    return Condition(values=values)


def condition_document(condition: Condition | None) -> Any:
    """The condition as a plan file holds it."""
    if condition is None:
        return None
    if condition.at_least is not None:
        return {"at_least": condition.at_least}
    if condition.below is not None:
        return {"below": condition.below}
    return list(condition.values)
