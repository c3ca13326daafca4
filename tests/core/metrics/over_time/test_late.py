"""Outcomes that are still to come: bounds that hold whatever they are, beside every way they can turn out."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.counts.rules import Confusion
from core.metrics.gaps import GAPS
from core.metrics.group_metrics import METRICS
from core.metrics.over_time.late import Awaited, awaited, share_in, widened

DIFFERENCES = [name for name, row in GAPS.items() if row.needs_label and row.kind == "difference" and row.is_tested]


def people(*numbers: float) -> Confusion:
    """(tp, fp, fn, tn, unknown selected, unknown refused)."""
    return Confusion(*(*numbers, 0, 0)[:6])  # type: ignore[arg-type]


def everything(side: tuple[Confusion, Awaited]) -> list[Confusion]:
    """Each way in which whole people's outcomes can turn out."""
    known, waits = side
    return [
        Confusion(
            tp=known.tp + a, fp=known.fp + waits.selected - a, fn=known.fn + b, tn=known.tn + waits.refused - b,
            unknown_selected=0, unknown_refused=0,
        )  # type: ignore[arg-type]
        for a, b in itertools.product(range(int(waits.selected) + 1), range(int(waits.refused) + 1))
    ]  # fmt: skip


def difference(measure: str, mine: Confusion, other: Confusion) -> float:
    rows = [METRICS[name] for name in GAPS[measure].metrics]
    each = [float(row.num(mine) / row.den(mine) - row.num(other) / row.den(other)) for row in rows]
    return sum(each) / len(each)


FEW = st.integers(1, 6)
SIDES = st.tuples(FEW, FEW, FEW, FEW, st.integers(0, 4), st.integers(0, 4))


@given(st.sampled_from(DIFFERENCES), SIDES, SIDES)
def test_bounds_hold_whatever_the_outcomes_are_and_are_reached(
    measure: str, mine: tuple[int, ...], other: tuple[int, ...]
) -> None:
    group, reference = ((people(*each), Awaited(each[4], each[5])) for each in (mine, other))
    found = widened(measure, group, reference)
    ends = [difference(measure, *pair) for pair in itertools.product(everything(group), everything(reference))]
    assert found.low <= min(ends) + 1e-12 and max(ends) - 1e-12 <= found.high and found.se > 0
    if len(GAPS[measure].metrics) == 1:
        assert (found.low, found.high) == pytest.approx((min(ends), max(ends)))


def test_where_nobody_may_be_left_to_count_the_rate_can_be_anything() -> None:
    nothing_known = (people(0, 0, 0, 0, 5, 5), Awaited(5, 5))
    found = widened("equal_opportunity_difference", nothing_known, (people(5, 5, 5, 5), Awaited()))
    assert (found.low, found.high) == (-0.5, 0.5)


def test_what_the_baseline_always_lacks_is_not_waited_for() -> None:
    """Of people who were turned down nobody learns the outcome, in any month."""
    months = [people(50, 10, 0, 0, 0, 40) for _ in range(4)]
    assert awaited(months, 3) == (Awaited(),) * 4


def test_what_a_month_lacks_beyond_that_is() -> None:
    full, late = people(50, 10, 10, 30), people(25, 5, 5, 15, 30, 20)
    assert awaited([full, full, full, late, None], 3) == (*[Awaited()] * 3, Awaited(30, 20), Awaited())


def test_a_month_of_the_baseline_that_is_late_itself_is_waited_for_too() -> None:
    full, late = people(500, 100, 100, 300), people(250, 50, 100, 300, 300, 0)
    assert awaited([full, full, late, full], 3)[2] == Awaited(300, 0)


def test_as_few_as_chance_leaves_out_are_not_waited_for() -> None:
    months = [people(500 - k, 500, 1, 1, k, 0) for k in (50, 55, 48, 60)]
    assert {each.people for each in awaited(months, 3)} == {0}
    assert awaited([*months, people(300, 500, 1, 1, 200, 0)], 3)[4].selected == pytest.approx(200 - 0.048 * 1000)


def test_the_share_that_is_in_is_of_those_to_come() -> None:
    assert share_in([(people(50, 10, 10, 30), Awaited())]) == 1
    assert share_in([(people(50, 10, 10, 30), Awaited(60, 40)), (people(25, 25, 25, 25), Awaited())]) == pytest.approx(
        2 / 3
    )
