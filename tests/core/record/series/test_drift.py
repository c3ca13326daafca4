"""What else moves between audits: group sizes, base rates, scores, missing values; corrected for how many there are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ttest_ind

from core.counts.counts import Axis, Groups
from core.metrics.intervals import Moments
from core.metrics.over_time.drift import drifted_mean, drifted_share
from core.plan.plan import ReportPlan
from core.record import AuditRecord
from core.record.series import DriftRow, Series
from core.report.words.over_time import drift_sentences
from tests.worlds.months import PLAN, month
from tests.worlds.people import count, plan_of
from tests.worlds.records import record_of
from tests.worlds.reference import Person

CALM = {"Male": (400, 100, 100, 400), "Female": (350, 100, 150, 400)}


def after(table: dict[str, tuple[int, ...]]) -> Series:
    """Three calm months and one like this."""
    tables = [CALM, CALM, CALM, table]
    return Series.of([month(each, f"2026-{at:02}.csv", made=at) for at, each in enumerate(tables, 1)])  # type: ignore[arg-type]


def moved(series: Series) -> dict[tuple[str, str], DriftRow]:
    return {(row.kind, ", ".join(row.group.values())): row for row in series.drift if row.differs}


def test_months_alike_have_moved_in_nothing_and_it_says_so() -> None:
    series = after(CALM)
    assert moved(series) == {} and {row.period for row in series.drift} == {"2026-04"}
    assert drift_sentences(series) == (
        "Group sizes, outcomes and missing values differ from the first audits by no more than chance.",
    )


def test_a_group_that_becomes_smaller_is_told_with_both_shares() -> None:
    series = after({**CALM, "Female": (175, 50, 75, 200)})
    row = moved(series)[("group_size", "Female")]
    assert (row.before, row.after) == (0.5, 1 / 3) and row.low < 1 / 3 - 0.5 < row.high < 0
    assert "Women are 33.3\u00a0% of the people, and were 50.0\u00a0%." in drift_sentences(series)


def test_a_base_rate_that_falls_is_told_of_the_group_it_falls_in() -> None:
    series = after({**CALM, "Female": (150, 200, 100, 550)})
    assert moved(series)[("base_rate", "Female")].after == 0.25 and ("base_rate", "Male") not in moved(series)
    assert any(said.startswith("The good outcome came for 25.0\u00a0% of women") for said in drift_sentences(series))


def test_outcomes_and_values_that_go_missing_are_told() -> None:
    series = after({**CALM, "Female": (250, 50, 100, 300, 150, 150), "(missing)": (10, 10, 20, 20)})
    assert moved(series)[("missing_outcome", "Female")].after == 0.3
    missing = moved(series)[("missing_group", "(missing)")]
    assert missing.before == 0 and missing.after == 60 / 2060
    assert "“sex” is missing for 2.9\u00a0% of the people, and was for 0.0\u00a0%." in drift_sentences(series)


def test_a_group_that_is_new_or_gone_counts_as_none_of_everybody() -> None:
    new = moved(after({**CALM, "Diverse": (20, 20, 20, 20)}))[("group_size", "Diverse")]
    gone = moved(after({"Male": CALM["Male"]}))[("group_size", "Female")]
    assert (new.before, new.after) == (0, 80 / 2080) and (gone.before, gone.after) == (0.5, 0)


def scored(shift: float, file: str) -> AuditRecord:
    axis = Axis.of([step / 100 for step in range(101)], "float64", "probability")
    people = [Person(("ab"[i % 2],), None, False, (i * 37 % 80) / 100 + shift * (i % 2)) for i in range(2000)]
    plan = plan_of(decision='score = "s"\nthreshold = 0.5')
    counts = count(people, axis, Groups.product(("g",), (("a", "b"),)))
    return record_of(replace(plan, data=replace(plan.data, file=file)), counts)


def test_scores_that_rise_in_one_group_are_told_by_their_mean() -> None:
    series = Series.of([scored(0.1 * (at == 4), f"2026-{at:02}.csv") for at in range(1, 5)])
    row = moved(series)[("score", "b")]
    assert row.after - row.before == pytest.approx(0.1) and row.low < 0.1 < row.high
    assert ("score", "a") not in moved(series)
    assert any(said.startswith("The mean score of people whose g is b is ") for said in drift_sentences(series))


def test_nothing_is_told_of_hidden_numbers_nor_before_there_is_an_audit_to_hold_against_others() -> None:
    assert after(CALM).drift and not Series.of([month(CALM)]).drift
    hides = replace(PLAN, report=ReportPlan(hide_small=True))
    tables = [CALM, CALM, CALM, {**CALM, "Female": (175, 50, 75, 200)}]
    series = Series.of([month(each, f"2026-{at:02}.csv", plan=hides, made=at) for at, each in enumerate(tables, 1)])
    assert series.drift == () and drift_sentences(series) == ()


def test_in_at_most_one_of_twenty_quiet_series_anything_is_said_to_have_moved() -> None:
    rng, false, series = np.random.default_rng(5), 0, 200
    for _ in range(series):
        months = [
            month(
                {sex: tuple(rng.multinomial(size, chances)) for sex, size in _sizes(rng)}, f"2026-{at:02}.csv", made=at
            )
            for at in range(1, 8)
            for chances in [[0.4, 0.1, 0.1, 0.3, 0.05, 0.05]]
        ]
        false += any(row.differs for row in Series.of(months).drift)
    assert false <= 0.05 * series + 3 * (0.05 * 0.95 * series) ** 0.5


def _sizes(rng: np.random.Generator) -> list[tuple[str, int]]:
    women = int(rng.binomial(1000, 0.4))
    return [("Male", 1000 - women), ("Female", women)]


# ---------------------------------------------------------------- the tests beside scipy's


def test_a_mean_that_moved_is_tested_as_welch_does() -> None:
    rng = np.random.default_rng(6)
    one, two = rng.normal(0.5, 0.1, 4000), rng.normal(0.505, 0.2, 3000)
    before, now = (Moments.of(len(each), each.sum(), (each**2).sum()) for each in (one, two))
    found = drifted_mean(before, now, 0.95)
    assert found is not None
    welch = ttest_ind(two, one, equal_var=False)
    assert found.p_value == pytest.approx(welch.pvalue, rel=0.01)
    low, high = welch.confidence_interval()
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-5)


def test_what_nobody_has_does_not_move() -> None:
    assert drifted_share((0, 0), (1, 2), 0.95) is None
    assert drifted_mean(Moments.of(1, 0.5, 0.25), Moments.of(9, 4.5, 2.3), 0.95) is None
    still = drifted_mean(Moments.of(9, 4.5, 2.25), Moments.of(9, 4.5, 2.25), 0.95)
    assert still is not None and still.p_value == 1
