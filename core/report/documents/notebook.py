"""An audit as a notebook shows it: the answer, its picture and its table, as a part of somebody else's page."""

from __future__ import annotations

from core.record import AuditRecord
from core.report.documents.html import fragment_html
from core.report.sections.opening import answer, doubts, picture
from core.report.sections.reported import ReportedAudit


def notebook_html(record: AuditRecord) -> str:
    """The HTML text: a `div` with a style of its own. Text from the data is escaped.

    The picture and the table open where the answer begins: on the headline's question, by the columns of the first
    finding; they are left out where nothing can be compared.
    """
    audit = ReportedAudit(record)
    return fragment_html([*doubts(audit), *answer(audit), *picture(audit)])
