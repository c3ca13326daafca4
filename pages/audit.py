"""The audit page: the answer first, then a picture to look into, then every detail."""

import streamlit as st

from core.errors import PlumblineError
from pages.components import compared, job_status, nothing_open, plain, session
from pages.components.audit import answer, details, explain_button, fix_button, origin, picture
from pages.components.audit import judgement as judged

audit = session.current()
if audit is None:
    nothing_open.no_audit()
    st.stop()

busy = job_status.show(audit)
try:
    record = compared.record(audit)
except PlumblineError as error:
    st.error(plain.escape(error.message))
    st.stop()
if record is None:
    if not busy:
        nothing_open.not_run(audit.id)
    st.stop()

judgement = judged.at(record)
origin.show(audit, record)
answer.show(audit.id, record, judgement)
with st.container(horizontal=True):
    fix_button.show(audit.id, record)
    explain_button.show(audit.id, record)
st.divider()
picture.show(audit.id, record, origin.columns_meant(audit, record))
compared.show(audit, record)
st.divider()
details.show(audit.id, record, judgement, session.workspace().profile(audit.id))
