"""The audits of one question in order of time: what is watched, from which alarms and a year's range follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from core.errors import PlanError
from core.metrics.reference import References
from core.metrics.stated_rule import stated_rule
from core.metrics.verdicts import Judgement, judge
from core.plan.parts import MonitorPlan
from core.plan.plan import Plan
from core.record import AuditRecord
from core.record.series.drift import DriftRow as DriftRow
from core.record.series.drift import drift
from core.record.series.gaps import GapOverTime as GapOverTime
from core.record.series.gaps import PointOverTime as PointOverTime
from core.record.series.periods import period_of, told_apart
from core.record.series.seen import gaps_over_time
from core.record.series.watched import watched


@dataclass(frozen=True, eq=False)
class Series:
    """Audits of one question, in order of time.

    Attributes
    ----------
    records
        The audits, one a period: of two of the same file, or of the same month of a column of dates, the newer one.
    periods
        What each is called: a month, a day, or a file's name.
    monitor
        What is watched, after how many audits.
    replaced
        The periods of which an older audit was left out.
    """

    records: tuple[AuditRecord, ...]
    periods: tuple[str, ...]
    monitor: MonitorPlan
    replaced: tuple[str, ...] = ()

    @classmethod
    def of(cls, records: Iterable[AuditRecord], monitor: MonitorPlan | None = None) -> Series:
        """The series of these audits, in whatever order they come.

        `monitor` says what is watched; left out, the plan of the newest audit does. Raises PlanError where there is
        none, or they do not ask one question.
        """
        by_age = sorted(records, key=lambda each: (each.created, each.provenance.data_sha256))
        if not by_age:
            raise PlanError("There is no audit yet to follow over time. Audit a first table.")
        if len({record.plan.series_sha256 for record in by_age}) > 1:
            raise PlanError("These audits ask different questions. Follow audits of one plan over time.")
        newest = {_place(record): (period_of(record.plan), record) for record in by_age}
        told = sorted(newest.values(), key=lambda each: (each[0].order, each[1].created))
        periods = told_apart([period for period, _ in told], [record.plan.data.file for _, record in told])
        kept = tuple(record for _, record in told)
        times = Counter(_place(record) for record in by_age)
        replaced = tuple(name for name, record in zip(periods, kept, strict=True) if times[_place(record)] > 1)
        return cls(kept, tuple(periods), monitor or by_age[-1].plan.monitor, replaced)

    @property
    def plan(self) -> Plan:
        """The plan of the last audit in time: its words, limits and confidence."""
        return self.records[-1].plan

    @property
    def baseline(self) -> int:
        """How many audits come first, against which later ones are held."""
        return self.monitor.baseline

    @property
    def is_ready(self) -> bool:
        """Whether there is an audit beyond the baseline."""
        return len(self.records) > self.baseline

    @cached_property
    def references(self) -> References:
        """Whom groups are compared with: those of the first audit, whichever group is larger later."""
        return self.records[0].references

    @cached_property
    def judgements(self) -> tuple[Judgement, ...]:
        """What each audit says, at the last plan's confidence and limits, against the first audit's references.

        The first one whole; of the others only tables of as many crossed columns as are watched.
        """
        crossed = max((len(watch.by) for watch in self.monitor.watch), default=1)
        first, *others = self.records
        return self._judged(first, first.plan.groups.intersections), *(self._judged(each, crossed) for each in others)

    def _judged(self, record: AuditRecord, crossed: int) -> Judgement:
        groups = replace(record.plan.groups, intersections=crossed)
        plan = replace(record.plan, run=self.plan.run, policy=self.plan.policy, groups=groups)
        return judge(
            record.counts, plan, stated_rule(record.counts, plan), self.references, record.sampled, record.hidden
        )

    @cached_property
    def gaps(self) -> tuple[GapOverTime, ...]:
        """The watched gaps. Raises PlanError where the plan names one that is none."""
        keys = watched(self.monitor, self.plan, self.judgements[0])
        return gaps_over_time(
            keys, self.records, self.judgements, self.periods, self.references, self.baseline, self.plan
        )

    @cached_property
    def drift(self) -> tuple[DriftRow, ...]:
        """What else has moved since the baseline, audit by audit: it raises no alarm."""
        return drift(self.records, self.periods, self.baseline, self.plan.run.confidence)

    @property
    def is_alarm(self) -> bool:
        """Whether the last audit raises an alarm on any watched gap."""
        return any(gap.is_alarm for gap in self.gaps)


def _place(record: AuditRecord) -> tuple[str, str]:
    """Which audit of the series it is: by its file, or by the month that was cut out of whatever file."""
    period = period_of(record.plan)
    return period.name, "" if period.is_cut else record.plan.data.file
