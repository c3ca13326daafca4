"""A table that lies on this computer already, in the folder that was opened for this when the app was started."""

import os
from pathlib import Path

import streamlit as st

from core.data.table_files.inside_folder import folders_inside, listed_inside
from core.data.table_files.part import TableFiles
from core.errors import DataError
from pages.components import plain, session
from pages.components.data import one_table


def ask() -> TableFiles | None:
    """Ask for a file, a folder or a pattern; the table once its name is given, and of several files that it is one."""
    if session.is_shared():
        st.write("Not while this Plumbline is shared: put the file in the box above.")
        return None
    folder = os.environ.get("PLUMBLINE_FOLDER")
    if not folder:
        st.write(
            "Files over 500 MB are better read from where they lie. Start Plumbline with the folder that holds them, "
            "and this place asks for their names:"
        )
        st.code("PLUMBLINE_FOLDER=/path/to/folder plumbline app", language="sh")
        return None
    plain.text(f"The table must lie in {folder}")
    path, chosen = session.upload_key("path"), session.upload_key("folder")
    typed = st.text_input(
        "A file, a folder, or a pattern such as 2026-*.csv", key=path, on_change=session.put, args=(chosen, None)
    ).strip()
    folders = folders_inside(Path(folder))
    if folders:
        st.selectbox("Or one of its folders", folders, index=None, key=chosen, on_change=_take, args=(path, chosen))
    st.caption("A folder, or a pattern, is one table in several files. All that lies below a folder is read.")
    opened = session.upload_key("opened")
    if st.button("Open it"):
        session.put(opened, typed)
    if not typed or st.session_state.get(opened) != typed:
        return None
    return _asked(typed, Path(folder), opened)


def _take(path: str, chosen: str) -> None:
    """A folder that is chosen stands in the box, as if it had been typed."""
    session.put(path, st.session_state[chosen] or "")


def _asked(typed: str, folder: Path, opened: str) -> TableFiles | None:
    try:
        table = listed_inside(typed, folder)
    except DataError:
        del st.session_state[opened]
        session.attempt(listed_inside, typed, folder)  # said at the top, where it stays until answered
        st.rerun()
    if len(table.parts) == 1:
        del st.session_state[opened]
        return table
    columns = dict.fromkeys(name for part in table.parts for name, _ in part.columns)
    if columns:
        st.caption(f"The folders' names give columns: {plain.listed(list(columns))}.")
    if table.passed_over:
        st.caption(f"Passed over, as a link or for an underscore: {plain.listed(list(table.passed_over))}.")
    names = [part.name for part in table.parts]
    return table if one_table.is_said(names, "Else name one of them, or fewer by a pattern.") else None
