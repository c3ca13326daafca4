"""How long a job that others wait for may still take, from the share of it that is behind it."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.jobs.sharing.waiting_time import JobPace


@pytest.mark.parametrize(
    ("pace", "left"),
    [
        (JobPace(0.0, 0.5, 60), (15.0, 60.0)),
        (JobPace(0.2, 0.4, 60), (45.0, 180.0)),
        (JobPace(0.0, 0.01, 60), (225.0, 900.0)),
        (JobPace(0.0, 0.0, 60), (0.0, 900.0)),
    ],
)
def test_the_rest_at_the_pace_so_far_but_never_past_its_limit(pace: JobPace, left: tuple[float, float]) -> None:
    assert pace.left(900.0) == pytest.approx(left)


@given(some.floats(0.01, 0.99), some.floats(10, 500), some.floats(0.25, 1))
def test_the_range_holds_the_end_of_a_job_that_keeps_its_pace_whether_or_not_trainings_end_early(
    reached: float, seconds: float, share: float
) -> None:
    least, most = JobPace(0.0, reached, seconds).left(1e9)
    rest = share * seconds * (1 - reached) / reached
    assert least <= rest * (1 + 1e-9) and rest <= most * (1 + 1e-9) and most <= 4 * least * (1 + 1e-9)
