"""One watched gap over time: its value in each audit, the band it is held against, and the alarms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.metrics.intervals import Interval
from core.metrics.policies import Band


@dataclass(frozen=True)
class PointOverTime:
    """One audit of a watched gap, in the measure's own unit: a share for differences, a ratio.

    Attributes
    ----------
    period, digest
        What the audit is called, and its record's digest.
    value, low, high
        The gap and its pointwise range at the plan's confidence; None where it is not measurable or not bounded.
    bounds
        Where outcomes are still missing: what the gap can be, whatever they are; None where all that come are in.
    known
        The share of the outcomes that are to come that are in, of both groups together; 1 where none is awaited.
    band
        Where the gap may lie without an alarm about this audit alone; None within the baseline.
    outside
        Over how many last audits, 1 to 3, the mean lies outside its band: empty where there is no alarm.
    reason
        Why there is no value, or no look.
    """

    period: str
    digest: str
    value: float | None
    low: float | None
    high: float | None
    bounds: Interval | None
    known: float
    band: Interval | None
    outside: tuple[int, ...]
    reason: str

    @property
    def is_alarm(self) -> bool:
        """Whether it lies further from the baseline than chance explains."""
        return bool(self.outside)


@dataclass(frozen=True)
class GapOverTime:
    """A watched gap.

    Attributes
    ----------
    by, measure, group, reference
        Which gap; the reference is that of the first audit, whichever group is larger later.
    limit
        What is acceptable, by the plan of the last audit.
    points
        One an audit, in order of time.
    baseline
        The mean over the baseline in the measure's unit, geometric for ratios; None until it is complete.
    extra
        By how much audits vary beyond chance, as a standard deviation in the averaged unit; None until six are there.
    since
        From which audit on the gap is another one, where the last audit raises an alarm, and None else: the first of
        the mean that raised the first of the alarms without a break.
    level
        The mean from then on, in the measure's unit as `baseline` is.
    year
        Where the mean gap over all audits so far lies, with 95 % at all times together; None where no audit has a
        value.
    """

    by: tuple[str, ...]
    measure: str
    group: Mapping[str, str]
    reference: Mapping[str, str]
    limit: Band
    points: tuple[PointOverTime, ...]
    baseline: float | None
    extra: float | None
    since: str | None
    level: float | None
    year: Interval | None

    @property
    def is_alarm(self) -> bool:
        """Whether the last audit raises an alarm."""
        return bool(self.points) and self.points[-1].is_alarm

    @property
    def alarms(self) -> tuple[PointOverTime, ...]:
        """The audits that raise one."""
        return tuple(point for point in self.points if point.is_alarm)
