"""A gap over time faces one way: heading, curve, table and sentences are about whoever is worse off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.metrics.words.naming.terms import Terms
from core.plan.plan import MonitorPlan, Watch
from core.record.series import Series
from core.report.over_time.curves import curve_of, curve_table, gap_title
from core.report.words.over_time import first_sentence, gap_sentences
from tests.worlds.months import PLAN, SEX, year

WOMEN_FIRST = replace(PLAN, groups=replace(PLAN.groups, reference={"sex": "Female"}))
QUIET = (700, 705, 695, 698)
TERMS = Terms.of(PLAN)


def followed(measure: str, *women: int, turned: bool) -> Series:
    """Women beside men, or `turned` men beside women: the same people."""
    watch = Watch(measure, SEX, ("Male",) if turned else ("Female",))
    return Series.of(year(*women, plan=WOMEN_FIRST if turned else PLAN, monitor=MonitorPlan((watch,))))


@pytest.mark.parametrize("women", [QUIET[:2], QUIET, (*QUIET, 500)])
@pytest.mark.parametrize(
    "measure", ["statistical_parity_difference", "disparate_impact", "false_positive_rate_difference"]
)
def test_the_same_people_are_told_alike_whichever_group_is_the_reference(measure: str, women: tuple[int, ...]) -> None:
    one, other = (followed(measure, *women, turned=turned) for turned in (False, True))
    (gap,), (turned) = one.gaps, other.gaps[0]
    assert gap.group != turned.group, "they are watched the other way round"
    assert gap_title(gap, TERMS) == gap_title(turned, TERMS)
    assert first_sentence(one) == first_sentence(other)
    assert gap_sentences(one, gap) == gap_sentences(other, turned)
    assert curve_table(gap) == curve_table(turned)
    for point, same in zip(curve_of(gap, TERMS, {}).points, curve_of(turned, TERMS, {}).points, strict=True):
        ends = ("value", "low", "high")
        assert [getattr(point, end) for end in ends] == pytest.approx([getattr(same, end) for end in ends])
        assert (point.band is None) == (same.band is None) and point.stands == same.stands
        if point.band is not None:
            assert point.band == pytest.approx(same.band)


def test_the_curve_of_whoever_is_worse_off_lies_below_no_gap() -> None:
    (gap,) = followed("statistical_parity_difference", *QUIET, turned=True).gaps
    curve = curve_of(gap, TERMS, {})
    assert gap_title(gap, TERMS) == "Who gets selected? Women beside men" and curve.title.endswith("than men")
    assert all(point.value is not None and point.value < 0 for point in curve.points)


def test_a_ratio_with_a_zero_among_its_audits_stays_as_it_is_watched() -> None:
    (gap,) = followed("disparate_impact", 700, 705, 695, 0, turned=False).gaps
    assert gap_title(gap, TERMS).endswith("Women beside men") and curve_of(gap, TERMS, {}).points[3].value == 0
