"""A logo of one's own at the head of the report."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.store.workspace import Audit
from pages.components import session, upload_box

_NAME = "logo.png"


def ask(audit: Audit) -> str | None:
    """Ask for a logo; what the plan calls it, None without one."""
    files = session.workspace().report_files
    if files.logo(audit.id) is not None:
        key = session.action(audit.id, "drop logo")
        st.button("Remove the logo", key=key, on_click=session.attempt, args=(files.drop_logo, audit.id))
        return _NAME
    given = st.file_uploader(
        "Logo (PNG or JPEG, up to 1 MB)", type=["png", "jpg", "jpeg"], key=session.upload_key("logo"), max_upload_size=1
    )
    if given is not None:
        session.attempt(_keep, audit.id, given)
        session.adopt(audit.id)
        st.rerun()
    return None


def _keep(audit_id: str, given: UploadedFile) -> None:
    taken = upload_box.taken(given)
    with st.spinner("Reading the logo"):
        session.workspace().report_files.put_logo(audit_id, taken.file)
    upload_box.let_go([taken])
