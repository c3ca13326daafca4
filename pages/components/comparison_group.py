"""The audit as the person compares it: with the groups that it ran with, or with others that were chosen since.

The counts do not depend on whom groups are compared with, so another choice needs no run; it stands in the kept plan.
"""

from __future__ import annotations

import json
from dataclasses import replace

import streamlit as st

from core.errors import PlanError
from core.metrics.words.naming.terms import Terms
from core.plan.values import MISSING_GROUP
from core.record import AuditRecord
from core.report.words.comparison import chosen_words, consequence_words, present_words
from core.store.workspace import Audit
from pages.components import plain, session
from pages.components.data.draft import Draft

Reference = str | dict[str, str | int | float]


def record(audit: Audit) -> AuditRecord | None:
    """The audit's evidence, compared as was chosen last; None while it has not run to its end."""
    ran = session.workspace().record(audit.id)
    if ran is None:
        return None
    reference = _chosen(audit, ran)
    if reference == ran.plan.groups.reference:
        return ran
    try:
        return _compared(ran.digest, json.dumps(reference), ran)
    except PlanError:
        return ran


def _chosen(audit: Audit, ran: AuditRecord) -> Reference:
    """With whom the kept plan compares, where it asks what the audit was asked otherwise."""
    own, kept = ran.plan.groups.reference, None if audit.plan is None else Draft.from_toml(audit.plan).plan
    if kept is None or kept.groups.reference == own:
        return own
    same = replace(kept, groups=replace(kept.groups, reference=own)).question_sha256 == ran.plan.question_sha256
    return kept.groups.reference if same else own


@st.cache_resource(max_entries=16, scope="session", show_spinner=False)
def _compared(digest: str, reference: str, _ran: AuditRecord) -> AuditRecord:
    return _ran.compared_with(json.loads(reference))


def show(audit: Audit, shown: AuditRecord) -> None:
    """Let the person choose another comparison group, and say what follows from it before it is done."""
    ran = session.workspace().record(audit.id)
    single = [by[0] for by in shown.references if len(by) == 1]
    if ran is None or not any(len(_values(shown, column)) > 1 for column in single):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Compare with another group"):
            named = {column: _ask(audit, shown, column) for column in single}
            same = all(shown.references[(column,)] == (value,) for column, value in named.items())
            st.caption(plain.escape(present_words(shown) if same else consequence_words(shown, named)))
            key = session.action(audit.id, "compare")
            session.act(
                st.container(), "Compare so", key, _keep, audit, ran, shown, named, type="primary", disabled=same
            )
        if shown is not ran:
            st.caption(plain.escape(chosen_words(shown)))
            key = session.action(audit.id, "compare as it ran")
            session.act(
                st.container(width="content"), "Compare as it ran", key, _put, audit, ran, ran.plan.groups.reference,
                type="tertiary",
            )  # fmt: skip


def _ask(audit: Audit, shown: AuditRecord, column: str) -> str:
    values, terms = _values(shown, column), Terms.of(shown.plan)
    words = {value: terms.value(column, value, values) for value in values}
    (now,) = shown.references[(column,)]
    key = session.seed(session.field(audit.id, f"compare/{column}"), now if now in values else values[0])
    return str(st.selectbox(f"Of {plain.quoted(column)}, with", values, key=key, format_func=words.__getitem__))


def _values(shown: AuditRecord, column: str) -> list[str]:
    """The groups of a column that have people, but for those whose value is not known."""
    groups = shown.counts.by((column,)).groups
    return [value for (value,) in (groups.names(g).values() for g in range(len(groups))) if value != MISSING_GROUP]


def _keep(audit: Audit, ran: AuditRecord, shown: AuditRecord, named: dict[str, str]) -> None:
    """Keep whom is compared with whom. Raises PlanError where nobody is in a group of several columns then."""
    reference = shown.reference_with(named)
    ran.compared_with(reference)
    _put(audit, ran, reference)


def _put(audit: Audit, ran: AuditRecord, reference: Reference) -> None:
    """Keep with whom is compared; boxes that say it start anew, here and on the Data page."""
    written = session.workspace().get(audit.id).plan
    kept = Draft.from_plan(ran.plan) if written is None else Draft.from_toml(written)
    session.workspace().save_plan(audit.id, kept.with_groups(replace(kept.groups, reference=reference)))
    for boxes in ("compare/", "reference"):
        session.forget_fields(audit.id, boxes)
