"""The number of an audit that is averaged, and its standard error, from counts."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from core.metrics.over_time.readings import as_shown, reading
from core.metrics.sampling.effective import Effective


def test_a_difference_is_its_own_number_and_its_error_that_of_many_draws() -> None:
    found = reading("statistical_parity_difference", [(600, 2000)], [(700, 2000)])
    assert found.low == found.high == pytest.approx(-0.05)
    rng = np.random.default_rng(1)
    draws = rng.binomial(2000, 0.3, 100_000) / 2000 - rng.binomial(2000, 0.35, 100_000) / 2000
    assert found.se == pytest.approx(draws.std(), rel=0.01)


def test_a_ratio_is_a_logarithm_and_its_error_that_of_many_draws() -> None:
    found = reading("disparate_impact", [(600, 2000)], [(700, 2000)])
    assert as_shown("disparate_impact", found.low) == pytest.approx(6 / 7, abs=1e-3)
    rng = np.random.default_rng(2)
    draws = np.log(rng.binomial(2000, 0.3, 100_000) / rng.binomial(2000, 0.35, 100_000))
    assert found.se == pytest.approx(draws.std(), rel=0.01)


def test_an_average_of_two_differences_is_less_unsure_than_either() -> None:
    one = reading("equal_opportunity_difference", [(60, 100)], [(70, 100)])
    both = reading("average_odds_difference", [(60, 100), (60, 100)], [(70, 100), (70, 100)])
    assert both.low == one.low and both.se == pytest.approx(one.se / math.sqrt(2))


@pytest.mark.parametrize("measure", ["disparate_impact", "statistical_parity_difference"])
def test_a_rate_of_none_or_all_has_an_error(measure: str) -> None:
    for k in (0, 100):
        found = reading(measure, [(k, 100)], [(50, 100)])
        assert math.isfinite(found.low) and found.se > 0.04


def test_people_who_weigh_differently_are_as_sure_as_their_effective_number() -> None:
    weighed = Effective(Fraction(3, 10), 500.0, 2000)
    plain = reading("statistical_parity_difference", [(150, 500)], [(150, 500)])
    assert reading("statistical_parity_difference", [weighed], [weighed]).se == pytest.approx(plain.se)
