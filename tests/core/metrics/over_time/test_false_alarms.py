"""What the bands promise: 10,000 seeded series of binomial draws each, 12 audits of which 3 are the baseline."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import multivariate_normal

from core.metrics.over_time.bands import extra_by_audit, extra_variance, look

SERIES, AUDITS, BASELINE = 10_000, 12, 3
Alarms = npt.NDArray[np.bool_]


def alarms(
    rng: np.random.Generator,
    gaps: int,
    n: int | list[int],
    rate: float,
    ratio: bool = False,
    step_at: int | None = None,
    wobble: float = 0.0,
) -> Alarms:
    """Which audits raise an alarm, shape (series, gaps, audits); a step is 5 points more in the first gap.

    `n` is how many people a group has, one number an audit where they differ.
    """
    shape = (SERIES, gaps, AUDITS)
    truth = np.full(shape, rate) + wobble * rng.normal(size=shape)
    if step_at is not None:
        truth[:, 0, step_at - 1 :] += 0.05
    people = np.broadcast_to(np.asarray(n), (AUDITS,))
    group, reference = rng.binomial(people, truth), rng.binomial(people, rate, size=shape)
    value = np.log((group + 0.5) / (reference + 0.5)) if ratio else group / people - reference / people
    se = np.sqrt(sum(1 / (k + 0.5) - 1 / (people + 0.5) if ratio else _variance(k, people) for k in (group, reference)))
    extra = extra_by_audit(extra_variance(value, se, BASELINE), AUDITS, BASELINE)
    return look(value, value, se, BASELINE, gaps, extra).outside.any(axis=3)


def _variance(k: npt.NDArray[np.int64], n: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    p = (k + 1) / (n + 2)
    return p * (1 - p) / (n + 2)


def share(of: npt.NDArray[np.bool_]) -> float:
    return float(of.any(axis=(1, 2)).mean())


def three_errors(rate: float) -> float:
    """Three standard errors of a share of so many series."""
    return 3 * math.sqrt(rate * (1 - rate) / SERIES)


@pytest.mark.parametrize("gaps", [1, 2, 3])
@pytest.mark.parametrize("ratio", [False, True])
@pytest.mark.parametrize(("n", "rate"), [(2_000, 0.1), (2_000, 0.3), (2_000, 0.5), (250, 0.1), (250, 0.5)])
def test_a_quiet_year_raises_an_alarm_in_at_most_one_of_twenty(n: int, rate: float, ratio: bool, gaps: int) -> None:
    rng = np.random.default_rng([gaps, ratio, n, round(100 * rate)])
    false = share(alarms(rng, gaps, n, rate, ratio))
    assert 0.02 < false <= 0.05 + three_errors(0.05)


@pytest.mark.parametrize(
    "n",
    [[20_000] * 3 + [300] * 9, [500] * 3 + [5_000] * 9, [500, 3_000] * 6, [4_000 - 300 * at for at in range(12)]],
)
def test_so_does_one_whose_audits_differ_in_size(n: list[int]) -> None:
    assert share(alarms(np.random.default_rng(n[:4]), 3, n, 0.3)) <= 0.05 + three_errors(0.05)


@pytest.mark.parametrize("step_at", [5, 7, 9])
def test_a_step_of_five_points_is_found_within_three_audits(step_at: int) -> None:
    rng = np.random.default_rng([1, step_at])
    found = alarms(rng, 3, 2_000, 0.3, step_at=step_at)[:, :1, step_at - 1 : step_at + 2]
    assert share(found) >= 0.8


@pytest.mark.parametrize("gaps", [1, 2, 3])
def test_months_that_vary_by_a_point_raise_few_alarms_from_the_seventh_audit_on(gaps: int) -> None:
    seen = alarms(np.random.default_rng([2, gaps]), gaps, 2_000, 0.3, wobble=0.01)
    assert share(seen[:, :, 6:]) < 0.08
    assert share(seen[:, :, :6]) > 0.05  # which is why it is said that these assume none


def test_the_second_year_is_as_quiet_as_the_first() -> None:
    value = np.random.default_rng(3).normal(size=(SERIES, 3, 24))
    se = np.ones_like(value)
    extra = extra_by_audit(extra_variance(value, se, BASELINE), 24, BASELINE)
    assert share(look(value, value, se, BASELINE, 3, extra).outside.any(axis=3)[:, :, 12:]) < 0.06


@pytest.mark.parametrize("step_at", [5, 7, 9])
def test_a_cusum_with_as_many_false_alarms_finds_steps_hardly_more_often(step_at: int) -> None:
    """Page's two-sided CUSUM, told the size of the step and that months vary by chance alone, as nobody is."""
    rng, step = np.random.default_rng(6), 0.05 / math.sqrt(2 * 0.3 * 0.7 / 2_000)
    quiet, stepped = (rng.normal(size=(SERIES, 3, AUDITS)) for _ in range(2))
    limit = float(np.quantile(_cusum(quiet, step / 2).max(axis=(1, 2)), 0.95))
    stepped[:, 0, step_at - 1 :] += step
    within = slice(step_at - 1, step_at + 2)
    theirs = float((_cusum(stepped, step / 2)[:, 0, within] > limit).any(axis=1).mean())
    ours = share(alarms(np.random.default_rng([1, step_at]), 3, 2_000, 0.3, step_at=step_at)[:, :1, within])
    assert ours > theirs - 0.07


def _cusum(value: npt.NDArray[np.float64], reference: float) -> npt.NDArray[np.float64]:
    """The larger of both sums after each audit, from the baseline's mean."""
    centred = value - value[..., :BASELINE].mean(axis=-1, keepdims=True)
    found, up, down = np.zeros_like(value), np.zeros(value.shape[:-1]), np.zeros(value.shape[:-1])
    for at in range(BASELINE, AUDITS):
        up = np.maximum(0, up + centred[..., at] - reference)
        down = np.maximum(0, down - centred[..., at] - reference)
        found[..., at] = np.maximum(up, down)
    return found


def test_looks_are_as_likely_as_the_multivariate_normal_says() -> None:
    """Audits 4 and 5 of one gap: three looks, whose correlations follow from the shared baseline and audit."""
    value = np.random.default_rng(4).normal(size=(200_000, 5))
    looks = look(value, value, np.ones_like(value), 3, 1)
    of_looks = looks.beyond[:, [3, 4, 4], [0, 0, 1]]
    third, half = 1 / 3, 1 / 2
    covariance = np.array([[1 + third, third, half + third], [third, 1 + third, half + third]] + [[0.0] * 3])
    covariance[2] = [half + third, half + third, half + third]
    sd = np.sqrt(np.diag(covariance))
    limits = sd * [3.04, 3.04, 2.72 * (1 + 0.036 * max(0, 1 - 3 * third / 1))]
    joint = multivariate_normal(np.zeros(3), covariance, allow_singular=True)
    inside = joint.cdf(limits, lower_limit=-limits)
    assert (np.abs(of_looks) > 1).any(axis=1).mean() == pytest.approx(1 - inside, abs=4e-4)
