"""Which fix is to be tried first."""

import pytest

from core.fix_places import PRESENT, Place, suggested


def place(
    name: str,
    gap: float,
    cost: float,
    error: float = 0.0,
    recommended: bool = True,
    wider: bool = False,
    one_sided: bool = False,
    measurable: bool = True,
) -> Place:
    gap_range = (gap, gap) if measurable else None
    return Place(name, name, gap, gap_range, cost, None, (gap, error), wider, recommended, one_sided)


NOW = place(PRESENT, 0.10, 0.15)


@pytest.mark.parametrize(
    ("offered", "at_most", "first"),
    [
        ([place("a", 0.008, 0.2), place("b", 0.009, 0.18), place("c", 0.05, 0.15)], 0.01, "b"),
        # None reaches the goal: of those that chance may have put in another order, the cheapest.
        ([place("blunt", 0.015, 0.49, error=0.02), place("sharp", 0.027, 0.151, error=0.02)], 0.01, "sharp"),
        ([place("blunt", 0.015, 0.49, error=0.002), place("sharp", 0.027, 0.151, error=0.02)], 0.01, "blunt"),
        ([place("degenerate", 0.0, 0.1, recommended=False), place("b", 0.009, 0.18)], 0.01, "b"),
        ([place("meant", 0.02, 0.16, error=0.02), place("wider", 0.03, 0.15, wider=True)], 0.01, "meant"),
        ([place("yes to most", 0.008, 0.1, one_sided=True), place("b", 0.009, 0.18)], 0.01, "b"),
        ([place("yes to most", 0.008, 0.1, one_sided=True), place("too far", 0.05, 0.15)], 0.01, "yes to most"),
        ([place("worse", 0.12, 0.1)], 0.2, None),
        ([place("unknown", 0.0, 0.1, measurable=False), place("b", 0.009, 0.18)], 0.01, "b"),
        ([], 0.01, None),
    ],
)
def test_the_cheapest_that_comes_near_enough_is_first(offered: list[Place], at_most: float, first: str | None) -> None:
    assert suggested([NOW, *offered], at_most) == first


def test_nothing_is_first_where_the_present_gap_is_not_measurable() -> None:
    assert suggested([place(PRESENT, 0.2, 0.15, measurable=False), place("a", 0.0, 0.1)], 0.01) is None
