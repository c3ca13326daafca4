"""The explain page: what the model looks at, for whom, what a fix moved, and one person at a time."""

import streamlit as st

from core.errors import PlumblineError
from core.metrics.sampling.unsupported import why_one_row_each
from pages.components import comparison_group, job_status, nothing_open, plain, session
from pages.components.explain import changed, groups, person, question, take_away
from pages.components.explain import found as explain_found

audit = session.current()
if audit is None:
    nothing_open.no_audit()
    st.stop()
try:
    record = comparison_group.record(audit)
    if record is None:
        if not job_status.show(audit):
            nothing_open.not_run(audit.id)
        st.stop()
    st.title("What does it look at?", anchor=False)
    if record.plan.decision.model is None:
        question.nobody_to_ask(audit.id)
        st.stop()
    why_not = why_one_row_each(record.plan, "explain a model")
    if why_not:
        st.info(plain.escape(why_not))
        st.stop()
    found = explain_found.load(audit.id)
    found = None if found is None else explain_found.view(audit.id, found)
    question.ask(audit.id, record, found)
    if not person.is_asked(audit) and job_status.show(audit):
        st.stop()
    if found is not None:
        groups.show(audit.id, record, found)
        if found.paired is not None:
            st.divider()
            changed.show(audit.id, found)
        st.divider()
        person.show(audit, record, found)
        st.divider()
        take_away.show(audit.id, record, found)
except PlumblineError as error:
    st.error(plain.escape(error.message))
