"""Files that a person puts in: a table, and with it a plan or a model if they like; or a table that is here already."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import NamedTuple

import streamlit as st

from core.data.table_files.address import is_address
from core.data.table_files.part import TableFiles
from core.errors import DataError, PlanError, PlumblineError
from core.plan.notation.natural_order import natural
from core.plan.plan import Plan
from core.store.refusals import is_model
from core.store.workspace import Audit
from pages.components import plain, session, upload_box
from pages.components.data import here_already, one_table
from pages.components.data.draft import Draft
from pages.components.upload_box import Received

_PLAN, _ARCHIVE = ".toml", ".zip"
_MOST_PLAN_BYTES = 1 << 20
_ZONE = "drop-zone"
# Streamlit's own box is one line high, and a file that is dropped beside it is lost.
_LARGE = f"""<style>
.st-key-{_ZONE} [data-testid=stFileUploaderDropzone] {{ min-height: 9rem; border-width: 2px;
  border-style: dashed; flex-direction: column; justify-content: center; align-items: center }}
</style>"""


def ask(audit: Audit | None) -> None:
    """The box for files, and the field for names of files; what is put in is kept at once."""
    st.html(_LARGE)
    with st.container(key=_ZONE):
        given = st.file_uploader(
            "Drop your table here: CSV, TSV, XLSX or Parquet, up to 500 MB",
            accept_multiple_files=True,
            key=session.upload_key("table"),
        )
    question = st.container()  # beside the files, where a small screen shows it too
    st.caption(
        "A model, a zip of images, or a saved plan may come along in the same drop. A table may come in several files."
    )
    with st.expander("A larger table that is already on this computer"):
        here = here_already.ask()
    if not given and here is None:
        return
    try:
        taken = [upload_box.taken(one) for one in given or ()]
        with question:
            if here is None and not _are_one_table(_sorted(taken).tables):
                return
        with st.spinner("Keeping the files …" if here is not None and len(here.parts) > 1 else "Keeping the file …"):
            opened = _open(audit)
            # Nobody else knows a new audit yet, and the box, which is still full, would begin another at every look.
            with session.workspace().beginning(opened.id) if audit is None else nullcontext():
                opened = _keep_files(opened, taken) if here is None else _keep_here(opened, here)
            session.adopt(opened.id)
            upload_box.let_go(taken)
    except PlumblineError as error:
        st.error(plain.escape(error.message))
        return
    session.forget_fields(opened.id)
    session.open_audit(opened.id)
    st.rerun()


def _open(audit: Audit | None) -> Audit:
    return session.workspace().new(session.owner()) if audit is None else audit


def _keep_files(audit: Audit, given: Sequence[Received]) -> Audit:
    """Keep each file for what it is: a plan or a zip by its name, a model by its content.

    The table comes last, since it is looked at at once.
    """
    plans, models, images, tables = put = _sorted(given)
    for files, kind in zip(put, ("plan", "model", "zip of images"), strict=False):
        if len(files) > 1:
            raise DataError(f"Here are {len(files)} {kind}s: {', '.join(f.name for f in files)}. Put in one {kind}.")
    for file in plans:
        audit = session.workspace().save_plan(audit.id, read_plan(file.file.read(_MOST_PLAN_BYTES + 1), file.name))
    for file in models:  # one that is refused is said, and the table beside it is kept all the same
        session.attempt(session.workspace().put_model, audit.id, file.file, file.name)
        audit = session.workspace().get(audit.id)
    for file in images:
        audit = session.workspace().put_images(audit.id, file.file, file.name)
    if len(tables) > 1:
        parts = [(file.file, file.name) for file in tables]
        return _asked(session.workspace().put_parts(audit.id, parts), audit.plan)
    for file in tables:
        audit = _asked(session.workspace().put_table(audit.id, file.file, file.name), audit.plan)
    return audit


def _keep_here(audit: Audit, table: TableFiles) -> Audit:
    return _asked(session.workspace().put_listed(audit.id, table), audit.plan)


class _Sorted(NamedTuple):
    """The files of a drop by what they are."""

    plans: list[Received]
    models: list[Received]
    images: list[Received]
    tables: list[Received]


def _sorted(given: Sequence[Received]) -> _Sorted:
    plans = [file for file in given if file.name.lower().endswith(_PLAN)]
    models = [file for file in given if file not in plans and is_model(file.file)]
    others = [file for file in given if file not in plans and file not in models]
    images = [file for file in others if file.name.lower().endswith(_ARCHIVE)] if _brings_a_table(others) else []
    return _Sorted(plans, models, images, [file for file in others if file not in images])


def _are_one_table(tables: Sequence[Received]) -> bool:
    """Whether this is one table; of several files a person says so."""
    if len(tables) < 2:
        return True
    otherwise = (
        "Else take some out of the box. Tables of other months go on the page Over time, once the first one is audited."
    )
    return one_table.is_said(sorted((file.name for file in tables), key=natural), otherwise)


def _brings_a_table(files: Sequence[Received]) -> bool:
    """Whether there is a table that is no zip, so that a zip beside it holds its images; else it is a packed table."""
    return any(not file.name.lower().endswith(_ARCHIVE) for file in files)


def _asked(kept: Audit, plan: str | None) -> Audit:
    """A plan that came before the table is asked of this one."""
    return kept if plan is None else session.workspace().save_plan(kept.id, Draft.from_toml(plan))


def read_plan(content: bytes, name: str) -> Plan:
    """The plan in an uploaded file. Raises PlanError in words where it holds none."""
    if len(content) > _MOST_PLAN_BYTES:
        raise PlanError(f"{name} is too large for a plan. Put in a plan that was downloaded here.")
    try:
        plan = Plan.from_toml(content.decode("utf-8-sig"))
        if any(map(is_address, (*plan.data.files, plan.data.file, plan.mitigate.evaluate or ""))):
            raise PlanError("its table lies at an address, which the app does not open. Name a file in it instead.")
        return plan
    except PlanError as error:  # whoever has the file can write in it what answers this
        raise PlanError(f"{name}: {error}") from None
    except UnicodeDecodeError:
        raise PlanError(f"{name} is not a text file in UTF-8. Save the plan as UTF-8.") from None
