"""Bands on series by hand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from core.metrics.over_time.bands import Looks, extra_by_audit, extra_variance, look


def seen(
    values: list[float], high: list[float] | None = None, se: float = 0.01, baseline: int = 3, gaps: int = 1
) -> Looks:
    low = np.array(values)
    return look(low, low if high is None else np.array(high), np.full(low.shape, se), baseline, gaps)


def outside(looks: Looks) -> list[list[int]]:
    return [[1 + int(place) for place in np.flatnonzero(row)] for row in looks.outside]


def test_nothing_alarms_within_the_baseline_and_windows_stay_behind_it() -> None:
    looks = seen([0.5, 0.0, 0.1, 0.2, 0.2, 0.2])
    assert np.isnan(looks.beyond[:3]).all() and np.isnan(looks.half[:3]).all()
    assert np.isnan(looks.beyond[3, 1:]).all() and np.isnan(looks.beyond[4, 2])
    assert not np.isnan(looks.beyond[5]).any()


def test_a_large_step_alarms_at_once_and_a_small_one_that_lasts_by_the_mean_of_three() -> None:
    assert outside(seen([0, 0, 0, 0.2, 0]))[3:] == [[1], [2]]
    assert outside(seen([0, 0, 0, 0.024, 0.024, 0.024]))[3:] == [[], [], [3]]


def test_both_sides_alarm_and_the_sign_says_which() -> None:
    up, down = seen([0, 0, 0, 0.2]), seen([0, 0, 0, -0.2])
    assert up.beyond[3, 0] == -down.beyond[3, 0] > 1


def test_more_gaps_make_wider_bands() -> None:
    widths = [float(seen([0, 0, 0, 0], gaps=gaps).half[3]) for gaps in (1, 2, 3)]
    assert widths == sorted(set(widths))


def test_bounds_alarm_only_where_the_nearer_end_is_outside() -> None:
    near = seen([0, 0, 0, 0.02], high=[0, 0, 0, 0.3])
    far = seen([0, 0, 0, 0.2], high=[0, 0, 0, 0.3])
    assert not near.outside.any() and far.outside[3, 0]
    both = seen([0, 0, 0, -0.3], high=[0, 0, 0, 0.3])
    assert both.beyond[3, 0] == 0


def test_a_baseline_of_bounds_is_as_wide_as_they_are() -> None:
    loose = seen([-0.1, 0, 0, 0.045], high=[0.05, 0, 0, 0.045])
    assert loose.baseline.tolist() == pytest.approx([-0.1 / 3, 0.05 / 3])
    assert not loose.outside.any() and seen([0, 0, 0, 0.045]).outside.any()


# ---------------------------------------------------------------- variation beyond chance


def varying(values: list[list[float]], se: float = 0.01, baseline: int = 3) -> npt.NDArray[np.float64]:
    array = np.array(values)
    return extra_variance(array, np.full(array.shape, se), baseline)


def test_it_is_told_from_six_audits_on_and_no_later_one_changes_it() -> None:
    six = [0.0, 0.05, -0.05, 0.04, -0.04, 0.03]
    assert varying([six[:5]]).tolist() == [0]
    assert varying([six]) == varying([[*six, 1.0]]) > 0
    assert varying([six], baseline=7).tolist() == [0]


def test_it_is_cochrans_q_beside_one_gap_of_chance_alone() -> None:
    six = np.array([0.0, 0.05, -0.05, 0.04, -0.04, 0.03])
    q = float(((six - six.mean()) ** 2).sum() / 0.01**2)
    assert varying([list(six)])[0] == pytest.approx(((q + 5) / 10 - 1) * 0.01**2)
    calm = [0.0] * 6
    assert varying([list(six), calm])[0] == pytest.approx(((q + 5) / 15 - 1) * 0.01**2)


def test_audits_that_vary_less_than_chance_add_nothing_and_gaps_without_a_value_count_for_nothing() -> None:
    assert varying([[0.0] * 6]).tolist() == [0]
    six = [0.0, 0.05, -0.05, 0.04, -0.04, 0.03]
    assert varying([six, [np.nan] * 6])[0] == varying([six])[0]


def test_it_widens_bands_only_from_the_seventh_audit_on() -> None:
    values = np.zeros(8)
    extra = extra_by_audit(np.asarray(1e-4), 8, 3)
    assert extra.tolist() == [0] * 6 + [1e-4] * 2
    plain, wide = (look(values, values, np.full(8, 0.01), 3, 1, each) for each in (None, extra))
    assert wide.half[5] == plain.half[5] and wide.half[6] == pytest.approx(plain.half[6] * 2**0.5)
