"""The whole audit at a glance: each question by each sensitive column, one worded and coloured cell each."""

import streamlit as st

from core.report.words.overview import ColumnOverview, Overview
from core.report.words.questions import question
from pages.components import plain, session
from pages.components.audit.glance import scroll
from pages.components.audit.glance.cell_styles import grid_style
from pages.components.audit.glance.selection import Chosen, choose
from pages.components.help.tip import tip


def show(audit_id: str, overview: Overview, chosen: Chosen) -> None:
    """Show the grid; a click on a cell opens it in the picture."""
    at = overview.measures.index(chosen.measure), chosen.card
    st.html(grid_style(len(overview.columns), _key(audit_id, overview, at)))
    with st.container(key="grid"):
        st.caption("Every question, by column")
        for column in overview.columns:
            plain.text(column.name, tip("crossed_columns") if len(column.tables[0]) > 1 else None)
        for place, measure in enumerate(overview.measures):
            plain.text(question(measure, overview.terms))
            for card in range(len(overview.columns)):
                _cell(audit_id, overview, (place, card))


def _cell(audit_id: str, overview: Overview, at: tuple[int, int]) -> None:
    measure, column = overview.measures[at[0]], overview.columns[at[1]]
    title = overview.title(measure, *column.tables)
    if title is None:
        st.caption("nothing to compare")
        return
    st.button(
        f"**{_about(question(measure, overview.terms), column)}** {title.word}",
        key=_key(audit_id, overview, at),
        help=plain.escape(title.sentence),
        on_click=_open,
        args=(audit_id, overview, at),
        width="stretch",
    )


def _key(audit_id: str, overview: Overview, at: tuple[int, int]) -> str:
    """The cell's key, from which its look follows."""
    title = overview.title(overview.measures[at[0]], *overview.columns[at[1]].tables)
    return session.action(audit_id, f"cell {'none' if title is None else title.verdict} {at[0]} {at[1]}")


def _about(asked: str, column: ColumnOverview) -> str:
    """Which cell it is, for who hears the page."""
    return plain.escape(f"{asked} {column.name}:")


def _open(audit_id: str, overview: Overview, at: tuple[int, int]) -> None:
    measure, column = overview.measures[at[0]], overview.columns[at[1]]
    title = overview.title(measure, *column.tables)
    if title is not None:
        choose(audit_id, overview, title.by, measure)
        scroll.ask()
