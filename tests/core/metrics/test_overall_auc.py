"""Whether the good outcome has the better scores, over everybody."""

import pytest

from core.counts.counts import Counts
from core.metrics.group_metrics import overall_auc_range
from tests.worlds.records import decided, scored


def overall_auc(counts: Counts) -> float | None:
    return overall_auc_range(counts)[0]


def test_perfect_scores_reach_one_and_their_reverse_zero() -> None:
    assert overall_auc(scored().counts) == pytest.approx(1)
    assert overall_auc(scored(model=False, below=True).counts) == pytest.approx(0)


def test_decisions_have_one_too() -> None:
    tp, fp, fn, tn = 30, 10, 20, 40
    area = overall_auc(decided({"a": (20, 5, 10, 30), "b": (10, 5, 10, 10)}).counts)
    assert area == pytest.approx((tp / (tp + fn) + tn / (fp + tn)) / 2)


def test_without_both_outcomes_there_is_none() -> None:
    assert overall_auc(decided({"a": (20, 0, 10, 0), "b": (10, 0, 10, 0)}).counts) is None
    assert overall_auc(decided({"a": (0, 0, 0, 0, 3, 4), "b": (0, 0, 0, 0, 2, 1)}, label=False).counts) is None
