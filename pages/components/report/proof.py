"""What proves the report: its receipt, how strong that is, and who signs the audit."""

from functools import partial

import streamlit as st

from core.record.evidence.receipt import RECEIPT_FILE
from core.record.evidence.words import badge_words
from core.report.documents.formats import web_page
from core.report.documents.json import audit_texts, receipt_files
from core.report.sections.reported import ReportedAudit
from pages.components import plain, session
from pages.components.help.tip import tip


def show(audit_id: str, told: ReportedAudit) -> None:
    """Show the receipt, and a form to sign; nothing where the app keeps no ledger."""
    ledger = session.workspace().ledger
    strength = ledger.strength(audit_id)
    if ledger.trouble:
        st.warning(plain.escape(ledger.trouble))
    if told.receipt is None or strength is None:
        return
    st.download_button(
        "Download: Receipt (.json)",
        partial(receipt, audit_id, told),
        RECEIPT_FILE,
        "application/json",
        key=session.action(audit_id, "receipt"),
        on_click="ignore",
        width="stretch",
        help=tip("receipt"),
    )
    st.badge(badge_words(strength), color="red" if strength == "changed" else "green")
    if strength != "changed":
        st.caption(_who_signed(told))
    with st.expander("Sign this audit"):
        for each in told.signed:
            st.caption(plain.escape(each.line))
        _sign(audit_id)


def _who_signed(told: ReportedAudit) -> str:
    """Which of the two there is: a machine's seal alone, or a person's signature too."""
    names = plain.escape(", ".join(each.name for each in told.signed))
    by_whom = f"Signed by {names}." if names else "No person has signed it yet."
    return f"The seal is this computer's: nothing was changed since. {by_whom}"


def receipt(audit_id: str, told: ReportedAudit) -> bytes:
    """The receipt for the web page and the results, but for what `receipt_files` leaves out."""
    files = {name: text.encode() for name, text in audit_texts(told.record).items()} | web_page(told)
    return session.workspace().receipt(audit_id, receipt_files(told.record, files)).to_text().encode()


def _sign(audit_id: str) -> None:
    with st.form(session.action(audit_id, "sign"), clear_on_submit=True, enter_to_submit=False, border=False):
        asked = partial(session.action, audit_id)
        said = {
            "name": st.text_input("Your name", key=asked("sign name"), max_chars=80),
            "role": st.text_input("Your role", key=asked("sign role"), max_chars=80),
            "words": st.text_area("What you say of it", key=asked("sign words"), max_chars=200),
        }
        st.caption("It goes into the ledger with the time, and onto the report. It stays until the audit is deleted.")
        if not st.form_submit_button("Sign"):
            return
    if not said["name"].strip():
        st.error("A signature needs a name.")
        return
    session.workspace().ledger.say(audit_id, "sign-off", {name: words.strip() for name, words in said.items()})
    st.rerun()
