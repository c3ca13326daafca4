"""The open audit as its report tells it: by the name that it has on every page, with the fixes that were audited."""

from dataclasses import replace
from functools import partial

from core.plan.parts import ReportPlan
from core.record import AuditRecord
from core.record.series import Series
from core.report.pair.fix_result import FixResult
from core.report.sections.reported import ReportedAudit, SignOff
from core.report.words.audit import date_words
from core.store.series.members import in_series
from core.store.workspace import Audit
from pages.components import session
from pages.components.audit.origin import pair_of
from pages.components.over_time import followed
from pages.components.over_time.which import AskedOverTime
from pages.components.report import proof


def of(audit: Audit, record: AuditRecord, asked: ReportPlan) -> ReportedAudit:
    """What is reported."""
    if not asked.title and audit.called is not None:
        asked = replace(asked, title=audit.called)
    space = session.workspace()
    code = space.ledger.code(audit.id)
    series, awaited = _series(audit, record)
    return ReportedAudit(
        record,
        asked,
        fixes=_fixes(audit),
        receipt=code,
        proof=None if code is None else partial(proof.receipt, audit.id),
        signed=_signed(audit.id),
        logo=space.report_files.logo(audit.id),
        registers=space.registers.of(audit.id),
        series=series,
        awaited=awaited,
    )


def _series(audit: Audit, record: AuditRecord) -> tuple[Series | None, int]:
    """The audits of the same question, as the page Over time puts them together, and how many are still to come.

    None where this one is alone.
    """
    space, series = session.workspace(), record.plan.series_sha256
    listed = [] if audit.owner is None else space.listed(audit.owner)
    members = in_series([*listed, space.entry(audit)], series)
    if len(members) < 2:
        return None, 0
    found = followed.of(AskedOverTime(series, tuple(members)))
    awaited = sum(space.batches.is_unfinished(each.audit.id) for each in members)
    return (None if found is None else found.series), awaited


def _signed(audit_id: str) -> tuple[SignOff, ...]:
    """Who signed the audit's present record, as the ledger has it."""
    said = [(entry.body, entry.appended) for entry in session.workspace().ledger.said(audit_id, "sign-off")]
    return tuple(SignOff(body["name"], body["role"], body["words"], date_words(when)) for body, when in said)


def _fixes(audit: Audit) -> tuple[FixResult, ...]:
    """What came of each fix of this audit that was audited; of the audit of a fix, that one."""
    others = [] if audit.owner is None else session.workspace().owned_by(audit.owner)
    told = [pair_of(one) for one in (audit, *others) if one.id == audit.id or one.original == audit.id]
    return tuple(dict.fromkeys(pair for pair in told if pair is not None))
