"""The fix page: what is to be made equal at what cost, every fix in one picture, and what the picked one does."""

import streamlit as st

from core.errors import PlumblineError
from core.metrics.sampling.unsupported import why_one_row_each
from pages.components import comparison_group, job_status, nothing_open, plain, session
from pages.components.audit import origin
from pages.components.data import doubts
from pages.components.fix import decision, question, retry
from pages.components.fix import found as fix_found

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
    st.title("What would fix this?", anchor=False)
    if record.plan.decision.rule is not None:
        st.info("This is the audit of a fix. To look for others, open the audit that it was made from.")
        origin.back(audit)
        st.stop()
    why_not = why_one_row_each(record.plan, "look for a fix")
    if why_not:
        st.info(plain.escape(why_not))
        st.stop()
    doubts.beside_a_fix(audit.id, record)
    found = fix_found.load(audit.id)
    with st.expander("What is to be made equal, and at what cost", expanded=found is None):
        asked = question.ask(audit.id, record)
    is_busy = job_status.show(audit)
    if not is_busy:
        retry.offer(audit.id, record)
    if found is None:
        st.stop()
    decision.show(audit.id, record, found, asked, is_busy)
except PlumblineError as error:
    st.error(plain.escape(error.message))
