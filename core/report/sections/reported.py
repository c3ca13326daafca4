"""What a report is about: one audit, with what was done about it and what proves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from core.metrics.verdicts import Judgement
from core.metrics.words.naming.terms import Terms
from core.plan.parts import ReportPlan
from core.plan.plan import Plan
from core.record import AuditRecord
from core.record.registers import Registers
from core.record.series import Series
from core.report.pair.fix_result import FixResult
from core.report.words.by_group import Standings, standings
from core.report.words.overview import Overview


@dataclass(frozen=True)
class SignOff:
    """Who read an audit and stands for it: a name, a role, words of their own, and the day."""

    name: str
    role: str
    words: str
    day: str

    @property
    def line(self) -> str:
        """It as one line."""
        who = ", ".join(each for each in (self.name, self.role, self.day) if each)
        return f"{who}: “{self.words}”" if self.words else who


@dataclass(frozen=True)
class ReportedAudit:
    """One audit as a report tells it.

    Attributes
    ----------
    record
        Its evidence.
    asked
        What the report is to be: its title, author, readers.
    fixes
        What came of each fix that was audited; empty where none was.
    receipt
        The code of what proves that nothing was changed since; None where there is no receipt.
    proof
        What makes the receipt of the report itself, for files that carry it within them; None where there is none.
    signed
        Who signed it, the first one first.
    logo
        A PNG that stands at its head.
    shown
        The groups and the measure of the picture; None leaves them to the finding.
    registers
        What people wrote down beside it.
    series
        The audits of its question in order of time, with this one; None where it is told alone.
    awaited
        How many tables of its question are still being audited, and are none of `series` yet.
    """

    record: AuditRecord
    asked: ReportPlan = ReportPlan()
    fixes: tuple[FixResult, ...] = ()
    receipt: str | None = None
    proof: Callable[[ReportedAudit], bytes] | None = field(default=None, compare=False, repr=False)
    signed: tuple[SignOff, ...] = ()
    logo: bytes | None = None
    shown: Standings | None = None
    registers: Registers = Registers()
    series: Series | None = None
    awaited: int = 0

    def __post_init__(self) -> None:
        """Let nothing be told from a record whose small numbers are to be hidden but what may be told."""
        if self.asked.hide_small or self.record.plan.report.hide_small:
            object.__setattr__(self, "record", self.record.without_small_cells())

    @property
    def plan(self) -> Plan:
        """The question."""
        return self.record.plan

    @property
    def name(self) -> str:
        """What the audit is called."""
        return self.asked.title or self.plan.name or self.plan.data.file

    @cached_property
    def terms(self) -> Terms:
        """What the plan calls things."""
        return Terms.of(self.plan)

    @cached_property
    def judgement(self) -> Judgement:
        """What follows from the evidence at the plan's own rule."""
        return self.record.judgement()

    @cached_property
    def overview(self) -> Overview:
        """The whole audit at a glance."""
        return Overview(self.judgement, self.plan)

    @cached_property
    def drawn(self) -> Standings | None:
        """Where the groups of the picture stand; None where nothing can be compared."""
        measure, by = self.overview.opening
        return self.shown or standings(self.judgement, self.plan, by, measure)
