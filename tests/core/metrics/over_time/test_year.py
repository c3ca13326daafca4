"""The year's range beside the confseq package's reference values, and whether it holds at all times together."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.metrics.over_time.readings import Reading
from core.metrics.over_time.year import mixture_bound, mixture_scale, year_range


def test_the_bound_is_that_of_confseq() -> None:
    """Howard and others, confseq, test/uniform_boundaries_unittest.cpp: values of their implementation in R."""
    scale = mixture_scale(100, 0.05)
    assert scale == pytest.approx(12.60056, abs=1e-5)
    assert mixture_bound(100, scale, 0.05) == pytest.approx(30.35209, abs=1e-5)
    # Its supermartingale of a sum of 10 is exp(-0.6510052): the level at which the bound is 10.
    assert mixture_bound(100, scale, math.exp(0.6510052)) == pytest.approx(10, abs=1e-5)


def test_it_holds_in_all_audits_together() -> None:
    series, audits, held = 1_000, 36, 0
    rng = np.random.default_rng(8)
    for _ in range(series):
        se = rng.uniform(0.5, 2, size=audits)
        truth = rng.normal(scale=3, size=audits)  # months differ as they like
        seen = truth + se * rng.normal(size=audits)
        readings = [Reading(value, value, error) for value, error in zip(seen, se, strict=True)]
        ranges = [year_range(readings[:n]) for n in range(1, audits + 1)]
        means = np.cumsum(truth) / np.arange(1, audits + 1)
        held += all(each[0] <= mean <= each[1] for each, mean in zip(ranges, means, strict=True) if each is not None)
    assert held / series >= 0.95


def test_it_narrows_and_takes_in_what_missing_outcomes_could_be() -> None:
    plain = [Reading(0.1, 0.1, 0.02)] * 12
    (few, many) = year_range(plain[:2]), year_range(plain)
    assert few is not None and many is not None and many[1] - many[0] < few[1] - few[0]
    loose = year_range([*plain[:11], Reading(-0.5, 0.7, 0.02)])
    assert loose is not None and loose[0] == pytest.approx(many[0] - 0.05) and loose[1] == pytest.approx(many[1] + 0.05)
    assert year_range([]) is None
