"""What leads on one question in some of an audit's tables of groups: for a title, a card, a cell of an overview."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from core.metrics.findings.group_pairs import GroupPair
from core.metrics.findings.ordering import Finding, FindingPairs, told_of
from core.metrics.gaps import Measure
from core.metrics.reference import By
from core.plan.plan import Plan


def leading(measure: Measure, tables: Collection[By], found: Sequence[GroupPair], plan: Plan) -> Finding | None:
    """The worst verdict on a measure's question in these tables; None where nothing is compared there.

    Of several as bad the one that is told first: a fact before what only repeats it, and what concerns most people.
    `found` are the audit's pairs.
    """
    told = _told(measure, tables, found)
    if not told:
        return None
    return Finding.of(min(told, key=lambda one: (one.rank, *one.order(measure.metrics))), measure.metrics, plan)


def every(measure: Measure, tables: Collection[By], found: Sequence[GroupPair], plan: Plan) -> list[Finding]:
    """All findings on a measure's question in these tables, in the order of telling."""
    told = sorted(_told(measure, tables, found), key=lambda one: one.order(measure.metrics))
    return [Finding.of(one, measure.metrics, plan) for one in told]


def _told(measure: Measure, tables: Collection[By], found: Sequence[GroupPair]) -> list[FindingPairs]:
    asked = [pair for pair in found if pair.question == measure.metrics]
    wider = [pair for pair in asked if pair.verdict == "gap"]
    return told_of([pair for pair in asked if pair.by in tables], wider)


def tied(finding: Finding, found: Sequence[GroupPair]) -> list[dict[str, str]]:
    """The other groups that a gap's finding is as true of: of as low a rate, compared with the same people."""
    lead = finding.told.lead
    if finding.verdict != "gap" or not lead.is_about_the_group:
        return []
    return [
        pair.subject[0]
        for pair in found
        if (pair.question, pair.by, pair.verdict) == (lead.question, lead.by, "gap")
        and pair.is_about_the_group
        and pair.lead.group != lead.lead.group
        and pair.apart == lead.apart
    ]
