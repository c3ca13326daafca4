"""The audits of one question in order of time: what is watched, from which alarms and a year's range follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

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
from core.record.series.periods import Period, period_of, told_apart
from core.record.series.seen import gaps_over_time
from core.record.series.watched import watched

NOBODY_SAYS: Mapping[str, str] = MappingProxyType({})


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
    def of(
        cls,
        records: Iterable[AuditRecord],
        monitor: MonitorPlan | None = None,
        called: Mapping[str, str] = NOBODY_SAYS,
    ) -> Series:
        """The series of these audits, in whatever order they come.

        `monitor` says what is watched; left out, the plan of the newest audit does. `called` is what somebody says an
        audit is about, such as "2026-03", by its record's digest; the others are called by their plans. Raises
        PlanError where there is no audit, or they do not ask one question.
        """
        by_age = sorted(records, key=lambda each: (each.created, each.provenance.data_sha256))
        if not by_age:
            raise PlanError("There is no audit yet to follow over time. Audit a first table.")
        if len({record.plan.series_sha256 for record in by_age}) > 1:
            raise PlanError("These audits ask different questions. Follow audits of one plan over time.")
        by_place = [(_period(record, called), record) for record in by_age]
        newest = {_place(*each): each for each in by_place}
        told = sorted(newest.values(), key=lambda each: (each[0].order, each[1].created))
        periods = told_apart([period for period, _ in told], [record.plan.data.file for _, record in told])
        kept = tuple(record for _, record in told)
        times = Counter(_place(*each) for each in by_place)
        replaced = tuple(name for name, each in zip(periods, told, strict=True) if times[_place(*each)] > 1)
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


def _period(record: AuditRecord, called: Mapping[str, str]) -> Period:
    """What somebody says that an audit is about, else what its plan does."""
    said = called.get(record.digest) if called else None
    return period_of(record.plan) if said is None else Period.of_name(said)


def _place(period: Period, record: AuditRecord) -> tuple[str, str]:
    """Which audit of the series it is: by its file, or by the month that was cut out of whatever file."""
    return period.name, "" if period.is_cut else record.plan.data.file
