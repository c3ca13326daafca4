"""What the report is to be: for whom, which sections, its title and who made it. Kept in the audit's plan."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import streamlit as st

from core.plan.parts import ReportPlan
from core.plan.tables.report import MOST_LETTERS
from core.record import AuditRecord
from core.report.sections import READERS, SECTIONS, sections_for
from core.store.workspace import Audit
from pages.components import session
from pages.components.data.draft import Draft
from pages.components.help.tip import tip
from pages.components.report import logo

_TIPS = {
    "four_fifths": "four_fifths",
    "intersections": "crossed_columns",
    "plan": "plan",
    "scope": "limit",
    "limits": "limit",
}


def ask(audit: Audit, record: AuditRecord) -> ReportPlan:
    """Ask, and keep the answers in the plan. Raises PlanError where one can stand in no plan."""
    kept = _kept(audit, record)
    readers = _readers(audit.id, kept)
    sections = _sections(audit.id, kept, readers)
    lines = {key: _line(audit.id, key, getattr(kept, key)) for key in MOST_LETTERS}
    key = session.seed(session.field(audit.id, "report/valid_until"), kept.valid_until)
    day = st.date_input("Valid until", None, key=key, help="The last day on which the report holds. It may stay empty.")
    hide = st.checkbox(
        "Hide small numbers",
        key=session.seed(session.field(audit.id, "report/hide_small"), kept.hide_small),
        help="No count of 1 to 4 people is printed, nor anything that one could be worked out from.",
    )
    if hide:
        st.caption("Larger groups are hidden too where a small one could be worked out from them.")
    asked = replace(
        kept,
        **lines,
        valid_until=day or None,
        logo=logo.ask(audit),
        readers=readers,
        sections=sections,
        hide_small=hide,
    )
    if asked != kept:
        _keep(audit, record, asked)
    st.download_button(
        "Download the plan with this report",
        replace(record.plan, report=asked).to_toml(),
        "plan.toml",
        "application/toml",
        key=session.action(audit.id, "report plan"),
        on_click="ignore",
        type="tertiary",
    )
    return asked


def _readers(audit_id: str, kept: ReportPlan) -> tuple[str, ...]:
    key = session.seed(session.field(audit_id, "report/readers"), [*(kept.readers or tuple(READERS)[:1])])
    chosen = st.pills(
        "Whom is it for? Choose one or more", tuple(READERS), selection_mode="multi", key=key, format_func=_reader_words
    )
    readers = tuple(name for name in READERS if name in chosen)
    for name in readers:
        st.caption(READERS[name].says if len(readers) == 1 else f"{READERS[name].title}: {READERS[name].says}")
    if not readers:
        st.caption("Nobody is chosen, so it is the decision maker's page.")
    return readers


def _reader_words(name: str) -> str:
    return READERS[name].title


def _sections(audit_id: str, kept: ReportPlan, readers: Collection[str]) -> tuple[str, ...] | None:
    """The sections that are printed, all where none is left out; what is not shown keeps its answer."""
    left_out = set() if kept.sections is None else SECTIONS.keys() - set(kept.sections)
    with st.expander("Sections"):
        for name in sections_for(readers):
            key = session.seed(session.field(audit_id, f"report/section/{name}"), name not in left_out)
            about = tip(_TIPS[name]) if name in _TIPS else None
            left_out = (
                left_out - {name} if st.checkbox(SECTIONS[name].title, key=key, help=about) else left_out | {name}
            )
    return tuple(name for name in SECTIONS if name not in left_out) if left_out else None


def _line(audit_id: str, name: str, kept: str) -> str:
    key = session.seed(session.field(audit_id, f"report/{name}"), kept)
    return str(st.text_input(name.capitalize(), key=key, max_chars=MOST_LETTERS[name])).strip()


def _kept(audit: Audit, record: AuditRecord) -> ReportPlan:
    return record.plan.report if audit.plan is None else Draft.from_toml(audit.plan).report


def _keep(audit: Audit, record: AuditRecord, asked: ReportPlan) -> None:
    draft = Draft.from_plan(record.plan) if audit.plan is None else Draft.from_toml(audit.plan)
    session.workspace().save_plan(audit.id, replace(draft, report=asked))
