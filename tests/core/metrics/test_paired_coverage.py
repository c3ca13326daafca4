"""How often a paired range holds the true change: in 2,000 invented worlds, 93 to 97 of 100."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from core.counts.counts import Ints
from core.metrics.group_metrics import METRICS
from core.metrics.intervals import Interval, z_value
from core.metrics.joint import Change, difference_change, is_countable, ratio_change

WORLDS, Z = 2_000, z_value(0.95)
SELECTED, GOOD, PREDICTED = (
    METRICS[name] for name in ("selection_rate", "true_positive_rate", "positive_predictive_value")
)
# Of a group's people, how likely each label and pair of decisions is: [label][before][after], other and good outcome.
ALIKE = ([[0.30, 0.02], [0.03, 0.10]], [[0.15, 0.03], [0.02, 0.35]])
APART = ([[0.32, 0.06], [0.01, 0.06]], [[0.22, 0.10], [0.01, 0.22]])
LOST = ([[0.48, 0.00], [0.02, 0.12]], [[0.10, 0.00], [0.02, 0.28]])
TORN = ([[0.10, 0.14], [0.15, 0.08]], [[0.12, 0.16], [0.13, 0.12]])
Chances = tuple[list[list[float]], list[list[float]]]


def selected_change(group: Ints, reference: Ints) -> Change | None:
    return difference_change([SELECTED], group, reference, Z)


def good_change(group: Ints, reference: Ints) -> Change | None:
    return difference_change([GOOD], group, reference, Z)


def ratio(group: Ints, reference: Ints) -> Change | None:
    return ratio_change(SELECTED, group, reference, Z)


def predictive_change(group: Ints, reference: Ints) -> Change | None:
    sides = (group, reference)
    return difference_change([PREDICTED], *sides, Z) if all(is_countable([PREDICTED], side) for side in sides) else None


def rates(chances: Chances, of_good: bool) -> tuple[float, float]:
    """The true rates before and after."""
    table = np.asarray(chances[1] if of_good else np.sum(chances, axis=0), dtype=float)
    return float(table[1].sum() / table.sum()), float(table[:, 1].sum() / table.sum())


def truth(change: Callable[..., Change | None], sides: Sequence[Chances]) -> float:
    (g0, g1), (r0, r1) = (rates(side, change is good_change) for side in sides)
    return g1 / r1 - g0 / r0 if change is ratio else (g1 - r1) - (g0 - r0)


@pytest.mark.parametrize("change", [selected_change, good_change, ratio])
@pytest.mark.parametrize(
    ("sides", "sizes"), [((APART, ALIKE), (300, 900)), ((ALIKE, ALIKE), (150, 150)), ((TORN, APART), (400, 200))]
)
def test_paired_ranges_hold_the_truth_as_often_as_they_say(
    change: Callable[..., Change | None], sides: tuple[Chances, Chances], sizes: tuple[int, int]
) -> None:
    found, true = ranges(change, sides, sizes), truth(change, sides)
    assert len(found) == WORLDS
    assert 0.93 <= sum(low <= true <= high for low, high in found) / WORLDS <= 0.97


@pytest.mark.parametrize("change", [ratio, predictive_change])
@pytest.mark.parametrize("sizes", [(24, 3000), (60, 400)])
def test_a_few_of_whom_nobody_flips_are_no_group_that_never_does(
    change: Callable[..., Change | None], sizes: tuple[int, int]
) -> None:
    # Both groups lose alike, so nothing changes between them; of the few often nobody does.
    found = ranges(change, (LOST, LOST), sizes)
    assert len(found) > 0.95 * WORLDS
    assert sum(low > 0 for low, _ in found) + sum(high < 0 for _, high in found) <= 0.05 * WORLDS


def ranges(
    change: Callable[..., Change | None], sides: tuple[Chances, Chances], sizes: tuple[int, int]
) -> list[Interval]:
    """The range in each invented world in which there is one."""
    rng = np.random.default_rng(20261129)
    drawn = [
        rng.multinomial(n, np.reshape(side, -1), WORLDS).reshape(WORLDS, 2, 2, 2)
        for n, side in zip(sizes, sides, strict=True)
    ]
    unknown = np.zeros((1, 2, 2), dtype=np.int64)
    worlds = [[np.concatenate([people, unknown]) for people in both] for both in zip(*drawn, strict=True)]
    return [found[1] for both in worlds if (found := change(*both)) is not None]
