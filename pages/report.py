"""The report page: whom the report is for, what stands in it, how it will print, and the files to take away."""

import streamlit as st

from core.errors import PlumblineError
from pages.components import comparison_group, job_status, nothing_open, plain, session
from pages.components.help.tip import tip
from pages.components.report import choices, preview, proof, registers, reported, take_away

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
    st.title("The report", anchor=False, help=tip("report"))
    chosen, shown = st.columns([2, 5], gap="large")
    with chosen:
        files = st.container()
        asked = choices.ask(audit, record)
    told = reported.of(audit, record, asked)
    with files:
        take_away.show(audit.id, told)
        proof.show(audit.id, told)
    with shown:
        preview.show(told)
    registers.show(audit.id)
except PlumblineError as error:
    st.error(plain.escape(error.message))
