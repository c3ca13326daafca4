"""The audit of the people whom a search for fixes kept apart, before a fix or after it."""

from __future__ import annotations

from dataclasses import replace

from core.metrics.aif360 import second_opinion
from core.metrics.joint import JointCounts
from core.metrics.stated_rule import stated_rule
from core.metrics.verdicts import judge
from core.mitigate.candidate import REPORT, Decided, Mitigated
from core.record import AuditRecord
from core.record.paired import PairedWith


def held_out_audit(
    found: Mitigated,
    decided: Decided,
    model_sha256: str | None,
    before: AuditRecord | None = None,
    joint: JointCounts | None = None,
) -> AuditRecord:
    """The audit of what was decided about the report part, with AIF360's second opinion.

    `model_sha256` is that of the model that decided; `before` is the audit before the fix, where this is the one after
    it, and `joint` counts the people by the decisions of both.
    """
    counts = decided.counts[REPORT]
    rule = stated_rule(counts, decided.plan)
    judgement = judge(counts, decided.plan, rule, found.references)
    parent, opinion = None if before is None else before.digest, second_opinion(judgement, counts, decided.plan, rule)
    record = found.record(decided, opinion, model_sha256, parent)
    if before is None or joint is None:
        return record
    return replace(record, paired=PairedWith(before.decided_sha256, joint))
