"""What was chosen, in full: on a narrow screen a box shows the beginning of it."""

import streamlit as st

from pages.components import plain

_NARROW = "68rem"
STYLE = f"""
@media (min-width: {_NARROW}) {{
  [class*="st-key-in-full-"], :has(> [class*="st-key-in-full-"]) {{ display: none }}
}}
"""


def show(name: str, words: str) -> None:
    """Show the words under the box with this name, where the box may have no room for them."""
    with st.container(key=f"in-full-{name}"):
        st.caption(plain.escape(f"{words}."))
