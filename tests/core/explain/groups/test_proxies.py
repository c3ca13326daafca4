"""How strongly a column tells a group, beside scipy's chi-squared."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from core.explain.groups.proxies import coded, telling

DRAW = np.random.default_rng(8)
N = 4_000
GROUP = DRAW.integers(0, 3, N)


def bergsma(codes: np.ndarray) -> float:
    """Cramér's V with Bergsma's correction, from scipy's statistic."""
    table = np.asarray([[((codes == c) & (g == GROUP)).sum() for g in range(3)] for c in np.unique(codes)])
    r, k = table.shape
    phi = max(0.0, chi2_contingency(table, correction=False).statistic / N - (r - 1) * (k - 1) / (N - 1))
    return float(np.sqrt(phi / (min(r - (r - 1) ** 2 / (N - 1), k - (k - 1) ** 2 / (N - 1)) - 1)))


@pytest.mark.parametrize("noise", [0.0, 0.3, 0.9])
def test_it_is_cramers_v_with_bergsmas_correction(noise: float) -> None:
    codes = np.where(noise > DRAW.random(N), DRAW.integers(0, 4, N), GROUP)
    assert telling(codes, GROUP) == pytest.approx(bergsma(codes), abs=1e-12)


def test_a_column_that_is_the_group_tells_it_and_chance_does_not() -> None:
    assert telling(GROUP, GROUP) == pytest.approx(1, abs=1e-3)
    assert telling(DRAW.integers(0, 200, N), GROUP) < 0.1
    assert telling(np.zeros(N, dtype=int), GROUP) == 0


def test_numbers_tell_by_their_tenths_and_missing_ones_by_being_missing() -> None:
    values = GROUP * 10.0 + DRAW.normal(0, 1, N)
    assert telling(coded(values, is_number=True), GROUP) > 0.9
    gone = np.where(GROUP == 1, np.nan, DRAW.normal(0, 1, N))
    assert telling(coded(gone, is_number=True), GROUP) > 0.6
    assert set(coded(DRAW.integers(0, 5, N).astype(float), is_number=True)) == set(range(5))
