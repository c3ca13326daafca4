"""The box for the next month's table, or several at once: each becomes an audit that asks what the first one did."""

from __future__ import annotations

from typing import cast

import streamlit as st

from core.errors import DataError, PlumblineError
from core.plan.plan import Plan
from core.store.refusals import is_model
from core.store.series.batches import Begun
from pages.components import plain, session, upload_box
from pages.components.over_time.followed import record_of
from pages.components.over_time.which import AskedOverTime
from pages.components.upload_box import Received

_BOX, _TWICE = "months", "over-time/twice"
_ZONE = "month-zone"
_ARCHIVE = ".zip"
_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".gz")  # whatever is in them, nobody means a model
_LARGE = f"""<style>
.st-key-{_ZONE} [data-testid=stFileUploaderDropzone] {{ min-height: 6rem; border-width: 2px;
  border-style: dashed; flex-direction: column; justify-content: center; align-items: center }}
</style>"""


def ask(asked: AskedOverTime) -> None:
    """The box; what is put in is kept at once and audited one after another."""
    record = None if asked.first is None else record_of(asked.first)
    if asked.first is None or record is None:
        return
    first_id, plan = asked.first.audit.id, record.plan
    st.html(_LARGE)
    with st.container(key=_ZONE):
        given = st.file_uploader(
            "Drop next month's table here, or up to 20 at once",
            accept_multiple_files=True,
            key=session.upload_key(_BOX),
        )
    st.caption(plain.escape(_what_is_asked(plan)))
    _said_twice(first_id)
    if not given:
        return
    try:
        with st.spinner("Keeping the files …"):
            taken = [upload_box.taken(one) for one in given]
            begun = _keep(first_id, plan, taken)
            session.adopt(first_id if (opened := session.current()) is None else opened.id)
            upload_box.let_go(taken)
    except PlumblineError as error:
        st.error(plain.escape(error.message))
        return
    st.session_state[_TWICE] = (first_id, begun.twice)
    st.rerun()


def _said_twice(first_id: str) -> None:
    """Say which files of the last drop the series had already."""
    whose, twice = cast(tuple[str, tuple[tuple[str, str], ...]], st.session_state.get(_TWICE, ("", ())))
    for name, before in twice if whose == first_id else ():
        if name == before:
            st.info(f"{plain.quoted(name)} is here already. It was audited once.")
        else:
            st.info(f"{plain.quoted(name)} holds the same as {plain.quoted(before)}. It was audited once.")


def _keep(first_id: str, plan: Plan, given: list[Received]) -> Begun:
    """Tell a model and a zip of images, where the question needs one, from the tables."""
    others = [one for one in given if not one.name.lower().endswith(_TABLES)]
    models = [one for one in others if plan.decision.model is not None and is_model(one.file)]
    rest = [one for one in given if one not in models]
    zips = [one for one in rest if plan.decision.image is not None and one.name.lower().endswith(_ARCHIVE)]
    tables = [one for one in rest if one not in zips]
    for files, kind in ((models, "models"), (zips, "zips of images")):
        if len(files) > 1:
            raise DataError(f"Here are {len(files)} {kind}: {', '.join(f.name for f in files)}. Put in one of them.")
    if not tables:
        raise DataError(
            f"There is no table in {', '.join(one.name for one in given)}. Put in a table together with it."
        )
    model, images = (None if not found else (found[0].file, found[0].name) for found in (models, zips))
    put = [(one.file, one.name) for one in tables]
    return session.workspace().batches.begin(first_id, put, model, images, session.owner())


def _what_is_asked(plan: Plan) -> str:
    """What each file is asked, and when what it holds goes."""
    decides = "by the same model" if plan.decision.model is not None else "by the same columns"
    return f"Each is asked what the first audit asked, {decides}. Its rows are deleted after a day; counts stay."
