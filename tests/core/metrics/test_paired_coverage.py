"""How often a paired range holds the true change: in 2,000 invented worlds, 93 to 97 of 100."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from core.counts.counts import Ints
from core.metrics.group_metrics import METRICS
from core.metrics.intervals import z_value
from core.metrics.joint import Change, difference_change, ratio_change

WORLDS, Z = 2_000, z_value(0.95)
SELECTED, GOOD = METRICS["selection_rate"], METRICS["true_positive_rate"]
# Of a group's people, how likely each label and pair of decisions is: [label][before][after], other and good outcome.
ALIKE = ([[0.30, 0.02], [0.03, 0.10]], [[0.15, 0.03], [0.02, 0.35]])
APART = ([[0.32, 0.06], [0.01, 0.06]], [[0.22, 0.10], [0.01, 0.22]])
TORN = ([[0.10, 0.14], [0.15, 0.08]], [[0.12, 0.16], [0.13, 0.12]])
Chances = tuple[list[list[float]], list[list[float]]]


def selected_change(group: Ints, reference: Ints) -> Change | None:
    return difference_change([SELECTED], group, reference, Z)


def good_change(group: Ints, reference: Ints) -> Change | None:
    return difference_change([GOOD], group, reference, Z)


def ratio(group: Ints, reference: Ints) -> Change | None:
    return ratio_change(SELECTED, group, reference, Z)


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
    rng = np.random.default_rng(20261129)
    drawn = [
        rng.multinomial(n, np.reshape(side, -1), WORLDS).reshape(WORLDS, 2, 2, 2)
        for n, side in zip(sizes, sides, strict=True)
    ]
    unknown = np.zeros((1, 2, 2), dtype=np.int64)
    true, held = truth(change, sides), 0
    for group, reference in zip(*drawn, strict=True):
        found = change(*(np.concatenate([people, unknown]) for people in (group, reference)))
        assert found is not None
        low, high = found[1]
        held += low <= true <= high
    assert 0.93 <= held / WORLDS <= 0.97
