"""Up to five audits in one table, in the order that the person picks."""

import streamlit as st

from core.report.pair.ranking import AS_PICKED, in_order, orders, ranked, ranked_table
from pages.components import plain
from pages.components.compare.answer import LookedAt
from pages.components.compare.picking import Picked

_ORDER = "compare/order"


def show(picked: Picked, question: LookedAt | None) -> None:
    """Show the table where more than two were picked."""
    if len(picked.records) < 3 or question is None:
        return
    st.header("All of them in one table", anchor=False)
    rows = ranked(list(zip(picked.names, picked.records, strict=True)), question.measure, question.by)
    if st.session_state.get(_ORDER) not in orders(rows):
        st.session_state.pop(_ORDER, None)
    order = st.selectbox("In which order", orders(rows), key=_ORDER)
    plain.table(ranked_table(in_order(rows, str(order))))
    st.caption(
        "The question and columns are those chosen above. Nothing here says which is best."
        + ("" if order == AS_PICKED else " An order by one number ignores how sure each is.")
    )
