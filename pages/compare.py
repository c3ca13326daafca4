"""The compare page: two audits side by side, what differs between them first, then what got better and worse."""

import streamlit as st

from core.errors import PlumblineError
from pages.components import plain
from pages.components.compare import answer, explanations, flips, picking, several, take_away

st.title("Compare two audits", anchor=False)
picked = picking.ask()
if picked is None:
    st.stop()
try:
    compared = answer.of(picked)
    answer.differences(compared, picked)
    flips.ask_both(compared, picked)
    question = answer.show(compared)
    flips.show(compared, question)
    explanations.show(picked)
    several.show(picked, question)
    take_away.show(picked, compared)
except PlumblineError as error:
    st.error(plain.escape(error.message))
