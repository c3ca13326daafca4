"""A whole audit at a glance: for each question and each sensitive column the worst verdict, with its title."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from core.metrics.findings.group_pairs import GroupPair, headline_measure, pairs
from core.metrics.findings.leading import every, leading
from core.metrics.findings.ordering import Finding, headlines
from core.metrics.findings.title import NOTHING_COMPARED, Title, title_of
from core.metrics.gaps import GAPS, Measure
from core.metrics.reference import By
from core.metrics.verdicts import Judgement
from core.metrics.words.naming.terms import Terms
from core.plan.plan import Plan
from core.report.words.by_group import measures

CROSSED = "Crossed columns"


@dataclass(frozen=True)
class ColumnOverview:
    """One sensitive column with its table of groups, or all tables of crossed columns together."""

    name: str
    tables: tuple[By, ...]


class Overview:
    """What an audit comes to, question by question and column by column; each title is made once."""

    def __init__(self, judgement: Judgement, plan: Plan) -> None:
        """Of this judgement on the plan's question."""
        self._judgement, self._plan = judgement, plan
        self._made: dict[tuple[str, tuple[By, ...]], Title | None] = {}
        self.measures: list[Measure] = measures(judgement, plan)
        self.terms = Terms.of(plan)
        self.tables: list[By] = list(judgement.references)
        self.columns: list[ColumnOverview] = _columns(self.tables)

    def card_of(self, by: By) -> int:
        """The place of the column that a table belongs to."""
        return next(place for place, column in enumerate(self.columns) if by in column.tables)

    @cached_property
    def _pairs(self) -> list[GroupPair]:
        return pairs(self._judgement, self._plan)

    def title(self, measure: Measure, *tables: By) -> Title | None:
        """The title of the worst verdict on a measure's question in these tables; None where nothing is compared."""
        key = (measure.name, tables)
        if key not in self._made:
            finding = leading(measure, tables, self._pairs, self._plan)
            self._made[key] = None if finding is None else title_of(finding, self._pairs, self._plan)
        return self._made[key]

    def hidden(self, measure: Measure, *tables: By) -> int:
        """How many comparisons on a measure's question in these tables are hidden on request."""
        return sum(
            pair.why == "hidden" for pair in self._pairs if pair.question == measure.metrics and pair.by in tables
        )

    @property
    def hidden_elsewhere(self) -> tuple[int, int]:
        """How many comparisons on other questions than the opening one are hidden on request, and of how many."""
        others = [pair for pair in self._pairs if pair.question != self.opening[0].metrics]
        return sum(pair.why == "hidden" for pair in others), len(others)

    def findings(self, measure: Measure, by: By) -> list[Finding]:
        """All findings on a measure's question in one table."""
        return every(measure, [by], self._pairs, self._plan)

    @cached_property
    def opening(self) -> tuple[Measure, By]:
        """The question and the table that the answer begins with."""
        measure = GAPS[headline_measure(self._judgement, self._plan)]
        found = headlines(self._judgement, self._plan)
        by = self._judgement.gaps[found[0].gap].by if found else next(iter(self._judgement.references))
        return next(one for one in self.measures or [measure] if one.metrics == measure.metrics), by

    @property
    def first(self) -> Title:
        """The title of the whole audit."""
        return self.title(*self.opening) or NOTHING_COMPARED


def _columns(tables: list[By]) -> list[ColumnOverview]:
    crossed = tuple(by for by in tables if len(by) > 1)
    single = [ColumnOverview(by[0], (by,)) for by in tables if len(by) == 1]
    return single + ([ColumnOverview(CROSSED, crossed)] if crossed else [])
