"""Intervals, tests and Holm's correction: against statsmodels and scipy, by their properties, and by exact coverage."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest

from core.metrics.intervals import (
    SMALLEST_P,
    Moments,
    absolute,
    equality_p,
    fisher_p,
    holm,
    mover_mean,
    newcombe,
    normal_p,
    p_from_interval,
    pooled_z,
    ratio,
    wilson,
    z_value,
)
from tests.worlds import reference

Z = z_value(0.95)
Rate = tuple[int, int]


@st.composite
def rates(draw: st.DrawFn, most: int = 300) -> Rate:
    n = draw(st.integers(1, most))
    return draw(st.integers(0, n)), n


# ---------------------------------------------------------------- rates


@given(rates(), st.sampled_from([0.5, 0.9, 0.95, 0.999]))
def test_wilson_equals_statsmodels(rate: Rate, confidence: float) -> None:
    theirs = proportion_confint(*rate, alpha=1 - confidence, method="wilson")
    assert wilson(*rate, z_value(confidence)) == pytest.approx(theirs, abs=1e-12)


@given(rates())
def test_wilson_holds_the_rate_and_mirrors(rate: Rate) -> None:
    k, n = rate
    low, high = wilson(k, n, Z)
    assert 0 <= low <= k / n <= high <= 1
    assert (1 - high, 1 - low) == pytest.approx(wilson(n - k, n, Z), abs=1e-12)


@given(rates(), rates())
def test_newcombe_equals_statsmodels(one: Rate, other: Rate) -> None:
    theirs = confint_proportions_2indep(*one, *other, method="newcomb", compare="diff", alpha=0.05)
    assert newcombe(*one, *other, Z) == pytest.approx(theirs, abs=1e-12)


@given(rates(), rates())
def test_newcombe_of_swapped_groups_is_mirrored(one: Rate, other: Rate) -> None:
    low, high = newcombe(*one, *other, Z)
    assert newcombe(*other, *one, Z) == pytest.approx((-high, -low), abs=1e-12)
    assert low <= one[0] / one[1] - other[0] / other[1] <= high


# ---------------------------------------------------------------- ratios


@given(rates(), rates())
def test_katz_equals_statsmodels_where_every_cell_is_large_enough(one: Rate, other: Rate) -> None:
    assume(min(one[0], one[1] - one[0], other[0], other[1] - other[0]) >= 5)
    theirs = confint_proportions_2indep(*one, *other, method="log", compare="ratio", alpha=0.05)
    assert ratio(*one, *other, Z) == pytest.approx(theirs, rel=1e-12)


@given(rates(60), rates(60))
def test_a_ratios_interval_holds_it_and_swaps_to_its_inverse(one: Rate, other: Rate) -> None:
    assume(other[0] > 0)
    low, high = ratio(*one, *other, Z)
    assert 0 <= low <= one[0] / one[1] / (other[0] / other[1]) * (1 + 1e-12)
    assert high >= one[0] / one[1] / (other[0] / other[1]) * (1 - 1e-12)
    if one[0] > 0:
        swapped = ratio(*other, *one, Z)
        assert swapped == pytest.approx((1 / high, 1 / low if low else math.inf), rel=1e-9)


def test_a_ratio_with_nobody_selected_is_zero_with_an_interval() -> None:
    low, high = ratio(0, 500, 400, 1_000, Z)
    assert low == 0
    assert 0 < high < 0.03
    low, high = ratio(0, 3, 1, 2, Z)
    assert low == 0
    assert high > 1


def test_small_cells_do_not_leave_a_ratio_without_an_upper_end() -> None:
    assert all(math.isfinite(ratio(k, 8, 1, 9, Z)[1]) for k in range(9))


# ---------------------------------------------------------------- averages


def test_the_mean_of_one_estimate_is_that_estimate_and_more_of_them_are_surer() -> None:
    one = (0.2, (0.1, 0.5))
    assert mover_mean([one]) == pytest.approx(one[1])
    low, high = mover_mean([one, one])
    assert (0.2 - low, high - 0.2) == pytest.approx((0.1 / math.sqrt(2), 0.3 / math.sqrt(2)))


@pytest.mark.parametrize(
    ("value", "interval", "expected"),
    [
        (-0.2, (-0.3, -0.1), (0.2, (0.1, 0.3))),
        (0.2, (0.1, 0.3), (0.2, (0.1, 0.3))),
        (-0.1, (-0.3, 0.1), (0.1, (0.0, 0.3))),
        (0.0, (-0.1, 0.4), (0.0, (0.0, 0.4))),
    ],
)
def test_an_absolute_values_interval_is_folded_at_zero(
    value: float, interval: tuple[float, float], expected: tuple[float, tuple[float, float]]
) -> None:
    assert absolute(value, interval) == expected


def test_moments_are_those_of_the_values() -> None:
    values = [0.1, 0.4, 0.4, 0.9]
    moments = Moments.of(4, sum(values), sum(v * v for v in values))
    assert moments.mean == pytest.approx(np.mean(values))
    assert moments.variance == pytest.approx(stats.sem(values) ** 2)
    assert moments.interval(0.9) == pytest.approx(stats.t.interval(0.9, 3, np.mean(values), stats.sem(values)))
    assert Moments.of(3, 0.9, 0.27).variance == pytest.approx(0, abs=1e-15)
    assert all(math.isnan(end) for end in Moments.of(1, 0.4, 0.16).interval(0.95))


# ---------------------------------------------------------------- tests of equality


@given(rates(120), rates(120))
def test_fishers_p_equals_scipys(one: Rate, other: Rate) -> None:
    table = [[one[0], one[1] - one[0]], [other[0], other[1] - other[0]]]
    assert fisher_p(*one, *other) == pytest.approx(stats.fisher_exact(table)[1], rel=1e-9, abs=1e-15)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((4_000, 5_000), (3_900, 5_000)),
        ((3, 4_000_000), (0, 3_000_000)),
        ((7, 9), (1_000_000, 3_000_000)),
    ],
)
def test_fishers_p_equals_scipys_on_large_tables(one: Rate, other: Rate) -> None:
    table = [[one[0], one[1] - one[0]], [other[0], other[1] - other[0]]]
    assert equality_p(*one, *other) == pytest.approx(stats.fisher_exact(table)[1], rel=1e-6)


def test_larger_tables_take_the_pooled_z_and_the_switch_is_seamless() -> None:
    assert equality_p(2_600, 5_001, 2_500, 5_000) == pytest.approx(
        proportions_ztest([2_600, 2_500], [5_001, 5_000])[1], rel=1e-12
    )
    assert equality_p(2_600, 5_000, 2_500, 5_000) == pytest.approx(stats.fisher_exact([[2600, 2400], [2500, 2500]])[1])


@given(rates(), rates())
def test_equality_is_symmetric_and_a_probability(one: Rate, other: Rate) -> None:
    assert equality_p(*one, *other) == pytest.approx(equality_p(*other, *one), rel=1e-9)
    assert SMALLEST_P <= equality_p(*one, *other) <= 1
    assert equality_p(*one, *one) == 1


def test_everybody_or_nobody_selected_differs_in_nothing() -> None:
    assert pooled_z(0, 10, 0, 20) == pooled_z(10, 10, 20, 20) == 0
    assert equality_p(0, 20_000, 0, 10_000) == equality_p(20_000, 20_000, 10_000, 10_000) == 1


def test_p_is_never_zero() -> None:
    assert equality_p(1_000_000, 1_000_000, 0, 1_000_000) == normal_p(1_000) == SMALLEST_P
    assert equality_p(5_000, 5_000, 0, 5_000) >= SMALLEST_P
    assert p_from_interval(0.3, (0.3, 0.3), Z) == SMALLEST_P


def test_p_from_an_interval_is_alpha_where_it_just_touches_zero() -> None:
    assert p_from_interval(0.2, (0.0, 0.4), Z) == pytest.approx(0.05)
    assert p_from_interval(0.0, (-0.1, 0.1), Z) == p_from_interval(0.0, (0.0, 0.0), Z) == 1


@given(st.lists(st.sampled_from([1e-300, 1e-9, 0.01, 0.02, 0.04, 0.3, 1.0]) | st.floats(1e-12, 1), max_size=25))
def test_holm_is_its_definition(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(reference.holm(p_values), rel=1e-12)


@pytest.mark.parametrize("p_values", [[0.04], [0.01, 0.04, 0.03], [0.2, 1e-300, 0.02, 0.02, 1.0, 0.5, 0.011]])
def test_holm_equals_statsmodels(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1], rel=1e-12)


# ---------------------------------------------------------------- coverage, enumerating every table (statistics.md 3)

SIZES = (15, 40, 100, 200)
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)


def chances(n: int, p: float) -> np.ndarray:
    return stats.binom.pmf(np.arange(n + 1), n, p)


@pytest.mark.parametrize("n", SIZES)
def test_wilson_covers(n: int) -> None:
    intervals = np.array([wilson(k, n, Z) for k in range(n + 1)])
    shares = np.linspace(0.01, 0.5, 50)
    covered = [float(chances(n, p) @ ((intervals[:, 0] <= p) & (p <= intervals[:, 1]))) for p in shares]
    for p, coverage in zip(shares, covered, strict=True):
        expected = n * p  # of those selected; of the others there are more
        least, most = (0.925, 0.975) if expected >= 5 else (0.90, 1.0) if expected >= 1 else (0.83, 1.0)
        assert least <= coverage <= most, (n, p, coverage)
    if n == 15:
        assert covered[0] == pytest.approx(0.860, abs=5e-4)
    assert 0.945 <= np.mean(covered) <= 0.96


@pytest.fixture(scope="module")
def enumerated() -> dict[tuple[int, int], dict[str, np.ndarray]]:
    """Ends of Newcombe's and the ratio's interval and p, for every pair of outcomes of two group sizes."""
    found = {}
    for n1, n2 in ((15, 15), (15, 60), (60, 15), (40, 60)):
        shape = (n1 + 1, n2 + 1)
        tables = {name: np.empty((*shape, 2)) for name in ("difference", "ratio")}
        p = np.empty(shape)
        for k1, k2 in np.ndindex(shape):
            tables["difference"][k1, k2] = newcombe(k1, n1, k2, n2, Z)
            tables["ratio"][k1, k2] = ratio(k1, n1, k2, n2, Z) if k2 else (0, np.inf)
            p[k1, k2] = equality_p(k1, n1, k2, n2)
        found[n1, n2] = {**tables, "p": p}
    return found


def coverage(ends: np.ndarray, truth: float, joint: np.ndarray) -> float:
    return float((joint * ((ends[..., 0] <= truth + 1e-12) & (truth - 1e-12 <= ends[..., 1]))).sum())


def test_newcombe_and_ratios_cover(enumerated: dict[tuple[int, int], dict[str, np.ndarray]]) -> None:
    for (n1, n2), tables in enumerated.items():
        for p1 in SHARES:
            for p2 in SHARES:
                joint = np.outer(chances(n1, p1), chances(n2, p2))
                smallest = min(n1 * p1, n2 * p2)
                difference = coverage(tables["difference"], p1 - p2, joint)
                assert difference >= (0.935 if smallest >= 1 else 0.90), (n1, n2, p1, p2, difference)
                relative = coverage(tables["ratio"], p1 / p2, joint)
                # Under 0.2 expected people Wilson covers that rate alone in 86 % (above): a ratio can no more.
                assert relative >= (0.90 if smallest >= 0.2 else 0.86), (n1, n2, p1, p2, relative)


def test_fishers_size_is_at_most_alpha(enumerated: dict[tuple[int, int], dict[str, np.ndarray]]) -> None:
    for (n1, n2), tables in enumerated.items():
        for share in np.linspace(0.01, 0.99, 50):
            joint = np.outer(chances(n1, share), chances(n2, share))
            assert float(joint[tables["p"] < 0.05].sum()) <= 0.05


def test_ratios_of_larger_groups_cover() -> None:
    n = 150
    shares = (0.1, 0.3, 0.5)
    ends = np.array([[ratio(k1, n, k2, n, Z) if k2 else (0, np.inf) for k2 in range(n + 1)] for k1 in range(n + 1)])
    for p1 in shares:
        for p2 in shares:
            assert 0.93 <= coverage(ends, p1 / p2, np.outer(chances(n, p1), chances(n, p2))) <= 0.97
