"""A card for each sensitive column, and one for crossed columns: its verdict, the two rates, the people."""

import streamlit as st

from core.metrics.findings.title import NOTHING_COMPARED, Title
from core.metrics.words.naming.terms import Terms
from core.report.words.overview import Overview
from pages.components import plain, session
from pages.components.audit.glance.cell_styles import cards_style
from pages.components.audit.glance.selection import CARD, Chosen, choose


def show(audit_id: str, overview: Overview, chosen: Chosen) -> None:
    """Show the cards on the chosen question; a click on one turns the whole page to it."""
    titles = [overview.title(chosen.measure, *column.tables) for column in overview.columns]
    labels = [
        _label(column.name, title, overview.terms) for column, title in zip(overview.columns, titles, strict=True)
    ]
    key = session.field(audit_id, CARD)
    st.session_state[key] = chosen.card
    st.html(cards_style(["not_measurable" if title is None else title.verdict for title in titles]))
    with st.container(key="cards"):
        st.segmented_control(
            "Sensitive columns",
            range(len(labels)),
            format_func=labels.__getitem__,
            key=key,
            required=True,
            width="stretch",
            label_visibility="collapsed",
            on_change=_turn,
            args=(audit_id, overview, chosen, key),
        )


def _turn(audit_id: str, overview: Overview, chosen: Chosen, key: str) -> None:
    column = overview.columns[st.session_state[key]]
    title = overview.title(chosen.measure, *column.tables)
    choose(audit_id, overview, column.tables[0] if title is None else title.by)


def _label(name: str, title: Title | None, terms: Terms) -> str:
    """The card's lines: its name strong, the verdict, the rates, the people."""
    word = (title or NOTHING_COMPARED).word
    sides = () if title is None else title.sides
    lines = [f"{terms.name(side.group)}: {'–' if side.rate is None else side.rate.words}" for side in sides]
    if sides:
        lines.append(f"{' and '.join(f'{side.people:,}' for side in sides)} {terms.people}")
    said = " ".join(f"*{plain.escape(line)}*" for line in lines)
    return f"**{plain.escape(name)}** {word} {said}"
