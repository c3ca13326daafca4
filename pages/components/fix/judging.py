"""On whom fixes are judged: a part of the table's own people, or a second table that the person puts in."""

from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.data.profile import Profile
from core.data.second_table import refuse_lacking
from core.errors import DataError
from core.mitigate.splits import FIT_SHARE
from pages.components import plain, session, upload_box


@dataclass(frozen=True)
class Judging:
    """The second table, where there is one, and what follows for everybody, in words; or why it cannot be used."""

    second: Profile | None
    words: str
    is_unusable: bool = False


def ask(audit_id: str, holdout: float, rows: str) -> Judging:
    """Offer a box for a second table, kept and looked at at once; without one, a share of the first is held out.

    `rows` is what rows are called (`core.metrics.words.rows_word`).
    """
    space = session.workspace()
    first, second = space.profile(audit_id), space.second_profile(audit_id)
    with st.expander("Judge it on another file" if second is None else "Judged on another file", second is not None):
        if second is not None:
            return _there(audit_id, first, second, rows)
        st.caption(
            f"A table of other {rows} with the same columns, such as last month's. Nothing is fitted on it. Without"
            f" one, {100 * holdout:g}\u00a0% of the {rows} in your table are set aside for the judgement."
        )
        given = st.file_uploader(
            "Drop it here: CSV, TSV, XLSX or Parquet", key=session.upload_key("second"), disabled=not _is_free(audit_id)
        )
        if given is not None:
            session.attempt(_keep, audit_id, given)
            session.adopt(audit_id)
            st.rerun()
    return Judging(None, _split_words(first, holdout, rows))


def _keep(audit_id: str, given: UploadedFile) -> None:
    taken = upload_box.taken(given)
    session.workspace().put_second(audit_id, taken.file, taken.name)
    upload_box.let_go([taken])


def _there(audit_id: str, first: Profile | None, second: Profile, rows: str) -> Judging:
    """What is known of the second table, and a way back."""
    plain.text(f"{second.name}: {second.rows:,} rows. {second.words}")
    st.button(
        f"Use the table's own {rows} instead",
        key=session.action(audit_id, "drop second"),
        disabled=not _is_free(audit_id),
        on_click=session.attempt,
        args=(session.workspace().drop_second, audit_id),
    )
    if first is None:
        return Judging(second, "", is_unusable=True)
    try:
        refuse_lacking(second, first)
    except DataError as error:
        st.error(plain.escape(error.message))
        return Judging(second, "The second table cannot be used as it is.", is_unusable=True)
    return Judging(
        second,
        f"A fix is fitted and chosen on {rows} of {plain.quoted(first.name)} ({first.rows:,} rows). It is judged on"
        f" {plain.quoted(second.name)} ({second.rows:,} rows), which should hold other {rows}.",
    )


def _split_words(first: Profile | None, holdout: float, rows: str) -> str:
    if first is None:
        return ""
    judged = round(holdout * first.rows)
    fitted = round(FIT_SHARE * (first.rows - judged))
    others = first.rows - judged - fitted
    return (
        f"It splits these {rows}. A fix is fitted on about {fitted:,}, chosen on {others:,} others, and judged on about"
        f" {judged:,} that it never saw."
    )


def _is_free(audit_id: str) -> bool:
    """Whether no job works on the audit, which another would end."""
    status = session.workspace().status(audit_id)
    return status is None or status.ended
