"""The question of an audit, as the next table of its series is asked it."""

from __future__ import annotations

from dataclasses import replace

from core.metrics.reference import ANOTHER
from core.plan.plan import Plan
from core.plan.values import MISSING_GROUP
from core.record import AuditRecord


def asked_again(record: AuditRecord, file: str) -> Plan:
    """What `record` was asked, of another table called `file`: at the same edges, against the same groups.

    The comparison groups are named, whichever group is the largest in that table: else a gap would move because another
    group has become larger.
    """
    named = {
        by[0]: values[0] for by, values in record.references.items() if len(by) == 1 and values[0] != MISSING_GROUP
    }
    plan = record.plan
    return replace(plan, data=plan.data.in_file(file), groups=replace(plan.groups, reference=dict(named)))


def asked_as_first(plan: Plan, first: AuditRecord | None, file: str) -> Plan:
    """A plan of a table called `file`, asked as the first audit of its series was; by itself where it is the first."""
    plan = replace(plan, data=plan.data.in_file(file))
    if first is None:
        return plan
    again = asked_again(first, file)
    return replace(plan, decision=replace(plan.decision, edges=again.decision.edges), groups=again.groups)


def without_reference(problem: str, first: str, table: str, otherwise: str) -> str:
    """What is the matter with a later table that lacks a comparison group, and what to do, as `problem` began to say.

    `first` and `table` are what the two are called, `otherwise` the end of the sentence that says what to do. The plan
    would name another group, but that is another question than that of the series.
    """
    return (
        f"{problem.removesuffix(ANOTHER)} Its groups are compared with the one that {first}, the first table, has."
        f" Write that group in {table} as it stands there, {otherwise}."
    )
