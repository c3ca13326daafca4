"""The audit page: the finding as its title, the whole audit at a glance, then every detail."""

import streamlit as st

from core.errors import PlumblineError
from pages.components import comparison_group, job_status, nothing_open, plain, session
from pages.components.audit import details, judgement, origin
from pages.components.audit.glance import answer
from pages.components.data import doubts

audit = session.current()
if audit is None:
    nothing_open.no_audit()
    st.stop()

busy = job_status.show(audit)
try:
    record = comparison_group.record(audit)
except PlumblineError as error:
    st.error(plain.escape(error.message))
    st.stop()
if record is None:
    if not busy:
        nothing_open.not_run(audit.id)
    st.stop()

origin.show(audit, record)
doubts.before_the_answer(audit.id, record)
answer.show(audit.id, record, origin.columns_meant(audit, record))
comparison_group.show(audit, record)
doubts.under_the_answer(audit.id, record)
details.show(audit.id, record, judgement.at(record), session.workspace().profile(audit.id))
