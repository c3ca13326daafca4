"""What a fix does, in words: every range of a change as it would be said aloud."""

from dataclasses import replace

import numpy as np
import pytest

from core.metrics.intervals import z_value
from core.metrics.words.changes.sentence import change_sentence
from core.mitigate.effect.mistake_costs import Mistakes, mistakes, mistakes_sentence
from core.mitigate.goals import COSTS
from tests.core.metrics.test_comparison import CLOSING, compared, of


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-0.279, -0.153, "15.3 to 27.9 fewer"),
        (0.054, 0.121, "5.4 to 12.1 more"),
        (-0.032, 0.014, "3.2 fewer to 1.4 more"),
        (0.0, 0.014, "0.0 to 1.4 more"),
    ],
)
def test_a_range_of_a_change_is_said_without_signs(low: float, high: float, said: str) -> None:
    sentence = mistakes_sentence(Mistakes("accuracy", 0.4, 0.3, (-0.1, (low, high))))
    assert sentence.endswith(f"(plausible change {said}).")


def test_a_ratio_changes_by_times() -> None:
    change = of(compared(CLOSING), "disparate_impact")
    assert change.low is not None and change.high is not None and change.low > 0
    assert f"(plausible change {change.low:.2f} to {change.high:.2f} times more)" in change_sentence(change)


def test_a_change_that_is_none_is_said_to_be_none() -> None:
    change = of(compared(CLOSING), "disparate_impact")
    same = replace(change, after=change.before, low=0.0, high=0.0, verdict="same")
    said = change_sentence(same)
    assert said.endswith(" before the fix, and just so after it: nothing changes.") and "plausible" not in said


@pytest.mark.parametrize("cost", ["accuracy", "balanced_accuracy"])
@pytest.mark.parametrize(
    ("good", "turn"),
    [
        ([[40, 0], [0, 60]], "same"),
        ([[40, 1], [1, 58]], "unclear"),
        ([[20_000, 20], [20, 29_960]], "same"),
    ],
)
def test_as_many_mistakes_by_the_same_decisions_are_no_change(cost: str, good: list[list[int]], turn: str) -> None:
    # Of unknown outcome nobody counts, whatever is decided about them.
    people = np.array([[row[::-1] for row in good[::-1]], good, [[5, 40], [0, 5]]], np.int64)
    found = mistakes(people, COSTS[cost], z_value(0.95))
    assert found is not None and found.before == found.after and found.turn == turn
    assert ("as many" in mistakes_sentence(found)) == ((good[0][1], turn) == (0, "same"))
