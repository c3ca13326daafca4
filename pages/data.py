"""The Data page: the table, what happened, what was decided, and the groups; then the audit runs."""

import streamlit as st

from core.data.profile import Profile
from core.errors import PlanError
from core.store.audit import WAITING
from core.store.workspace import Audit
from pages.components import job_status, nothing_open, plain, session
from pages.components.data import begin, doubts, draft, groups, more_choices, outcome, run
from pages.components.data.decision import step
from pages.components.data.draft import Draft
from pages.components.data.table import step as table_step
from pages.components.data.table import table_gone
from pages.components.history import duplicate


def show() -> None:
    """Show the beginning until there is a table that was read, then the steps."""
    audit = session.current()
    if audit is not None and audit.stage != "inspect" and job_status.show(audit):
        if audit.stage == "audit" and st.button("Go to the answer"):
            session.open_audit(audit.id, "audit")
        return
    if audit is not None and audit.stage == WAITING:
        nothing_open.not_run(audit.id)
        return
    profile = session.workspace().profile(audit.id) if audit else None
    if audit is None or profile is None:
        begin.show(audit)
    elif not session.workspace().has_rows(audit.id):
        table_gone.show(audit)
    else:
        _steps(session.workspace().get(audit.id), profile)


def _steps(audit: Audit, profile: Profile) -> None:
    kept = Draft.of(audit, profile)
    happened, decided = kept.has_outcome, step.is_settled(audit, kept)
    ran = audit.stage == "audit"
    original = duplicate.original(audit.id)
    st.title("What should be audited?", anchor=False)
    if not ran:
        _lost(audit, profile)
        if original is not None:
            st.info(f"Everything stands as in {plain.quoted(original)}. Change one thing, then run it.")
    table_step.show(audit, profile, kept, is_open=not happened)
    profile = draft.read(profile, kept)
    doubts.asked(audit, profile, kept, step=1)
    changed = [2] if outcome.show(audit, profile, kept, is_open=not happened) else []
    doubts.asked(audit, profile, kept, step=2)
    asked, is_other = step.show(audit, profile, kept, is_open=happened and not decided)
    changed += [3] if is_other else []
    doubts.asked(audit, profile, kept, step=3)
    asked, problems = groups.show(audit, profile, asked, is_open=happened and decided and not ran)
    doubts.asked(audit, profile, asked, step=4)
    asked = more_choices.show(audit, profile, asked)
    if asked != kept and not _kept(audit, asked):
        return
    run.show(audit, profile, asked, problems, changed)


def _lost(audit: Audit, profile: Profile) -> None:
    """Name what a plan spoke of and this table lacks, until the audit runs: the plan is kept without it."""
    key = session.seed(session.field(audit.id, f"lost columns/{profile.sha256}"), [])
    lost = draft.lost(audit, profile)
    if lost:
        session.put(key, list(lost))
    if st.session_state[key]:
        named = plain.listed(st.session_state[key])
        st.warning(f"The plan names columns that this table does not have: {named}. Answer again for them.")


def _kept(audit: Audit, asked: Draft) -> bool:
    """Keep the answers as they stand; where they can stand in no plan, say why, and keep those from before."""
    try:
        session.workspace().save_plan(audit.id, asked)
    except PlanError as error:
        st.error(plain.escape(error.message))
        return False
    return True


show()
