"""The audit of the people whom a search for fixes kept apart, before a fix or after it."""

from __future__ import annotations

from core.metrics.aif360 import second_opinion
from core.metrics.stated_rule import stated_rule
from core.metrics.verdicts import judge
from core.mitigate.candidate import REPORT, Decided, Mitigated
from core.record import AuditRecord


def held_out_audit(
    found: Mitigated, decided: Decided, model_sha256: str | None, parent: str | None = None
) -> AuditRecord:
    """The audit of what was decided about the report part, with AIF360's second opinion.

    `model_sha256` is that of the model that decided; `parent` the digest of the audit before the fix, where this is the
    one after it.
    """
    counts = decided.counts[REPORT]
    rule = stated_rule(counts, decided.plan)
    judgement = judge(counts, decided.plan, rule, found.references)
    return found.record(decided, second_opinion(judgement, counts, decided.plan, rule), model_sha256, parent)
