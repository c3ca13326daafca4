"""The picture scrolls into view when something below it opens there."""

import streamlit as st

_ASKED, _TIMES = "scroll asked", "scrolled"
# A script runs again only where it differs from the last one: it counts how often it was asked.
_SCRIPT = """<script>/* {} */
document.querySelector(".st-key-picture")?.scrollIntoView({{ block: "nearest" }});
</script>"""


def ask() -> None:
    """Have the next drawing scroll: from a callback."""
    st.session_state[_ASKED] = True


def follow() -> None:
    """Scroll, where it was asked."""
    if st.session_state.pop(_ASKED, False):
        st.session_state[_TIMES] = st.session_state.get(_TIMES, 0) + 1
        st.html(_SCRIPT.format(st.session_state[_TIMES]), unsafe_allow_javascript=True)
