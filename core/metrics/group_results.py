"""What is measured of each group of one table of groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from core.counts.counts import Counts
from core.counts.rules import Confusion
from core.metrics.group_metrics import Estimate, estimates
from core.metrics.reference import By
from core.metrics.sampling.kind_sums import KindSums
from core.metrics.small_cells.hidden import Hidden
from core.metrics.words.naming.terms import Terms
from core.plan.plan import Plan


@dataclass(frozen=True)
class GroupResult:
    """One group's size and metrics; a number of people is None where it is hidden."""

    by: By
    group: dict[str, str]
    n: int | None
    labelled: int | None
    metrics: dict[str, Estimate]


@dataclass(frozen=True, eq=False)
class GroupTable:
    """The groups by some columns: their people by score and by decision, and what of them nobody may see."""

    counts: Counts
    people: Confusion
    plan: Plan
    weighed: KindSums | None
    hidden: Hidden

    @cached_property
    def names(self) -> list[dict[str, str]]:
        """The values of each group."""
        return [self.counts.groups.names(g) for g in range(len(self.counts.groups))]

    def hides(self, group: int, metrics: Iterable[str]) -> bool:
        """Whether one of these metrics of a group is hidden."""
        return self.hidden.hides_any(self.counts.groups.attributes, self.names[group].values(), metrics)


def group_results(table: GroupTable) -> Iterator[GroupResult]:
    """Every group's size and metrics, in the order of the counts."""
    counts, plan, hidden, by = table.counts, table.plan, table.hidden, table.counts.groups.attributes
    has_label, terms = plan.data.label is not None, Terms.of(plan)
    for g, group in enumerate(table.names):
        metrics = estimates(counts, table.people, g, has_label, plan.run.confidence, table.weighed, terms)
        n, labelled = int(counts.n[g].sum()), int(counts.n[g, :2].sum()) if has_label else 0
        yield GroupResult(
            by,
            group,
            None if hidden.hides(by, group.values(), "people") else n,
            None if hidden.hides(by, group.values(), "outcome") else labelled,
            hidden.shown(by, group.values(), metrics),
        )
