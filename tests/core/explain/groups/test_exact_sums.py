"""Sums that no order of adding changes, of very small and very large numbers beside each other."""

from fractions import Fraction

import numpy as np
import pytest

from core.explain.groups.exact_sums import added_up, parted, whole

DRAW = np.random.default_rng(11)


@pytest.mark.parametrize("size", [1e-12, 1e-6, 1.0, 1e6])
def test_sums_are_those_of_fractions_rounded_once_whatever_comes_first(size: float) -> None:
    values = DRAW.normal(0, size, (3_000, 2)) * DRAW.choice([1.0, 1e-3], (3_000, 1))
    place = DRAW.integers(0, 3, 3_000)
    expected = [[float(sum(map(Fraction, values[place == p, f].tolist()))) for f in range(2)] for p in range(3)]
    totals = []
    for order in (np.arange(3_000), DRAW.permutation(3_000)):
        pieces = [added_up([values[piece]], place[piece], 3) for piece in np.array_split(order, 7)]
        totals.append(whole(np.sum(pieces, axis=0))[0])
    assert (totals[0] == totals[1]).all()
    np.testing.assert_allclose(totals[0], expected, rtol=1e-15, atol=3_000 * 2.0**-79)


def test_the_parts_of_a_number_add_up_to_it() -> None:
    values = np.asarray([0.0, -0.0, 0.1, -1 / 3, 2.0**-78, 2.0**42 + 2.0**-10, 1e30, -1e300])
    assert (whole(parted(values)) == values).all()
