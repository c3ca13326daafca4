"""What a gap may be and what mistakes may cost, as a plan says it."""

import pytest

from core.errors import PlanError
from core.mitigate.goals import exact, price


@pytest.mark.parametrize("at_most", [-0.1, 1.0, float("nan")])
def test_an_accepted_gap_is_a_share(at_most: float) -> None:
    with pytest.raises(PlanError, match="at_most"):
        exact(at_most)


@pytest.mark.parametrize("given", [(0, 0), (-1, 1), (float("inf"), 1), (0.0001, 0)])
def test_prices_are_numbers_from_zero_on(given: tuple[float, float]) -> None:
    with pytest.raises(PlanError, match="price"):
        price(*given)
