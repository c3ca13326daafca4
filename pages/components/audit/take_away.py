"""What can be taken away: files that are built when they are asked for, and the link to the audit."""

import re
from collections.abc import Callable

import streamlit as st

from core.metrics.gaps import Measure
from core.metrics.reference import By
from core.record import AuditRecord
from core.report.documents.csv import numbers_csv
from core.report.documents.html import answer_html
from core.report.documents.json import as_text, result
from core.report.words.by_group import standings
from pages.components import session

_BYTE_ORDER_MARK = "\ufeff"


def show(audit_id: str, record: AuditRecord, by: By, measure: Measure) -> None:
    """Show a menu of the files and the link; the page to take away has the picture of this measure and these groups."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", record.plan.name or record.plan.data.file).strip("-")[:60] or "audit"

    def page() -> str:
        return answer_html(record, standings(record.judgement(), record.plan, by, measure))

    files: list[tuple[str, Callable[[], str], str, str]] = [
        ("Answer, picture and table (web page, .html)", page, f"{name}.html", "text/html"),
        # A spreadsheet takes a CSV for UTF-8 only where it begins so.
        (
            "Every number (spreadsheet, .csv)",
            lambda: _BYTE_ORDER_MARK + numbers_csv(record.judgement()),
            f"{name}.csv",
            "text/csv",
        ),
        ("The result for machines (result.json)", lambda: as_text(result(record)), "result.json", "application/json"),
        ("The evidence record (record.json)", lambda: as_text(record.to_json()), "record.json", "application/json"),
        ("The plan (.toml)", record.plan.to_toml, f"{name}.toml", "application/toml"),
    ]
    with st.popover("Download", type="tertiary"):
        for label, build, file, mime in files:
            key = session.action(audit_id, label)
            st.download_button(label, build, file, mime, key=key, on_click="ignore", width="stretch")
    with st.popover("Copy link", type="tertiary"):
        st.caption("Whoever can open this app finds the audit at this address.")
        st.code(session.link(audit_id), language=None)
